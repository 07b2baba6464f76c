import { describe, expect, it } from 'vitest';
import { LayerError, type LayerContext } from '../../../core/nn/layer.ts';
import { extentOf, samePads, slidingPads, transposedPads } from '../../../core/nn/layers/window.ts';

const context = {
  fail(message: string, hint?: string): never {
    throw new LayerError(message, hint);
  },
} as LayerContext;

const cases = [1, 2, 3, 4, 5].flatMap((kernel) =>
  [1, 2, 3, 4].flatMap((stride) =>
    [1, 2].flatMap((dilation) => [1, 2, 3, 5, 7, 8, 13].map((size) => ({ kernel, stride, dilation, size }))),
  ),
);

describe('same padding', () => {
  it('makes a sliding window give ceil(size / stride) places, the odd element at the end, whatever the sizes', () => {
    for (const { kernel, stride, dilation, size } of cases) {
      const window = { kernel: [kernel], strides: [stride], dilations: [dilation] };
      const [begin, end] = slidingPads(context, ['N', 3, size], window, 'same');
      const places = Math.floor((size + begin + end - extentOf(kernel, dilation)) / stride) + 1;
      expect(places).toBe(Math.ceil(size / stride));
      expect([0, 1]).toContain(end - begin);
    }
  });

  it('never pads more than it must: one element less gives fewer places', () => {
    for (const { kernel, stride, dilation, size } of cases) {
      const extent = extentOf(kernel, dilation);
      const total = samePads(size, extent, stride).reduce((sum, pad) => sum + pad);
      const placesWithLess = Math.floor((size + total - 1 - extent) / stride) + 1;
      expect(total === 0 || placesWithLess < Math.ceil(size / stride)).toBe(true);
    }
  });

  it("gives TensorFlow's documented example: 13 wide, kernel 6, stride 5 is padded by 1 before and 2 after", () => {
    expect(samePads(13, 6, 5)).toEqual([1, 2]);
  });

  it('needs no size when the stride is 1', () => {
    expect(slidingPads(context, ['N', 3, 'L'], { kernel: [4], strides: [1], dilations: [1] }, 'same')).toEqual([1, 2]);
  });

  it('makes a transposed convolution exactly stride times as long', () => {
    for (const { kernel, stride, dilation, size } of cases) {
      const { pads, outputPadding } = transposedPads(
        context,
        ['N', 3, size],
        { kernel: [kernel], strides: [stride], dilations: [dilation] },
        'same',
      );
      // the length ONNX gives ConvTranspose
      const length = stride * (size - 1) + outputPadding[0] + extentOf(kernel, dilation) - pads[0] - pads[1];
      expect(length).toBe(size * stride);
    }
  });
});

describe('a window that does not fit', () => {
  it('is refused with both sizes and the way out', () => {
    const window = { kernel: [5, 5], strides: [1, 1], dilations: [1, 1] };
    const attempt = () => slidingPads(context, ['N', 3, 4, 4], window, 'valid');
    expect(attempt).toThrow(
      expect.objectContaining({ message: 'a window of 5 does not fit its 4×4 input', hint: "use padding 'same'" }),
    );
  });
});
