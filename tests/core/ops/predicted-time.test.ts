/** Predicted times: every one by hand from sizes and rates. */
import { describe, expect, it } from 'vitest';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { graphSeconds, type Rates } from '../../../core/ops/predicted-time.ts';
import type { Value } from '../../../core/graph/graph.ts';

/** Nothing but what a test is about takes time. */
const free: Rates = {
  productFlops: Infinity,
  blockedFlops: Infinity,
  convolutionFlops: Infinity,
  groupedFlops: Infinity,
  slidingFlops: Infinity,
  transposedFlops: Infinity,
  columnBytes: Infinity,
  elementBytes: Infinity,
  movedBytes: Infinity,
  pooledBytes: Infinity,
  resultBytes: Infinity,
  nodeSeconds: 0,
  tensorSeconds: 0,
};

function seconds(rates: Partial<Rates>, body: (b: OpBuilder) => Value): number {
  const b = new OpBuilder('test');
  b.output('y', body(b));
  return graphSeconds(b.build(), { ...free, ...rates });
}

const product = (b: OpBuilder) => b.matMul(b.input('a', 'float32', [2, 3]), b.input('b', 'float32', [3, 5]));
const images = (b: OpBuilder) => b.input('x', 'float32', [2, 4, 6, 6]);

describe('the time of a step', () => {
  it('in products is 2·rows·columns·inner operations', () =>
    expect(seconds({ productFlops: 1000 }, product)).toBeCloseTo((2 * 2 * 3 * 5) / 1000, 12));

  it('in products is that of reading and writing where it takes longer', () =>
    expect(seconds({ productFlops: 1e9, elementBytes: 10 }, product)).toBeCloseTo((4 * (6 + 15 + 10)) / 10, 12));

  it('in convolutions is that of operations and of columns, one after the other', () => {
    const convolution = (b: OpBuilder) => b.conv(images(b), b.input('w', 'float32', [3, 4, 3, 3]), null);
    // 2 images of 3 channels in 4 × 4 places, each of which sees 4 channels of 3 × 3
    const flops = 2 * (2 * 3 * 4 * 4) * (4 * 9);
    const columnBytes = 4 * (2 * 4 * 4) * (4 * 9);
    expect(seconds({ convolutionFlops: 100 }, convolution)).toBeCloseTo(flops / 100, 9);
    expect(seconds({ columnBytes: 100 }, convolution)).toBeCloseTo(columnBytes / 100, 9);
    expect(seconds({ convolutionFlops: 100, columnBytes: 50 }, convolution)).toBeCloseTo(
      flops / 100 + columnBytes / 50,
      9,
    );
  });

  it('has no columns where the kernel is 1', () => {
    const convolution = (b: OpBuilder) => b.conv(images(b), b.input('w', 'float32', [3, 4, 1, 1]), null);
    expect(seconds({ columnBytes: 1 }, convolution)).toBe(0);
  });

  it('takes convolutions at the rate of blocks where channels fill them', () => {
    const wide = (channels: number) => (b: OpBuilder) =>
      b.conv(b.input('x', 'float32', [2, channels, 6, 6]), b.input('w', 'float32', [32, channels, 3, 3]), null);
    expect(seconds({ blockedFlops: 1000, convolutionFlops: 1, columnBytes: 1 }, wide(16))).toBeCloseTo(
      (2 * (2 * 32 * 4 * 4) * (16 * 9)) / 1000,
      6,
    );
    expect(seconds({ blockedFlops: 1 }, wide(15))).toBe(0);
  });

  it('takes kernels as large as images, one a group, at the rate of sliding ones', () => {
    const sliding = (b: OpBuilder) =>
      b.conv(b.input('x', 'float32', [1, 4, 8, 8]), b.input('w', 'float32', [8, 1, 6, 6]), null, { group: 4 });
    expect(seconds({ slidingFlops: 100, groupedFlops: 1, blockedFlops: 1 }, sliding)).toBeCloseTo(
      (2 * (8 * 3 * 3) * 36) / 100,
      9,
    );
  });

  it('takes convolutions in groups and transposed ones at rates of their own', () => {
    const grouped = (b: OpBuilder) => b.conv(images(b), b.input('w', 'float32', [4, 1, 3, 3]), null, { group: 4 });
    expect(seconds({ groupedFlops: 100, convolutionFlops: 1, columnBytes: 1 }, grouped)).toBeCloseTo(
      (2 * (2 * 4 * 4 * 4) * 9) / 100,
      9,
    );
    const transposed = (b: OpBuilder) => b.convTranspose(images(b), b.input('w', 'float32', [4, 3, 2, 2]), null);
    expect(seconds({ transposedFlops: 100, convolutionFlops: 1 }, transposed)).toBeCloseTo(
      (2 * (2 * 4 * 6 * 6) * (3 * 4)) / 100,
      9,
    );
  });

  it('in sums is that of two tensors read and one written', () =>
    expect(
      seconds({ elementBytes: 100 }, (b) =>
        b.add(b.input('a', 'float32', [10, 10]), b.input('b', 'float32', [10, 10])),
      ),
    ).toBeCloseTo((3 * 400) / 100, 12));

  it('takes what moves elements, and what pools them, at rates of their own', () => {
    expect(seconds({ movedBytes: 100 }, (b) => b.transpose(b.input('a', 'float32', [4, 5]), [1, 0]))).toBeCloseTo(
      (2 * 80) / 100,
      12,
    );
    expect(
      seconds({ pooledBytes: 100 }, (b) => b.averagePool(images(b), { kernel: [2, 2], strides: [2, 2] })),
    ).toBeCloseTo((4 * (288 + 72)) / 100, 12);
  });

  it('reads no more than it gives where it chooses', () =>
    expect(
      seconds({ movedBytes: 100 }, (b) => b.slice(b.input('a', 'float32', [1000]), [0], [10], [0])),
      // 10 numbers read and as many written, of an operator whose other inputs say where
    ).toBeCloseTo((2 * 40) / 100, 12));

  it('counts every node, and moves nothing for another shape', () =>
    expect(
      seconds({ nodeSeconds: 3, elementBytes: 1, movedBytes: 1 }, (b) =>
        b.reshape(b.reshape(b.input('a', 'float32', [4, 6]), [24]), [2, 12]),
      ),
    ).toBe(6));

  it('counts what is handed in and out, and the bytes of results', () =>
    expect(seconds({ tensorSeconds: 5, resultBytes: 10 }, product)).toBeCloseTo((2 + 1) * 5 + (4 * 10) / 10, 12));
});
