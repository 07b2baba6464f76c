/** What resolving a network knows on its way: its layers so far, the names in sight, the layer in hand. */
import type { LayerDefinition } from './layer.ts';
import type { BlockSpecs, LayerSpec } from './network-spec.ts';
import type { DocumentPath, NetworkIssue, NetworkLayer } from './network.ts';

/** What all parts of one resolution share. */
export interface Resolution {
  readonly table: ReadonlyMap<string, LayerDefinition>;
  readonly blocks: BlockSpecs;
  readonly layers: NetworkLayer[];
  /** Keeps an issue, unless one of its place and `key` (its message) is there: a block's faults come with each use. */
  report(issue: NetworkIssue, key?: string): void;
}

/** The layers of a network or of one use of a block: what they are called, and what they can see. */
export interface Scope {
  /** `''`, or `down1/` within the block used as `down1`. */
  readonly prefix: string;
  /** Where the layers stand in the document. */
  readonly path: DocumentPath;
  /** Where the block is used, within a block. */
  readonly usedAt: DocumentPath | undefined;
  /** The blocks this scope lies within, outermost first. */
  readonly within: readonly string[];
  /** What the block was given by name, with where. */
  readonly given: ReadonlyMap<string, DocumentPath>;
  readonly parameters: ReadonlyMap<string, unknown> | undefined;
  /** Visible names: inputs, then every layer above; to their ids in the network. */
  readonly names: Map<string, string>;
}

/** One layer being resolved, with its surroundings. */
export interface Place {
  readonly scope: Scope;
  /** The layer as written, before parameters are put in. */
  readonly raw: LayerSpec;
  readonly id: string;
  readonly path: DocumentPath;
  readonly ids: readonly string[];
  readonly index: number;
}
