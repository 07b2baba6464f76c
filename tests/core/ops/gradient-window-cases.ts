/** Cases for the operators that walk windows over images: convolution, pooling, resizing. */
import type { Attributes } from '../../../core/graph/graph.ts';
import type { OpType } from '../../../core/graph/instruction-set.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { apart, batch, check, plain, type Build } from './gradient-case.ts';
import type { GradientCase } from './gradient-check.ts';

const windowed =
  (op: OpType, attributes: Attributes): Build =>
  (b, [x]) =>
    b.emit(op, [x], attributes);
export const poolings = (op: OpType, extra: Attributes = {}): GradientCase[] => [
  check('2x2 tiles', [batch(apart(2, 2, 4, 4))], windowed(op, { kernel_shape: [2, 2], strides: [2, 2], ...extra })),
  check(
    'tiles that leave a rest',
    [batch(apart(1, 2, 5, 4))],
    windowed(op, { kernel_shape: [2, 3], strides: [2, 3], ...extra }),
  ),
  check('windows apart', [batch(apart(1, 1, 7, 5))], windowed(op, { kernel_shape: [2, 1], strides: [3, 2], ...extra })),
  check('overlap', [batch(apart(2, 1, 5, 5))], windowed(op, { kernel_shape: [3, 3], strides: [2, 2], ...extra })),
  check('overlap, stride 1', [apart(1, 2, 4, 3)], windowed(op, { kernel_shape: [2, 2], ...extra })),
  check(
    'overlap, stride 1, padded',
    [batch(apart(2, 1, 4, 3))],
    windowed(op, { kernel_shape: [2, 3], pads: [1, 1, 0, 2], ...extra }),
  ),
  check(
    'overlap, stride 1, dilated',
    [apart(1, 1, 5, 4)],
    windowed(op, { kernel_shape: [2, 2], dilations: [3, 2], pads: [0, 1, 1, 0], ...extra }),
  ),
  check(
    'padding',
    [batch(apart(2, 1, 4, 4))],
    windowed(op, { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ...extra }),
  ),
  check(
    'padding on one side',
    [apart(1, 1, 5, 4)],
    windowed(op, { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 0, 0, 1], ...extra }),
  ),
  check(
    'tiles from padding',
    [apart(1, 1, 3, 3)],
    windowed(op, { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], ...extra }),
  ),
  check(
    'ceil mode',
    [batch(apart(1, 1, 5, 6))],
    windowed(op, { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1, ...extra }),
  ),
  check(
    'dilation',
    [apart(1, 1, 6, 5)],
    windowed(op, { kernel_shape: [2, 2], strides: [1, 2], dilations: [2, 2], ...extra }),
  ),
  check(
    'same padding',
    [apart(1, 1, 5, 4)],
    windowed(op, { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER', ...extra }),
  ),
  check('one axis', [batch(apart(2, 2, 7))], windowed(op, { kernel_shape: [3], strides: [2], ...extra })),
];

export const convolutions: GradientCase[] = [
  check('3x3', [batch(apart(2, 2, 4, 4)), apart(3, 2, 3, 3), apart(3)], plain('Conv')),
  check('3x3 padded, no bias', [batch(apart(1, 2, 4, 5)), apart(2, 2, 3, 3)], plain('Conv', { pads: [1, 1, 1, 1] })),
  check(
    'stride 2 that leaves a rest',
    [batch(apart(2, 1, 6, 5)), apart(2, 1, 3, 3), apart(2)],
    plain('Conv', { strides: [2, 2] }),
  ),
  check(
    'stride 3, asymmetric padding',
    [apart(1, 1, 6, 7), apart(2, 1, 2, 3)],
    plain('Conv', { strides: [3, 2], pads: [1, 0, 0, 2] }),
  ),
  check('dilation', [apart(1, 2, 5, 6), apart(1, 2, 2, 3)], plain('Conv', { dilations: [2, 2], pads: [1, 1, 0, 1] })),
  check(
    'dilation and stride',
    [batch(apart(1, 1, 7, 6)), apart(2, 1, 2, 2)],
    plain('Conv', { dilations: [2, 3], strides: [2, 2] }),
  ),
  check('more padding than kernel', [apart(1, 1, 2, 2), apart(1, 1, 2, 2)], plain('Conv', { pads: [2, 1, 2, 3] })),
  check('groups', [batch(apart(2, 4, 3, 4)), apart(6, 2, 2, 2), apart(6)], plain('Conv', { group: 2 })),
  check('groups, stride 2', [apart(1, 4, 5, 4), apart(2, 2, 2, 2)], plain('Conv', { group: 2, strides: [2, 2] })),
  check('depthwise', [batch(apart(2, 3, 4, 4)), apart(3, 1, 3, 3)], plain('Conv', { group: 3, pads: [1, 1, 1, 1] })),
  check(
    'depthwise, stride 2',
    [apart(1, 2, 5, 4), apart(2, 1, 3, 2)],
    plain('Conv', { group: 2, strides: [2, 2], pads: [1, 0, 1, 0] }),
  ),
  check('depthwise, two a channel', [apart(1, 2, 3, 3), apart(4, 1, 2, 2)], plain('Conv', { group: 2 })),
  check('1x1', [batch(apart(2, 3, 2, 3)), apart(2, 3, 1, 1)], plain('Conv')),
  check('1x1, stride 2', [apart(1, 2, 4, 3), apart(3, 2, 1, 1)], plain('Conv', { strides: [2, 2] })),
  check('kernel as large as the image', [batch(apart(3, 2, 3, 3)), apart(2, 2, 3, 3)], plain('Conv')),
  check(
    'large kernel, small image',
    [batch(apart(2, 1, 4, 4)), apart(2, 1, 4, 4)],
    plain('Conv', { strides: [2, 2], pads: [1, 1, 1, 1] }),
  ),
  check('large dilated kernel', [apart(2, 1, 5, 6), apart(1, 1, 3, 3)], plain('Conv', { dilations: [2, 2] })),
  check(
    'same padding',
    [apart(1, 1, 5, 6), apart(2, 1, 3, 2)],
    plain('Conv', { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  ),
  check('same padding, lower', [apart(1, 1, 4, 4), apart(1, 1, 2, 2)], plain('Conv', { auto_pad: 'SAME_LOWER' })),
  check('one axis', [batch(apart(2, 2, 7)), apart(3, 2, 3), apart(3)], plain('Conv', { strides: [2], pads: [1, 1] })),
  check('one axis, causal, dilated', [apart(1, 2, 5), apart(2, 2, 2)], plain('Conv', { dilations: [2], pads: [2, 0] })),
  check('one axis, groups', [apart(2, 4, 5), apart(4, 2, 3)], plain('Conv', { group: 2, pads: [1, 1] })),
  check('three axes', [apart(1, 1, 3, 3, 2), apart(2, 1, 2, 2, 1)], plain('Conv', { strides: [1, 2, 1] })),
];

export const transposedConvolutions: GradientCase[] = [
  check('stride 1', [batch(apart(2, 2, 3, 3)), apart(2, 2, 3, 3), apart(2)], plain('ConvTranspose')),
  check(
    'stride 2, padded',
    [batch(apart(1, 2, 3, 3)), apart(2, 1, 4, 4), apart(1)],
    plain('ConvTranspose', { strides: [2, 2], pads: [1, 1, 1, 1] }),
  ),
  check(
    'output padding',
    [batch(apart(2, 1, 3, 2)), apart(1, 2, 3, 3)],
    plain('ConvTranspose', { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
  ),
  check(
    'asymmetric padding',
    [apart(1, 1, 3, 3), apart(1, 1, 3, 2)],
    plain('ConvTranspose', { strides: [2, 3], pads: [1, 0, 0, 1] }),
  ),
  check(
    'dilation',
    [apart(1, 1, 3, 2), apart(1, 1, 2, 2)],
    plain('ConvTranspose', { strides: [2, 1], dilations: [2, 2] }),
  ),
  check('groups', [batch(apart(1, 4, 2, 2)), apart(4, 1, 2, 2)], plain('ConvTranspose', { group: 2, strides: [2, 2] })),
  check('from one pixel', [batch(apart(3, 2, 1, 1)), apart(2, 2, 4, 4)], plain('ConvTranspose')),
  check('gaps between windows', [apart(1, 1, 3, 2), apart(1, 1, 2, 1)], plain('ConvTranspose', { strides: [3, 2] })),
  check(
    'given output shape',
    [apart(1, 1, 3, 3), apart(1, 1, 3, 3)],
    plain('ConvTranspose', { strides: [2, 2], output_shape: [6, 5] }),
  ),
  check(
    'one axis',
    [batch(apart(2, 2, 4)), apart(2, 1, 3), apart(1)],
    plain('ConvTranspose', { strides: [2], pads: [1, 1], output_padding: [1] }),
  ),
];

const resize =
  (scales: number[], attributes: Attributes): Build =>
  (b, [x]) =>
    b.emit('Resize', [x, null, b.constant(tensorOf('float32', [scales.length], scales))], attributes);
const resizeTo =
  (sizes: number[], attributes: Attributes): Build =>
  (b, [x]) =>
    b.emit('Resize', [x, null, null, b.ints(sizes)], attributes);

export const resizes: GradientCase[] = [
  check(
    'nearest, twice',
    [batch(apart(2, 1, 2, 3))],
    resize([1, 1, 2, 2], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }),
  ),
  check('nearest, defaults', [apart(1, 1, 2, 3)], resize([1, 1, 3, 2], { mode: 'nearest' })),
  check('nearest, down', [apart(1, 1, 4, 5)], resize([1, 1, 0.5, 0.6], { mode: 'nearest' })),
  check(
    'nearest, odd sizes',
    [apart(1, 1, 3, 2)],
    resizeTo([1, 1, 5, 3], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'ceil' }),
  ),
  check('linear, twice', [batch(apart(2, 1, 3, 2))], resize([1, 1, 2, 2], { mode: 'linear' })),
  check(
    'linear, aligned corners',
    [apart(1, 2, 2, 3)],
    resizeTo([1, 2, 5, 4], { mode: 'linear', coordinate_transformation_mode: 'align_corners' }),
  ),
  check(
    'linear, asymmetric, down',
    [apart(1, 1, 4, 5)],
    resize([1, 1, 0.5, 0.6], { mode: 'linear', coordinate_transformation_mode: 'asymmetric' }),
  ),
  check('nearest, of the batch', [apart(2, 2)], resize([2, 1], { mode: 'nearest' })),
  check('nothing to do', [apart(1, 1, 2)], resize([1, 1, 1], { mode: 'linear' })),
  check(
    'linear, one axis',
    [apart(1, 2, 4)],
    resize([1, 1, 3], { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' }),
  ),
];
