/** Reads the networks and blocks of a document: their structure first, then what resolving them finds. */
import { z } from 'zod';
import { layerTable } from '../nn/layer-table.ts';
import type { BlockSpec, BlockSpecs, LayerSpec, NetworkSpec } from '../nn/network-spec.ts';
import { nearestName } from '../nn/nearest-name.ts';
import type { DocumentPath, Network, NetworkIssue } from '../nn/network.ts';
import { inputKindOf } from '../nn/network-inputs.ts';
import { resolveNetwork } from '../nn/resolve-network.ts';
import { fieldFindings, show } from './field-findings.ts';
import type { Finding } from './issue.ts';
import { isRecord } from './schema-walk.ts';
import { blockHead, inputWords, layerHead, nameSchema, networkHead, usedBlock } from './schema.ts';

export interface NetworkSection {
  readonly specs: Readonly<Record<string, NetworkSpec>>;
  readonly blocks: BlockSpecs;
  /** What could be made out of each network, faults or not. */
  readonly resolved: ReadonlyMap<string, Network>;
  /** Names the document gives to networks, whether or not anything could be made out of them. */
  readonly names: ReadonlySet<string>;
  /** Networks whose layers, wires or fields are at fault: what they lack or leave over is a consequence. */
  readonly faulty: ReadonlySet<string>;
  /** Those of them whose inputs or outputs are at fault: what a task finds missing in them is a consequence too. */
  readonly open: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** Reads both sections from plain data; each network is read by itself, so that no fault hides another. */
export function readNetworks(networksValue: unknown, blocksValue: unknown): NetworkSection {
  const reader = new SectionReader();
  const blocks =
    blocksValue === undefined ? {} : reader.named(blocksValue, ['blocks'], (value, path) => reader.block(value, path));
  const specs = reader.named(networksValue, ['networks'], (value, path) => reader.network(value, path));
  const names = new Set(isRecord(networksValue) ? Object.keys(networksValue) : []);
  const resolved = new Map<string, Network>();
  for (const [name, spec] of Object.entries(specs)) {
    const { network, issues } = resolveNetwork(name, spec, blocks, layerTable, ['networks', name]);
    if (network && !reader.guessed.has(name)) resolved.set(name, network);
    reader.findings.push(...issues.filter((issue) => !reader.isReplaced(issue.path)).map(toFinding));
  }
  const { findings } = reader;
  const within = (finding: Finding, name: string): boolean =>
    finding.path[0] === 'networks' && finding.path[1] === name;
  const inBlocks = findings.some((finding) => finding.path[0] === 'blocks');
  const isOpen = ({ path }: Finding): boolean => path[2] === 'inputs' || path[2] === 'outputs';
  return {
    specs,
    blocks,
    resolved,
    names,
    faulty: new Set([...names].filter((name) => inBlocks || findings.some((finding) => within(finding, name)))),
    open: new Set([...names].filter((name) => findings.some((finding) => within(finding, name) && isOpen(finding)))),
    findings: [...findings, ...unusedBlocks(specs, blocks)],
  };
}

/** Unknown fields are pointed at by their key: there is nothing wrong with their value. */
function toFinding(issue: NetworkIssue): Finding {
  return issue.message.includes(' has no field ')
    ? { code: 'unknownField', atKey: true, ...issue }
    : { code: 'network', ...issue };
}

/** Reads structure leniently: a faulty part is reported once and replaced by something harmless. */
class SectionReader {
  readonly findings: Finding[] = [];
  /** Networks an input of which may be anything: their layers cannot be checked. */
  readonly guessed = new Set<string>();
  readonly #replaced: DocumentPath[] = [];

  /** Whether a path lies at or below a part that was replaced: what is found there was not written by the author. */
  isReplaced(path: DocumentPath): boolean {
    return this.#replaced.some((replaced) => replaced.every((part, index) => part === path[index]));
  }

  named<T>(value: unknown, path: DocumentPath, read: (value: unknown, path: DocumentPath) => T): Record<string, T> {
    this.#check(z.record(nameSchema, z.unknown()), value, path);
    if (!isRecord(value)) return {};
    const sound = Object.entries(value).filter(([name]) => nameSchema.safeParse(name).success);
    return Object.fromEntries(sound.map(([name, item]) => [name, read(item, [...path, name])]));
  }

  network(value: unknown, path: DocumentPath): NetworkSpec {
    this.#check(networkHead, value, path);
    const spec = isRecord(value) ? value : {};
    if (!isRecord(spec.inputs)) this.#replaced.push([...path, 'inputs']);
    if (!Array.isArray(spec.layers)) this.#replaced.push(path);
    const inputs = this.#inputs(isRecord(spec.inputs) ? spec.inputs : {}, path);
    const outputs = Array.isArray(spec.outputs)
      ? { outputs: spec.outputs.filter((item) => typeof item === 'string') }
      : {};
    return { inputs, layers: this.#layers(spec.layers, [...path, 'layers']), ...outputs };
  }

  /** Unknown words are read as the nearest known one, so that the layers behind them can be checked. */
  #inputs(value: Readonly<Record<string, unknown>>, path: DocumentPath): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(value).map(([name, word]) => {
        if (typeof word === 'string' && inputKindOf(word)) return [name, word];
        const near = nearestName(String(word), inputWords);
        if (!near) this.guessed.add(String(path[1]));
        return [name, near ?? 'data'];
      }),
    );
  }

  block(value: unknown, path: DocumentPath): BlockSpec {
    this.#check(blockHead, value, path);
    const spec = isRecord(value) ? value : {};
    if (!Array.isArray(spec.layers)) this.#replaced.push(path);
    return {
      layers: this.#layers(spec.layers, [...path, 'layers']),
      ...(isRecord(spec.parameters) && { parameters: spec.parameters }),
      ...(typeof spec.output === 'string' && { output: spec.output }),
    };
  }

  #layers(value: unknown, path: DocumentPath): readonly LayerSpec[] {
    if (!Array.isArray(value)) return [];
    return value.map((item: unknown, index): LayerSpec => {
      const place = [...path, index];
      const schema = isRecord(item) && item.type === 'block' ? usedBlock : layerHead;
      if (this.#check(schema, item, place)) return item as LayerSpec;
      this.#replaced.push(place);
      const id = isRecord(item) && typeof item.id === 'string' ? { id: item.id } : {};
      return { type: isRecord(item) && typeof item.type === 'string' ? item.type : show(item), ...id };
    });
  }

  #check(schema: z.ZodType, value: unknown, path: DocumentPath): boolean {
    const result = schema.safeParse(value);
    if (!result.success) this.findings.push(...fieldFindings(schema, result.error.issues, value, path));
    return result.success;
  }
}

/** Blocks that no network uses, directly or through other blocks. */
function unusedBlocks(specs: Readonly<Record<string, NetworkSpec>>, blocks: BlockSpecs): readonly Finding[] {
  const used = new Set<string>();
  const visit = (layers: readonly LayerSpec[]): void => {
    for (const layer of layers) {
      const name = layer.type === 'block' ? String(layer.use) : '';
      if (used.has(name) || !Object.hasOwn(blocks, name)) continue;
      used.add(name);
      visit(blocks[name].layers);
    }
  };
  for (const spec of Object.values(specs)) visit(spec.layers);
  const unused = Object.keys(blocks).filter((name) => !used.has(name));
  return unused.map((name) => ({
    severity: 'warning',
    code: 'unusedBlock',
    message: `no layer uses block '${name}'`,
    path: ['blocks', name],
    atKey: true,
    hint: `use it by { "type": "block", "use": "${name}" }, or remove it`,
  }));
}
