/** What two models' graphs have and have not in common: layers by network, and operators of the compiled training step. */
import type { LayerSummary, Summary } from '../../../core/spec/summary.ts';

export type LayerChange = 'added' | 'removed' | 'changed' | 'same';

export interface LayerDiff {
  readonly id: string;
  readonly change: LayerChange;
  readonly before: LayerSummary | undefined;
  readonly after: LayerSummary | undefined;
  /** What changed, in words: `units 128 → 256`. */
  readonly words: readonly string[];
}

export interface NetworkDiff {
  readonly name: string;
  readonly change: LayerChange;
  readonly layers: readonly LayerDiff[];
}

export const shapeText = (shape: readonly (number | string)[]): string => shape.join(' × ');

/** Layers' own fields by network and layer: those of the document that the summary does not tell. */
export type LayerFields = (
  side: 'before' | 'after',
  network: string,
  layer: string,
) => Readonly<Record<string, unknown>>;

function changesOf(before: LayerSummary, after: LayerSummary, fields: LayerFields, network: string): readonly string[] {
  const words: string[] = [];
  const tell = (what: string, a: string, b: string): void => {
    if (a !== b) words.push(`${what} ${a} → ${b}`);
  };
  tell('type', before.type, after.type);
  const [own, other] = [fields('before', network, before.id), fields('after', network, after.id)];
  for (const key of new Set([...Object.keys(own), ...Object.keys(other)])) {
    if (key === 'id' || key === 'type' || key === 'inputs' || key === 'bypass') continue;
    tell(key, valueText(own[key]), valueText(other[key]));
  }
  tell('inputs', before.inputs.join(', '), after.inputs.join(', '));
  tell('output', shapeText(before.outputShape), shapeText(after.outputShape));
  tell('bypass', String(before.bypass), String(after.bypass));
  return words;
}

const valueText = (value: unknown): string =>
  value === undefined ? 'unset' : typeof value === 'string' ? value : JSON.stringify(value);

/** Networks by name; layers by id, in the order of `after` with removed ones where they stood. */
export function diffSummaries(
  before: Summary,
  after: Summary,
  fields: LayerFields = () => ({}),
): readonly NetworkDiff[] {
  const names = new Set([...before.networks, ...after.networks].map((network) => network.name));
  return [...names].map((name) => {
    const a = before.networks.find((network) => network.name === name);
    const b = after.networks.find((network) => network.name === name);
    const layers = diffLayers(a?.layers ?? [], b?.layers ?? [], fields, name);
    const change = !a
      ? 'added'
      : !b
        ? 'removed'
        : layers.every((layer) => layer.change === 'same')
          ? 'same'
          : 'changed';
    return { name, change, layers };
  });
}

function diffLayers(
  a: readonly LayerSummary[],
  b: readonly LayerSummary[],
  fields: LayerFields,
  network: string,
): readonly LayerDiff[] {
  const inA = new Map(a.map((layer) => [layer.id, layer]));
  const inB = new Set(b.map((layer) => layer.id));
  const removed = (layer: LayerSummary): LayerDiff => ({
    id: layer.id,
    change: 'removed',
    before: layer,
    after: undefined,
    words: [],
  });
  const out: LayerDiff[] = [];
  let at = 0;
  for (const layer of b) {
    const before = inA.get(layer.id);
    if (!before) out.push({ id: layer.id, change: 'added', before: undefined, after: layer, words: [] });
    else {
      // What was removed before this layer is told before it.
      for (; at < a.length && a[at] !== before; at++) if (!inB.has(a[at]!.id)) out.push(removed(a[at]!));
      const words = changesOf(before, layer, fields, network);
      out.push({ id: layer.id, change: words.length > 0 ? 'changed' : 'same', before, after: layer, words });
      if (a[at] === before) at++;
    }
  }
  const told = new Set(out.map((layer) => layer.id));
  return [...out, ...a.filter((layer) => !told.has(layer.id)).map(removed)];
}

export interface OperatorRow {
  readonly op: string;
  /** How many nodes of each run do it. */
  readonly counts: readonly number[];
}

/** Operators of several graphs, those with most nodes first. */
export function operatorCounts(graphs: readonly (readonly { readonly op: string }[])[]): readonly OperatorRow[] {
  const counts = graphs.map((nodes) => {
    const of = new Map<string, number>();
    for (const { op } of nodes) of.set(op, (of.get(op) ?? 0) + 1);
    return of;
  });
  const ops = new Set(counts.flatMap((of) => [...of.keys()]));
  const most = (row: OperatorRow): number => Math.max(...row.counts);
  return [...ops]
    .map((op) => ({ op, counts: counts.map((of) => of.get(op) ?? 0) }))
    .sort((a, b) => most(b) - most(a) || a.op.localeCompare(b.op));
}
