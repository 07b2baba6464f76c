/** `builtin:…`: the data sets made by code. */
import { GlyphPainter, glyphClass, glyphClasses, glyphSize, glyphVersion } from '../../../../core/data/glyphs.ts';
import { madeText, madeTextVersion } from '../../../../core/data/made-text.ts';
import { asciiVocabulary, defaultContext, TextEncoding } from '../../../../core/data/text.ts';
import { pointSet, pointSetNames, pointsVersion, type PointSetName } from '../../../../core/data/points.ts';
import {
  paintShape,
  shapeClass,
  shapeFactorInfo,
  shapeFactors,
  shapeKinds,
  shapesSize,
  shapesVersion,
} from '../../../../core/data/shapes.ts';
import type { Split } from '../../../../core/data/data-info.ts';
import { DataError } from '../data-error.ts';
import { didYouMean } from '../nearest.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest } from '../source.ts';
import { range, splitSizes } from '../split.ts';

/** Every `builtin:` source by its full name. */
export const builtinSources: readonly string[] = [
  'builtin:glyphs',
  'builtin:shapes',
  'builtin:text',
  ...pointSetNames.map((name) => `builtin:points/${name}`),
];

/** Something that makes sample `index` at row `row` of the arrays. */
interface Maker {
  readonly version: number;
  readonly counts: Readonly<Record<Split, number>>;
  readonly description: PreparedSource['description'];
  readonly storage: PreparedSource['storage'];
  readonly rowSize: number;
  readonly make: (index: number, samples: Uint8Array | Float32Array, row: number) => number;
}

const pictureCounts = { train: 12_000, validation: 1_000, test: 2_000 };
const textCounts = { train: 20_000, validation: 1_000, test: 1_000 };
const pointCounts = { train: 20_000, validation: 2_000, test: 2_000 };

function glyphs(source: string): Maker {
  const painter = new GlyphPainter();
  const rowSize = glyphSize * glyphSize;
  return {
    version: glyphVersion,
    counts: pictureCounts,
    description: { source, kind: 'image', shape: [1, glyphSize, glyphSize], target: 'class', classes: glyphClasses },
    storage: 'uint8',
    rowSize,
    make: (index, samples, row) => {
      painter.paint(index, samples.subarray(row * rowSize, (row + 1) * rowSize) as Uint8Array);
      return glyphClass(index);
    },
  };
}

function shapes(source: string): Maker {
  const rowSize = 3 * shapesSize * shapesSize;
  const shape = [3, shapesSize, shapesSize];
  return {
    version: shapesVersion,
    counts: pictureCounts,
    description: { source, kind: 'image', shape, target: 'class', classes: shapeKinds, factors: shapeFactorInfo },
    storage: 'uint8',
    rowSize,
    make: (index, samples, row) => {
      paintShape(shapeFactors(index), samples.subarray(row * rowSize, (row + 1) * rowSize) as Uint8Array);
      return shapeClass(index);
    },
  };
}

function points(source: string, name: PointSetName): Maker {
  const { classes, modes, draw } = pointSet(name);
  const target = classes.length > 0 ? 'class' : 'none';
  return {
    version: pointsVersion,
    counts: pointCounts,
    description: { source, kind: 'points', shape: [2], target, classes, ...(modes && { modes }) },
    storage: 'float32',
    rowSize: 2,
    make: (index, samples, row) => draw(index, samples as Float32Array, row * 2),
  };
}

function text(source: string, context = defaultContext): Maker {
  const rowSize = context + 1;
  const encoding = new TextEncoding(asciiVocabulary);
  return {
    version: madeTextVersion,
    counts: textCounts,
    description: {
      source,
      kind: 'text',
      shape: [rowSize],
      target: 'none',
      classes: [],
      vocabulary: asciiVocabulary,
      rules: 'madeText',
    },
    storage: 'uint8',
    rowSize,
    make: (index, samples, row) => {
      samples.set(encoding.encode(madeText(index, rowSize)).tokens, row * rowSize);
      return 0;
    },
  };
}

function makerOf({ source, path: name, context }: SourceRequest): Maker {
  if (name === 'text') return text(source, context);
  if (context !== undefined)
    throw new DataError(
      'option',
      '',
      `"${source}" is no text, so a context means nothing to it`,
      'leave the context out',
    );
  if (name === 'glyphs') return glyphs(source);
  if (name === 'shapes') return shapes(source);
  const wanted = name.startsWith('points/') ? name.slice('points/'.length) : '';
  const found = pointSetNames.find((candidate) => candidate === wanted);
  if (found) return points(source, found);
  const known = `known are ${builtinSources.join(', ')}`;
  throw new DataError('source', '', `there is no data set "${source}"`, didYouMean(source, builtinSources) ?? known);
}

/** A made set: samples 0 … are training, then validation, then test; every sample is drawn independently of the others. */
export function planBuiltin(request: SourceRequest): SourcePlan {
  const maker = makerOf(request);
  const { counts } = maker;
  const total = counts.train + counts.validation + counts.test;
  const [train, validation, test] = splitSizes(total, request.split, counts, request.source);
  const chunkRows = 1024;
  async function* chunks(): AsyncGenerator<Chunk> {
    for (let first = 0; first < total; first += chunkRows) {
      const count = Math.min(chunkRows, total - first);
      const samples = new (maker.storage === 'uint8' ? Uint8Array : Float32Array)(count * maker.rowSize);
      const targets = new Int32Array(count);
      for (let row = 0; row < count; row++) targets[row] = maker.make(first + row, samples, row);
      yield { count, samples, targets: maker.description.target === 'class' ? targets : undefined };
    }
  }
  const splits = {
    train: range(0, train),
    validation: range(train, validation),
    test: range(train + validation, test),
  };
  const { description, storage } = maker;
  return {
    identity: { version: maker.version, train, validation, test },
    files: [],
    prepare: async () => ({ description, storage, splits, rows: total, chunks }),
  };
}
