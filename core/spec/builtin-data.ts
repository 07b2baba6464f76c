/** What the built-in data sets look like, known without opening them, and the kinds of source there are. */
import type { DataInfo } from '../data/data-info.ts';
import { glyphClasses, glyphSize } from '../data/glyphs.ts';
import { pointSet, pointSetNames } from '../data/points.ts';
import { shapeFactorInfo, shapeKinds, shapesSize } from '../data/shapes.ts';
import { asciiVocabulary, defaultContext } from '../data/text.ts';
import type { DataSection } from './schema.ts';

/** Kinds of source, as the part of `data.source` before the colon. */
export const sourceKinds = ['builtin', 'idx', 'cifar', 'images', 'table', 'text', 'npy'] as const;

/** Every `builtin:` source by its full name. */
export const builtinSourceNames: readonly string[] = [
  'builtin:glyphs',
  'builtin:shapes',
  'builtin:text',
  ...pointSetNames.map((name) => `builtin:points/${name}`),
];

const pictureCounts = { train: 12_000, validation: 1_000, test: 2_000 };
const textCounts = { train: 20_000, validation: 1_000, test: 1_000 };
const pointCounts = { train: 20_000, validation: 2_000, test: 2_000 };

/** A kind of built-in data before the document's wishes are applied. */
function describeBuiltin({ source, context }: DataSection): Omit<DataInfo, 'source' | 'contentHash'> | undefined {
  if (source === 'builtin:glyphs') {
    return {
      kind: 'image',
      shape: [1, glyphSize, glyphSize],
      target: 'class',
      classes: glyphClasses,
      counts: pictureCounts,
    };
  }
  if (source === 'builtin:shapes') {
    const shape = [3, shapesSize, shapesSize];
    return {
      kind: 'image',
      shape,
      target: 'class',
      classes: shapeKinds,
      counts: pictureCounts,
      factors: shapeFactorInfo,
    };
  }
  if (source === 'builtin:text') {
    const shape = [(context ?? defaultContext) + 1];
    return {
      kind: 'text',
      shape,
      target: 'none',
      classes: [],
      counts: textCounts,
      vocabulary: asciiVocabulary,
      rules: 'madeText',
    };
  }
  const name = pointSetNames.find((candidate) => source === `builtin:points/${candidate}`);
  if (!name) return undefined;
  const { classes, modes } = pointSet(name);
  const target = classes.length > 0 ? 'class' : 'none';
  return { kind: 'points', shape: [2], target, classes, counts: pointCounts, ...(modes && { modes }) };
}

/**
 * Shape, classes and counts of a built-in source, scaled and divided as the document wishes. Its content hash is empty:
 * nothing was read. Undefined for any other source.
 */
export function builtinDataInfo(section: DataSection): DataInfo | undefined {
  const { source, image, split } = section;
  const known = describeBuiltin(section);
  if (!known) return undefined;
  const [channels, height, width] = known.shape;
  const scaled = [
    image?.channels ?? channels,
    image?.height ?? image?.width ?? height,
    image?.width ?? image?.height ?? width,
  ];
  const shape = known.kind === 'image' ? scaled : known.shape;
  return { ...known, source, shape, counts: divided(known.counts, split), contentHash: '' };
}

function divided(counts: DataInfo['counts'], split: DataSection['split']): DataInfo['counts'] {
  const total = counts.train + counts.validation + counts.test;
  const amount = (wanted: number): number => (wanted < 1 ? Math.round(wanted * total) : wanted);
  const validation = amount(split?.validation ?? counts.validation);
  const test = amount(split?.test ?? counts.test);
  return { train: Math.max(0, total - validation - test), validation, test };
}
