/** The small graphs whose times tell how fast a machine computes, each one kind of work, and the rates that follow. */
import type { Graph, Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { graphFlops } from '../../../core/ops/flops.ts';
import type { Rates } from '../../../core/ops/predicted-time.ts';

/** Sizes like those of small training steps: a probe takes a few milliseconds. */
const [images, channels, side, columnResults] = [16, 32, 28, 2];
const [passes, elements, links, tensors, sums, results] = [16, 2 ** 18, 128, 64, 4, 8];
const pictures = [images, channels, side, side];
const pictureBytes = 4 * images * channels * side * side;
const resultBytes = 4 * results * elements;

/**
 * Every graph but the last two returns next to nothing, so that its time is that of its nodes. Operands are more than the
 * nearest memory holds, as they are in a training step, where most was made many nodes ago.
 */
export const probeGraphs = {
  product: probe((b) => products(b, 2)),
  // No rate follows from it: it is so long that on many cores, too, all threads are awake for most of it.
  wide: probe((b) => products(b, 16)),
  blocked: probe((b) => {
    const weights = b.input('w', 'float32', [channels, channels, 3, 3]);
    return b.conv(b.input('x', 'float32', pictures), weights, null, { pads: [1, 1, 1, 1] });
  }),
  // A kernel of 1 reads its input where it lies: no columns are laid out.
  convolution: probe((b) =>
    chain(4, b.input('x', 'float32', pictures), (x, w) =>
      b.conv(x, b.input(w, 'float32', [channels, channels, 1, 1]), null),
    ),
  ),
  // Few results for many columns.
  columns: probe((b) => {
    const weights = b.input('w', 'float32', [columnResults, channels, 3, 3]);
    return b.conv(b.input('x', 'float32', pictures), weights, null, { pads: [1, 1, 1, 1] });
  }),
  grouped: probe((b) => {
    const weights = b.input('w', 'float32', [64 * 9, 1, 3, 3]);
    return b.conv(b.input('x', 'float32', [images, 64, 16, 16]), weights, null, { pads: [1, 1, 1, 1], group: 64 });
  }),
  // Every picture is the kernel of a convolution over another one, with channels last: `bySliding` writes gradients so.
  sliding: probe((b) => {
    const [size, width] = [side / 2, (side / 2) * channels];
    const kernels = b.input('w', 'float32', [images * channels, 1, size, size]);
    return b.conv(b.input('x', 'float32', [1, images, size, width]), kernels, null, {
      pads: [1, channels, 1, channels],
      dilations: [1, channels],
      group: images,
    });
  }),
  transposed: probe((b) => {
    const weights = b.input('w', 'float32', [64, 32, 4, 4]);
    return b.convTranspose(b.input('x', 'float32', [images / 2, 64, side / 2, side / 2]), weights, null, {
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    });
  }),
  elements: probe((b) =>
    chain(passes, b.input('x', 'float32', [elements]), (x, w) => b.add(x, b.input(w, 'float32', [elements]))),
  ),
  moved: probe((b) =>
    chain(sums, b.input('x', 'float32', [channels]), (x, w) =>
      b.add(x, b.reduceSum(b.input(w, 'float32', pictures), [0, 2, 3])),
    ),
  ),
  pooled: probe((b) => b.averagePool(b.input('x', 'float32', pictures), { kernel: [2, 2], strides: [2, 2] })),
  nodes: probe((b) => chain(links, b.input('x', 'float32', [16]), (x) => b.tanh(x))),
  tensors: built((b) => {
    for (let i = 0; i < tensors; i++) b.output(`y${i}`, b.neg(b.input(`x${i}`, 'float32', [16])));
  }),
  // As much as a small network's weights and what Adam remembers of them: a single result would find its memory again.
  results: built((b) => {
    for (let i = 0; i < results; i++) b.output(`y${i}`, b.neg(b.input(`x${i}`, 'float32', [elements])));
  }),
} satisfies Readonly<Record<string, Graph>>;

export type ProbeName = keyof typeof probeGraphs;
export const probeNames = Object.keys(probeGraphs) as ProbeName[];

/** The rates by which `graphSeconds` would predict what was measured. @param seconds of one run of each probe */
export function ratesOf(seconds: Readonly<Record<ProbeName, number>>): Rates {
  const flopsOf = (name: ProbeName): number => graphFlops(probeGraphs[name]).flops;
  const rate = (name: ProbeName): number => flopsOf(name) / seconds[name];
  const elementBytes = (passes * 3 * 4 * elements) / seconds.elements;
  const nodeSeconds = seconds.nodes / links;
  const convolutionFlops = rate('convolution');
  return {
    productFlops: rate('product'),
    blockedFlops: rate('blocked'),
    convolutionFlops,
    groupedFlops: rate('grouped'),
    slidingFlops: rate('sliding'),
    transposedFlops: rate('transposed'),
    columnBytes: (9 * pictureBytes) / rest(seconds.columns, flopsOf('columns') / convolutionFlops),
    elementBytes,
    movedBytes: (sums * pictureBytes) / seconds.moved,
    pooledBytes: (1.25 * pictureBytes) / seconds.pooled,
    resultBytes: resultBytes / rest(seconds.results, (2 * resultBytes) / elementBytes),
    nodeSeconds,
    tensorSeconds: rest(seconds.tensors, tensors * nodeSeconds) / (2 * tensors),
  };
}

/** What is left of a time besides a known part; a tenth at least, for the part was measured apart from the whole. */
const rest = (whole: number, part: number): number => Math.max(whole / 10, whole - part);

function built(body: (b: OpBuilder) => void): Graph {
  const b = new OpBuilder('probe');
  body(b);
  return b.build();
}

/** Gives the first element alone. */
function probe(body: (b: OpBuilder) => Value): Graph {
  return built((b) => {
    const y = body(b);
    const axes = y.type.shape.map((_, axis) => axis);
    const [zeros, ones] = [axes.map(() => 0), axes.map(() => 1)];
    b.output('y', b.slice(y, zeros, ones, axes));
  });
}

function products(b: OpBuilder, length: number): Value {
  return chain(length, b.input('x', 'float32', [128, 512]), (x, w) => b.matMul(x, b.input(w, 'float32', [512, 512])));
}

/** One after another, each with a name of its own. */
function chain(length: number, first: Value, link: (value: Value, name: string) => Value): Value {
  return Array.from({ length }, (_, at) => `w${at}`).reduce(link, first);
}
