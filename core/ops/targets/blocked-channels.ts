/** Factors, offsets and means a channel of images in blocks: what normalisations are made of. */
import { sameShape, staticShape, type Node, type Value } from '../../graph/graph.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import type { BlockedGraph, Scaled } from './blocked-graph.ts';

/**
 * Notes an image plus, minus or times a value a channel as a scaled image; several in a row are one pass over the image, or
 * none where only its means are read. @returns whether the node was such a one
 */
export function scaledImage(blocked: BlockedGraph, node: Node): boolean {
  const [output] = node.outputs;
  const shape = staticShape(output.type.shape);
  if (shape?.length !== 4 || !['Add', 'Sub', 'Mul'].includes(node.op)) return false;
  const [first, second] = node.inputs as readonly [Value, Value];
  const isImage = (value: Value): boolean => blocked.isMadeInBlocks(value) && sameShape(value.type.shape, shape);
  const swapped = !isImage(first);
  const [image, value] = swapped ? [second, first] : [first, second];
  if (!isImage(image) || (swapped && node.op === 'Sub')) return false;
  if (!isPerChannel(value, shape)) return false;
  const small = shape.map((size, axis) => (axis < 2 ? size : 1));
  const full = sameShape(value.type.shape, small) ? value : blocked.expanded(value, small);
  blocked.giveScaled(output, combined(blocked, node.op, blocked.scaledOf(image), full));
  return true;
}

/** Whether a value has one number for all places of a channel, and more than one number. */
function isPerChannel({ type: { shape } }: Value, [samples, channels]: readonly number[]): boolean {
  const padded = [...Array.from({ length: 4 - shape.length }, () => 1), ...shape];
  const fits = padded.length === 4 && [1, samples].includes(padded[0] as number) && padded[1] === channels;
  return fits && padded[2] === 1 && padded[3] === 1;
}

function combined(blocked: BlockedGraph, op: Node['op'], { image, factor, offset }: Scaled, value: Value): Scaled {
  const small = (name: 'Add' | 'Sub' | 'Mul', a: Value, b: Value): Value =>
    blocked.emit(name, [a, b], value.type.shape, {});
  const negated = (): Value => blocked.emit('Neg', [value], value.type.shape, {});
  if (op === 'Mul') {
    const scaled = { image, factor: factor ? small('Mul', factor, value) : value };
    return offset ? { ...scaled, offset: small('Mul', offset, value) } : scaled;
  }
  const shifted = offset ? small(op as 'Add' | 'Sub', offset, value) : op === 'Add' ? value : negated();
  return { image, ...(factor && { factor }), offset: shifted };
}

/** The sum of two images one of which is known as a scaled one: one pass less. @returns whether the node was such a one */
export function scaledSum(blocked: BlockedGraph, node: Node): boolean {
  const [first, second] = node.inputs;
  if (node.op !== 'Add' || !first || !second || first === second) return false;
  if (![first, second].every((value) => blocked.isMadeInBlocks(value) && isReadOnce(blocked, value))) return false;
  const [one, other] = [blocked.scaledOf(first), blocked.scaledOf(second)];
  if (!one.factor || !other.factor) return false;
  blocked.give(node.outputs[0], blocked.sumOf(one, other));
  return true;
}

const isReadOnce = (blocked: BlockedGraph, value: Value): boolean =>
  blocked.readersOf(value).length === 1 && !blocked.isResult(value);

/** Sums and means over the places of each channel, and sums over the batch too. @returns whether the node was such a one */
export function channelMeans(blocked: BlockedGraph, node: Node): boolean {
  const [x, axes] = node.inputs;
  const shape = x && staticShape(x.type.shape);
  const over = blocked.numbersOf(axes)?.join();
  if (!x || shape?.length !== 4 || (over !== '2,3' && (over !== '0,2,3' || node.op !== 'ReduceSum'))) return false;
  const [samples, channels, ...places] = shape;
  const [output] = node.outputs;
  const means = meansOf(blocked, blocked.scaledOf(x), [samples, channels, 1, 1]);
  const count = sizeOf(places);
  if (over === '0,2,3') {
    const rows = blocked.reshaped(means, [samples, channels]);
    const sum = blocked.emit('Gemm', [blocked.filled([1, samples], count), rows], [1, channels], {});
    reshapedTo(blocked, sum, output);
  } else {
    const sums =
      node.op === 'ReduceMean' ? means : blocked.emit('Mul', [means, blocked.filled([], count)], means.type.shape, {});
    reshapedTo(blocked, sums, output);
  }
  return true;
}

function meansOf(blocked: BlockedGraph, { image, factor, offset }: Scaled, shape: readonly number[]): Value {
  const means = blocked.emit('BlockedMean', [image], shape, {});
  const scaled = factor ? blocked.emit('Mul', [means, factor], shape, {}) : means;
  return offset ? blocked.emit('Add', [scaled, offset], shape, {}) : scaled;
}

function reshapedTo(blocked: BlockedGraph, value: Value, output: Value): void {
  blocked.add('Reshape', [value, blocked.ints(output.type.shape as readonly number[])], [output], {});
}
