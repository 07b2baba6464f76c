/** Small real data held in memory, for the tests of evaluation. */
import { GlyphPainter, glyphClass, glyphClasses, glyphSize } from '../../../core/data/glyphs.ts';
import { pointSet } from '../../../core/data/points.ts';
import { splits, type DataInfo, type Split } from '../../../core/data/data-info.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../../../main/host/data/dataset.ts';

/** A data set made by `make`, sample after sample: training, then validation, then test. Pictures are made in [0, 1]. */
function datasetOf(info: DataInfo, make: (index: number, out: Float32Array) => number): Dataset {
  const size = sizeOf(info.shape);
  const total = splits.reduce((sum, split) => sum + info.counts[split], 0);
  const samples = new Float32Array(total * size);
  const labels = Array.from({ length: total }, (_, i) => make(i, samples.subarray(i * size, (i + 1) * size)));
  const first: Record<Split, number> = {
    train: 0,
    validation: info.counts.train,
    test: info.counts.train + info.counts.validation,
  };
  return {
    info,
    read: (split, indices, range, x, y) => {
      for (let i = 0; i < indices.length; i++) {
        if (!(indices[i] < info.counts[split])) throw new RangeError(`no sample ${indices[i]} in ${split}`);
        const at = first[split] + indices[i];
        x.set(samples.subarray(at * size, (at + 1) * size), i * size);
        if (y instanceof BigInt64Array) y[i] = BigInt(labels[at]);
      }
      if (info.kind === 'image' && range === 'symmetric') x.forEach((value, i) => (x[i] = 2 * value - 1));
    },
    close: () => {},
  };
}

/** A few of the bundled digits, at their own size. */
export function smallGlyphs(): Dataset {
  const painter = new GlyphPainter();
  const bytes = new Uint8Array(glyphSize * glyphSize);
  const counts = { train: 1500, validation: 200, test: 400 };
  const info: DataInfo = {
    source: 'builtin:glyphs',
    kind: 'image',
    shape: [1, glyphSize, glyphSize],
    target: 'class',
    classes: glyphClasses,
    counts,
    contentHash: 'a'.repeat(64),
  };
  return datasetOf(info, (index, out) => {
    painter.paint(index, bytes);
    for (let i = 0; i < out.length; i++) out[i] = bytes[i] / 255;
    return glyphClass(index);
  });
}

/** Tiny colour pictures without classes: a bright square somewhere. */
export function squares(counts: DataInfo['counts']): Dataset {
  const info: DataInfo = {
    source: 'npy:squares.npy',
    kind: 'image',
    shape: [3, 7, 5],
    target: 'none',
    classes: [],
    counts,
    contentHash: 'b'.repeat(64),
  };
  return datasetOf(info, (index, out) => {
    const random = new RandomStream(1, 'squares', index);
    const [top, left] = [random.integer(5), random.integer(3)];
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 3; y++) for (let x = 0; x < 3; x++) out[c * 35 + (top + y) * 5 + left + x] = 0.5 + c / 4;
    return 0;
  });
}

/** The eight Gaussians, stored mode by mode, as an image folder would be stored class by class. */
export function eightGaussians(): Dataset {
  const { classes, modes, draw } = pointSet('8gaussians');
  const counts = { train: 4000, validation: 800, test: 1600 };
  const info: DataInfo = {
    source: 'builtin:points/8gaussians',
    kind: 'points',
    shape: [2],
    target: 'class',
    classes,
    counts,
    contentHash: 'c'.repeat(64),
    ...(modes && { modes }),
  };
  const buffer = new Float32Array(2);
  const drawn = Array.from({ length: 6400 }, (_, index) => {
    const label = draw(index, buffer, 0);
    return { label, x: buffer[0], y: buffer[1] };
  });
  const parts = [drawn.slice(0, 4000), drawn.slice(4000, 4800), drawn.slice(4800)];
  const sorted = parts.flatMap((part) => part.toSorted((a, b) => a.label - b.label));
  return datasetOf(info, (index, out) => {
    out.set([sorted[index].x, sorted[index].y]);
    return sorted[index].label;
  });
}
