/** Moves work to where tensors are small or made already: before an Expand, after a sum. Every result stays the same bit for bit. */
import { sameShape, type Graph, type Node, type TensorType, type Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { inferTypes } from '../types.ts';
import { rewriteGraph, type RewriteContext } from '../../graph/passes/rewrite.ts';

/** Operators that treat every element alike, so that what is repeated before them may be repeated after them. */
const elementwise: ReadonlySet<OpType> = new Set<OpType>(
  (
    'Neg Abs Sign Exp Log Sqrt Reciprocal Floor Ceil Round Sin Cos Tanh Erf Sigmoid Relu LeakyRelu Elu Selu Celu Softplus ' +
    'Softsign HardSigmoid HardSwish Mish Gelu Not IsNaN Cast Add Sub Mul Div Pow Mod Min Max Equal Greater GreaterOrEqual ' +
    'Less LessOrEqual And Or Where'
  ).split(' ') as OpType[],
);

/** Reductions for which f(−x) = −f(x). */
const odd: ReadonlySet<OpType> = new Set<OpType>(['ReduceSum', 'ReduceMean']);

/** The same graph with element-by-element work done on smaller tensors. */
export function shrinkWork(graph: Graph): Graph {
  let counted: ReadonlyMap<Value, number> | undefined;
  const uses = (value: Value): number => (counted ??= countUses(graph)).get(value) ?? 0;
  const roots = new Map<Value, Value>();
  return rewriteGraph(graph, (node, context) => {
    noteRoot(node, roots);
    if (node.op === 'Shape') return fromRoot(node, roots);
    if (odd.has(node.op)) return negatedAfter(node, context, uses) ?? node;
    return elementwise.has(node.op) ? (beforeExpand(node, context, uses) ?? node) : node;
  });
}

/** How many nodes and outputs of the graph read a value; counted when it is first asked for. */
type Uses = (value: Value) => number;

function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value): unknown => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) for (const input of node.inputs) if (input) count(input);
  for (const { value } of graph.outputs) count(value);
  return uses;
}

/** Notes, for each result of the shape of one of its operands, the first value that had this shape. */
function noteRoot(node: Node, roots: Map<Value, Value>): void {
  const [output] = node.outputs;
  const alike = node.inputs.find((input) => input && sameShape(input.type.shape, output.type.shape));
  if (alike) roots.set(output, roots.get(alike) ?? alike);
}

/** Reads a shape from the first value that had it, so that nothing is computed or kept for its shape alone. */
function fromRoot(node: Node, roots: ReadonlyMap<Value, Value>): Node {
  const [x] = node.inputs;
  const root = x && roots.get(x);
  return root ? { ...node, inputs: [root] } : node;
}

/** The sum of −x is the negated sum of x, which is smaller; only where −x is not needed anyway. */
function negatedAfter(node: Node, context: RewriteContext, uses: Uses): Node | undefined {
  const [x, axes] = node.inputs;
  const producer = x && context.producerOf(x);
  if (producer?.op !== 'Neg' || uses(x as Value) !== 1) return undefined;
  const sum = context.addNode(
    { ...node, inputs: axes ? [producer.inputs[0], axes] : [producer.inputs[0]] },
    node.outputs[0].type,
  );
  return { op: 'Neg', inputs: [sum], outputs: node.outputs, attributes: {}, origin: node.origin };
}

/**
 * Reads what an operand's Expand reads. When the other operands give the result its shape all the same, the Expand is
 * not needed; otherwise the operator works on the small value and its result is expanded.
 */
function beforeExpand(node: Node, context: RewriteContext, uses: Uses): Node | undefined {
  const [output] = node.outputs;
  for (const [index, operand] of node.inputs.entries()) {
    const expand = operand ? context.producerOf(operand) : undefined;
    if (!operand || expand?.op !== 'Expand' || !expand.inputs[0]) continue;
    const inputs = node.inputs.with(index, expand.inputs[0]);
    const type = typeOf(node, inputs);
    if (sameShape(type.shape, output.type.shape)) return { ...node, inputs };
    if (uses(operand) !== 1 || !sameShape(operand.type.shape, output.type.shape)) continue;
    const small = context.addNode({ ...node, inputs }, type);
    return { ...expand, inputs: [small, expand.inputs[1]], outputs: node.outputs };
  }
  return undefined;
}

function typeOf(node: Node, inputs: Node['inputs']): TensorType {
  const types = inputs.map((value) => value?.type ?? null);
  return inferTypes(node.op, { inputs: types, constants: [], attributes: node.attributes, outputCount: 1 })[0];
}
