/** A network: layers wired by name into a directed acyclic graph, and how it is applied within a program. */
import type { Dim, Value } from '../graph/graph.ts';
import { GraphError } from '../graph/graph.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import { LayerError, type LayerContext, type LayerDefinition } from './layer.ts';

/** A place in the document: keys and indices from its root, for pointing at the text. */
export type DocumentPath = readonly (string | number)[];

/** One layer, blocks expanded and configuration parsed. */
export interface NetworkLayer {
  /** Unique in its network: the document's id, or one made from type and place (`conv2d_1`); blocks prefix theirs. */
  readonly id: string;
  readonly definition: LayerDefinition;
  readonly config: unknown;
  /** Ids of layers or names of network inputs, always explicit here. */
  readonly inputs: readonly string[];
  readonly bypass: boolean;
  readonly path: DocumentPath;
}

/** What a network input stands for; a task gives each kind its value. */
export type InputKind = 'data' | 'latent' | 'label' | 'time';

export interface Network {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, InputKind>;
  readonly layers: readonly NetworkLayer[];
  /** Ids of the layers whose outputs are the network's, in order; by default the last one. */
  readonly outputs: readonly string[];
  readonly path: DocumentPath;
}

export interface NetworkIssue {
  readonly path: DocumentPath;
  readonly message: string;
  readonly hint?: string;
}

export interface ApplyOptions {
  readonly training: boolean;
  /** Takes one step of a sequence: how many there are, and which this is (int64 []). */
  readonly stepping?: { readonly steps: number; readonly position: Value };
  /** Tells apart several applications of one network in a program (`real`, `fake`), so that each has noise of its own. */
  readonly tag?: string;
  /** Collects what is wrong and goes on with the layers that can still be built; without it the first fault throws. */
  readonly onIssue?: (issue: NetworkIssue) => void;
  /** Sees each layer's output as it is made (summaries, live shapes). */
  readonly onLayer?: (layer: NetworkLayer, output: Value) => void;
}

/** A fault in a network, with its place in the document. */
class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly issue: NetworkIssue;

  constructor(issue: NetworkIssue) {
    super(issue.message);
    this.issue = issue;
  }
}

/**
 * Applies a network to inputs given by name, adding its layers to the program. Applying it again shares its parameters.
 * @returns the outputs in the order of `network.outputs`; undefined for one that could not be built (with `onIssue`).
 * @throws NetworkError at the first fault, unless `onIssue` is given.
 */
export function applyNetwork(
  program: ProgramBuilder,
  network: Network,
  inputs: ReadonlyMap<string, Value>,
  options: ApplyOptions,
): readonly (Value | undefined)[] {
  const made = new Map<string, Value | undefined>(inputs);
  for (const layer of network.layers) made.set(layer.id, applyLayer(program, network, layer, made, options));
  return network.outputs.map((id) => made.get(id));
}

function applyLayer(
  program: ProgramBuilder,
  network: Network,
  layer: NetworkLayer,
  made: ReadonlyMap<string, Value | undefined>,
  options: ApplyOptions,
): Value | undefined {
  const values = layer.inputs.map((name) => made.get(name));
  if (values.some((value) => value === undefined)) return undefined;
  const inputs = values as Value[];
  const origin = `${network.name}/${layer.id}`;
  try {
    const output = layer.bypass
      ? inputs[0]
      : program.b.withOrigin(origin, () =>
          layer.definition.build(layerContext(program, origin, options), inputs, layer.config),
        );
    options.onLayer?.(layer, output);
    return output;
  } catch (error) {
    if (!(error instanceof LayerError || error instanceof GraphError)) throw error;
    const hint = error instanceof LayerError ? error.hint : undefined;
    const issue = {
      path: layer.path,
      message: `${layer.definition.type} '${layer.id}': ${error.message}`,
      ...(hint && { hint }),
    };
    if (!options.onIssue) throw new NetworkError(issue);
    options.onIssue(issue);
    return undefined;
  }
}

/** Names of what a layer keeps between steps: the argument, and the result that is the next run's argument. */
const carriedNames = (origin: string, name: string) => ({
  argument: `carried/${origin}/${name}`,
  result: `next/${origin}/${name}`,
});

function carried(program: ProgramBuilder, origin: string, name: string, shape: readonly Dim[]) {
  const names = carriedNames(origin, name);
  const value = program.argument(names.argument, 'float32', shape);
  return { value, keep: (next: Value) => program.result(names.result, next) };
}

/** Only what is new leaves the program: copying all that was, at every step, would take most of the time of a step. */
function past(program: ProgramBuilder, origin: string, name: string, fresh: Value, axis: number, steps: number): Value {
  program.result(`fresh/${origin}/${name}`, fresh);
  return program.argument(`past/${origin}/${name}`, 'float32', fresh.type.shape.with(axis, steps));
}

function layerContext(program: ProgramBuilder, origin: string, options: ApplyOptions): LayerContext {
  let draws = 0;
  const { stepping } = options;
  const tag = options.tag ? `${options.tag}/` : '';
  return {
    b: program.b,
    training: options.training,
    ...(stepping && {
      stepping: {
        ...stepping,
        carried: (name, shape) => carried(program, origin, name, shape),
        past: (name, fresh, axis) => past(program, origin, name, fresh, axis, stepping.steps),
      },
    }),
    parameter: (name, shape, init, { decay = true } = {}) =>
      program.state({ name: `${origin}/${name}`, shape, init, decay, role: 'parameter' }),
    buffer: (name, shape, init) => {
      const spec = { name: `${origin}/${name}`, shape, init, decay: false, role: 'buffer' } as const;
      return { value: program.state(spec), update: (next) => options.training && program.setState(spec, next) };
    },
    noise: (distribution, shape) => program.noise(`${tag}${origin}/${draws++}`, distribution, shape),
    fail: (message, hint) => {
      throw new LayerError(message, hint);
    },
  };
}
