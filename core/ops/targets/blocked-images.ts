/** What lies between convolutions, done on channels in blocks too, so that images are not reordered back and forth. */
import {
  numberAttribute,
  numbersAttribute,
  sameShape,
  stringAttribute,
  type Node,
  type Value,
} from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { channelMeans, scaledImage, scaledSum } from './blocked-channels.ts';
import type { BlockedGraph } from './blocked-graph.ts';

/** Operators that do not ask where an element lies. */
const elementwise: ReadonlySet<OpType> = new Set<OpType>(
  (
    'Identity Neg Abs Sign Exp Log Sqrt Reciprocal Sin Cos Tanh Erf Sigmoid Relu LeakyRelu Elu Softplus Gelu Clip Cast Add ' +
    'Sub Mul Div Min Max Equal Greater GreaterOrEqual Less LessOrEqual Where'
  ).split(' ') as OpType[],
);

/** Does a node on blocks of channels where its image lies in them already. @returns whether it did */
export function imageInBlocks(blocked: BlockedGraph, node: Node): boolean {
  const [x] = node.inputs;
  if (scaledImage(blocked, node) || scaledSum(blocked, node)) return true;
  if (elementwise.has(node.op)) return elementByElement(blocked, node);
  if (node.op === 'Concat') return joined(blocked, node);
  if (!x || !blocked.isMadeInBlocks(x)) return false;
  if (node.op === 'Split') return parted(blocked, node);
  if (node.outputs.length !== 1) return false;
  switch (node.op) {
    case 'MaxPool':
      return pooled(blocked, node, 'BlockedMaxPool');
    case 'AveragePool':
      return pooled(blocked, node, 'BlockedAveragePool');
    case 'Resize':
      return repeated(blocked, node);
    case 'ReduceMean':
    case 'ReduceSum':
      return channelMeans(blocked, node);
    default:
      return false;
  }
}

/** Images are brought into blocks to meet those that are there; single numbers meet any layout. */
function elementByElement(blocked: BlockedGraph, node: Node): boolean {
  const [output] = node.outputs;
  const operands = node.inputs.filter((input) => input !== null);
  if (!operands.some((operand) => blocked.isMadeInBlocks(operand)) || !staysInBlocks(blocked, output)) return false;
  const meets = (operand: Value): boolean => blocked.liesInBlocks(operand) || canMeet(blocked, operand, output);
  if (!operands.every(meets)) return false;
  const made: Value = { name: 'blocked', type: output.type };
  const inputs = node.inputs.map((input) => input && (isNumber(input) ? input : blocked.inBlocks(input)));
  blocked.add(node.op, inputs, [made], node.attributes);
  blocked.give(output, made);
  return true;
}

function isNumber({ type: { shape } }: Value): boolean {
  return shape.length <= 4 && shape.every((dim) => dim === 1);
}

/** Whether a value can meet images of this shape in blocks: as a single number, or because it can be reordered. */
function canMeet({ block }: BlockedGraph, value: Value, image: Value): boolean {
  if (isNumber(value)) return true;
  const { dtype, shape } = value.type;
  if (!sameShape(shape, image.type.shape)) return false;
  const [, channels, ...places] = shape;
  const known = [channels, ...places].every((dim) => typeof dim === 'number');
  return dtype === 'float32' && shape.length === 4 && known && (channels as number) % block === 0;
}

/** Truth values cannot be reordered: what reads them must do so in blocks. */
function staysInBlocks(blocked: BlockedGraph, output: Value): boolean {
  if (output.type.dtype === 'float32') return true;
  if (output.type.dtype !== 'bool' || blocked.isResult(output)) return false;
  return blocked.readersOf(output).every((reader) => {
    const [made] = reader.outputs;
    const meets = reader.inputs.every((input) => !input || input === output || canMeet(blocked, input, made));
    return elementwise.has(reader.op) && made.type.dtype === 'float32' && meets;
  });
}

function pooled(blocked: BlockedGraph, node: Node, op: 'BlockedMaxPool' | 'BlockedAveragePool'): boolean {
  const [x] = node.inputs as readonly Value[];
  if (x.type.shape.length !== 4 || numberAttribute(node.attributes, 'storage_order', 0) !== 0) return false;
  const dilated = numbersAttribute(node.attributes, 'dilations')?.some((dilation) => dilation !== 1) ?? false;
  if (dilated) return false;
  const [output] = node.outputs;
  blocked.give(output, blocked.emit(op, [blocked.inBlocks(x)], output.type.shape, node.attributes));
  return true;
}

/** Elements repeated a whole number of times along height and width. */
function repeated(blocked: BlockedGraph, { inputs, outputs: [output], attributes }: Node): boolean {
  const [x, , scales] = inputs;
  const times = blocked.numbersOf(scales);
  const modes = ['mode', 'coordinate_transformation_mode', 'nearest_mode'].map((name) =>
    stringAttribute(attributes, name, ''),
  );
  if (!x || inputs.length !== 3 || times?.length !== 4 || modes.join() !== 'nearest,asymmetric,floor') return false;
  const [batch, channels, ...along] = times;
  if (batch !== 1 || channels !== 1 || !along.every((count) => Number.isInteger(count) && count > 0)) return false;
  blocked.give(output, blocked.emit('BlockedUpsample', [blocked.inBlocks(x)], output.type.shape, { scales: times }));
  return true;
}

/** Whole blocks of several images side by side. */
function joined(blocked: BlockedGraph, { inputs, outputs: [output], attributes }: Node): boolean {
  const images = inputs as readonly Value[];
  if (numberAttribute(attributes, 'axis', 0) !== 1 || !images.some((image) => blocked.isMadeInBlocks(image)))
    return false;
  if (!images.every((image) => !isNumber(image) && canMeet(blocked, image, image))) return false;
  const parts = images.map((image) => blocked.inBlocks(image));
  blocked.give(output, blocked.emit('Concat', parts, output.type.shape, { axis: 1 }));
  return true;
}

function parted(blocked: BlockedGraph, { inputs: [x, sizes], outputs, attributes }: Node): boolean {
  if (!x || numberAttribute(attributes, 'axis', 0) !== 1 || !outputs.every((part) => canMeet(blocked, part, part)))
    return false;
  const parts = outputs.map((part): Value => ({ name: 'blocked', type: part.type }));
  blocked.add('Split', [blocked.inBlocks(x), sizes], parts, attributes);
  outputs.forEach((part, index) => blocked.give(part, parts[index]));
  return true;
}
