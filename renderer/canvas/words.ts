/** Layers in words: what stands on a node, on a wire, and what a reader of the screen says. */
import { layerTable } from '../../core/nn/layer-table.ts';
import type { LayerSpec } from '../../core/nn/network-spec.ts';

/** The design token that colours a kind of layer. */
export type LayerKind =
  | 'io'
  | 'dense'
  | 'convolution'
  | 'normalisation'
  | 'activation'
  | 'attention'
  | 'recurrent'
  | 'embedding'
  | 'resampling'
  | 'shape'
  | 'merge'
  | 'regularisation'
  | 'block'
  | 'unknown';

export const kindColour = (kind: LayerKind): string => (kind === 'unknown' ? 'var(--error)' : `var(--layer-${kind})`);

export const kindTitles: Readonly<Record<LayerKind, string>> = {
  io: 'Input',
  dense: 'Dense',
  convolution: 'Convolution',
  normalisation: 'Normalisation',
  activation: 'Activation',
  attention: 'Attention',
  recurrent: 'Recurrent',
  embedding: 'Embedding',
  resampling: 'Pooling and upsampling',
  shape: 'Shape',
  merge: 'Merge',
  regularisation: 'Regularisation',
  block: 'Block',
  unknown: 'Unknown',
};

/** What kind of layer a type is. */
export function kindOf(type: string): LayerKind {
  if (type === 'block') return 'block';
  if (type.startsWith('upsampling')) return 'resampling';
  const category = layerTable.get(type)?.category;
  switch (category) {
    case undefined:
      return 'unknown';
    case 'core':
      return type === 'activation' || type === 'prelu' ? 'activation' : 'dense';
    case 'pooling':
      return 'resampling';
    case 'convolution':
    case 'normalisation':
    case 'shape':
    case 'merge':
    case 'attention':
    case 'recurrent':
    case 'embedding':
    case 'regularisation':
      return category;
  }
}

const counted: Readonly<Record<string, string>> = {
  filters: 'filters',
  units: 'units',
  heads: 'heads',
  groups: 'groups',
};
const shown: Readonly<Record<string, (value: unknown) => string>> = {
  kernelSize: square,
  poolSize: square,
  strides: (value) => `stride ${plain(value)}`,
  activation: nameOf,
  shape: (value) => (Array.isArray(value) ? value.join(' × ') : plain(value)),
  use: (value) => `block ${plain(value)}`,
  resample: plain,
  padding: (value) => (typeof value === 'number' ? `padding ${value}` : plain(value)),
  useBias: (value) => (value === false ? 'no bias' : 'bias'),
};

/** The layer's fields in a few words: `32 filters · 4×4 · stride 2 · relu`. */
export function parameterWords(spec: LayerSpec): string {
  const { type: _type, id: _id, inputs: _inputs, bypass: _bypass, with: given, ...fields } = spec;
  const all = { ...fields, ...(typeof given === 'object' && given !== null ? given : {}) };
  return Object.entries(all)
    .toSorted(([a], [b]) => rankOf(a) - rankOf(b))
    .flatMap(([name, value]) => fieldWords(name, value))
    .join(' · ');
}

/** Padding says least and comes last, where a narrow node may cut it off. */
const rankOf = (field: string): number => (field === 'padding' ? 1 : 0);

function fieldWords(name: string, value: unknown): readonly string[] {
  const words = shown[name];
  if (words) return [words(value)];
  if (counted[name]) return [countWords(value, counted[name])];
  const spaced = name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  if (value === true) return [spaced];
  if (value === false) return [`no ${spaced}`];
  return [`${spaced} ${nameOf(value)}`];
}

/** `32 filters`, `1 filter`; a block's parameter stands by itself. */
function countWords(value: unknown, things: string): string {
  if (typeof value === 'string' && value.startsWith('$')) return value;
  return `${plain(value)} ${value === 1 ? things.replace(/s$/, '') : things}`;
}

function square(value: unknown): string {
  return Array.isArray(value) ? value.join('×') : `${plain(value)}×${plain(value)}`;
}

/** A choice that may also be an object with its `type`. */
function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : plain(value);
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** `N×32×14×14`, N for the batch. */
export const shapeWords = (shape: readonly (number | string)[]): string => shape.join('×');

/** A count with three digits at most: `544`, `18.5k`, `1.2M`. */
export function shortCount(count: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
  return `${value.toFixed(digits).replace(/\.0+$/, '')}${units[unit]}`;
}

// made once: making one takes longer than all the numbers of a canvas
const grouped = new Intl.NumberFormat('en-GB');

/** A count with all its digits, in groups of three. */
export const longCount = (count: number): string => grouped.format(count);
