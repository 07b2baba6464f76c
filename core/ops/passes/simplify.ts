/** Algebraic no-ops, most of them left by gradient rules: x + 0, x · 1, reshapes to the same shape, pairs that cancel. */
import { numbersOf, sizeOf, type Tensor } from '../../tensor/tensor.ts';
import { numbersAttribute, sameShape, type Graph, type Node, type Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { rewriteGraph, type RewriteContext } from '../../graph/passes/rewrite.ts';

/** Gives what stands for the node's only output, a simpler node, or undefined to leave it. */
type Rule = (node: Node, context: RewriteContext) => Value | Node | undefined;

/** Constants above this size are not searched for being all zero or all one; folding makes no larger ones. */
const mostElements = 4096;

/** The graph without operations that change nothing. Results are bit for bit the same, except that x + 0 keeps a −0. */
export function simplify(graph: Graph): Graph {
  return rewriteGraph(graph, (node, context) => {
    const result = rules[node.op]?.(node, context);
    if (result === undefined) return node;
    return 'op' in result ? result : [result];
  });
}

const input = (node: Node, index = 0): Value | undefined => node.inputs[index] ?? undefined;

/** The first input when it certainly has the output's type. */
const unchanged: Rule = (node) => {
  const x = input(node);
  return x && x.type.dtype === node.outputs[0].type.dtype && sameShape(x.type.shape, node.outputs[0].type.shape)
    ? x
    : undefined;
};

/** The one number a value consists of, seen through Expand and ConstantOfShape; undefined when it varies. */
function uniform(value: Value, context: RewriteContext): number | undefined {
  const tensor = context.constantOf(value);
  if (tensor) return uniformTensor(tensor);
  const producer = context.producerOf(value);
  const source = producer && input(producer);
  if (producer?.op === 'Expand' && source) return uniform(source, context);
  if (producer?.op !== 'ConstantOfShape') return undefined;
  const filler = producer.attributes['value'];
  return typeof filler === 'object' && 'dtype' in filler ? Number(filler.data[0]) : 0;
}

function uniformTensor(tensor: Tensor): number | undefined {
  const size = sizeOf(tensor.shape);
  if (size === 0 || size > mostElements) return undefined;
  const { data } = tensor;
  for (let at = 1; at < size; at++) if (data[at] !== data[0]) return undefined;
  return Number(data[0]);
}

/** x when the operand at `neutralAt` is all `neutral` and does not broadcast the other. */
function neutral(node: Node, context: RewriteContext, neutralAt: 0 | 1, number: number): Value | undefined {
  const [x, operand] = [input(node, 1 - neutralAt), input(node, neutralAt)];
  if (!x || !operand || !sameShape(x.type.shape, node.outputs[0].type.shape)) return undefined;
  return uniform(operand, context) === number ? x : undefined;
}

/** The input of a value's producer when that is `op`. */
function under(op: OpType, value: Value | undefined, context: RewriteContext): Value | undefined {
  const producer = value && context.producerOf(value);
  return producer?.op === op ? input(producer) : undefined;
}

const twice: Rule = (node, context) => under(node.op, input(node), context);

const addition: Rule = (node, context) => {
  const zero = neutral(node, context, 1, 0) ?? neutral(node, context, 0, 0);
  if (zero) return zero;
  const [a, b] = node.inputs;
  const [right, left] = [under('Neg', b ?? undefined, context), under('Neg', a ?? undefined, context)];
  if (right) return { ...node, op: 'Sub', inputs: [a, right] };
  return left ? { ...node, op: 'Sub', inputs: [b, left] } : undefined;
};

const subtraction: Rule = (node, context) => {
  const negated = under('Neg', input(node, 1), context);
  return neutral(node, context, 1, 0) ?? (negated && { ...node, op: 'Add', inputs: [node.inputs[0], negated] });
};

const relabelling: ReadonlySet<OpType> = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** Operators that keep the order of elements: a chain of them that ends in the shape it began with is nothing. */
const relabel: Rule = (node, context) => {
  const same = unchanged(node, context);
  const x = input(node);
  const producer = x && context.producerOf(x);
  if (same || !producer || !relabelling.has(producer.op)) return same;
  const source = input(producer);
  if (!source) return undefined;
  if (sameShape(source.type.shape, node.outputs[0].type.shape)) return source;
  return node.op === 'Reshape' && namesNoInputAxis(node, context)
    ? { ...node, inputs: [source, node.inputs[1]] }
    : undefined;
};

/** Whether a Reshape's target is the same for every input shape: no 0, which keeps an axis of the input. */
function namesNoInputAxis(node: Node, context: RewriteContext): boolean {
  const target = input(node, 1);
  const constant = target && context.constantOf(target);
  const elements = constant ? numbersOf(constant) : target?.type.elements;
  return elements?.every((element) => element !== 0) ?? false;
}

const transpose: Rule = (node, context) => {
  const perm = permOf(node);
  if (perm.every((axis, at) => axis === at)) return input(node);
  const x = input(node);
  const producer = x && context.producerOf(x);
  if (producer?.op !== 'Transpose') return undefined;
  const first = permOf(producer);
  return { ...node, inputs: producer.inputs, attributes: { perm: perm.map((axis) => first[axis]) } };
};

function permOf(node: Node): readonly number[] {
  const rank = node.outputs[0].type.shape.length;
  return numbersAttribute(node.attributes, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

/** A reduction over no axes, or over axes of one element that stay. */
const reduction: Rule = (node, context) => unchanged(node, context);

const allConstant =
  (index: number, number: number): Rule =>
  (node, context) => {
    const operand = input(node, index);
    const isNeutral = operand === undefined || uniform(operand, context) === number || operand.type.shape[0] === 0;
    return isNeutral ? unchanged(node, context) : undefined;
  };

const single: Rule = (node, context) => (node.inputs.length === 1 ? unchanged(node, context) : undefined);

const rules: Partial<Readonly<Record<OpType, Rule>>> = {
  Identity: (node) => input(node),
  Neg: twice,
  Not: twice,
  Cast: unchanged,
  Add: addition,
  Sub: subtraction,
  Mul: (node, context) => neutral(node, context, 1, 1) ?? neutral(node, context, 0, 1),
  Div: (node, context) => neutral(node, context, 1, 1),
  Pow: (node, context) => neutral(node, context, 1, 1),
  Min: single,
  Max: single,
  Concat: single,
  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  Reshape: relabel,
  Flatten: relabel,
  Squeeze: relabel,
  Unsqueeze: relabel,
  Expand: unchanged,
  Tile: unchanged,
  Transpose: transpose,
  Pad: allConstant(1, 0),
  Slice: allConstant(4, 1),
  Split: (node, context) => (node.outputs.length === 1 ? unchanged(node, context) : undefined),
};
