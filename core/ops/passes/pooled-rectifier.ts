/** The gradient of a rectifier under a max pooling, at the size of the pooled image. */
import { numbersOf } from '../../tensor/tensor.ts';
import type { Graph, Node, Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { rewriteGraph, type RewriteContext } from '../../graph/passes/rewrite.ts';

/**
 * Rewrites (w · up(s)) · m(y) as w · up(s · m(p)), where w marks the elements of y that equal up(p), up repeats elements and
 * m is 1 where its operand is not 0: where w is 1 both masks are the same, elsewhere both results are 0. The rule of Relu
 * leaves such a product behind that of a max pooling whose windows tile the image, and p is a quarter of y or less.
 */
export function pooledRectifier(graph: Graph): Graph {
  return rewriteGraph(graph, (node, context) => (node.op === 'Mul' ? (rewritten(node, context) ?? node) : node));
}

function rewritten(node: Node, context: RewriteContext): Node | undefined {
  const [first, second] = node.inputs;
  return direct(node, first, second, context) ?? direct(node, second, first, context);
}

/** @param spread w · up(s); @param mask m(y) */
function direct(node: Node, spread: Value | null, mask: Value | null, context: RewriteContext): Node | undefined {
  const made = (op: OpType, value: Value | null | undefined): Node | undefined => {
    const maker = value ? context.producerOf(value) : undefined;
    return maker?.op === op ? maker : undefined;
  };
  const [toNumber, product] = [made('Cast', mask), made('Mul', spread)];
  const toTruth = made('Cast', toNumber?.inputs[0]);
  const [marks, repeated] = product?.inputs ?? [];
  const equal = made('Equal', made('Cast', marks)?.inputs[0]);
  const [up, upOfPooled] = [made('Resize', repeated), made('Resize', equal?.inputs[1])];
  const [shares, pooled] = [up?.inputs[0], upOfPooled?.inputs[0]];
  if (!toNumber || toTruth?.outputs[0].type.dtype !== 'bool' || equal?.inputs[0] !== toTruth.inputs[0])
    return undefined;
  if (!marks || !up || !upOfPooled || !shares || !pooled || !alike(up, upOfPooled, context)) return undefined;
  const truth = context.addNode({ ...toTruth, inputs: [pooled] }, { dtype: 'bool', shape: pooled.type.shape });
  const small = context.addNode({ ...toNumber, inputs: [truth] }, pooled.type);
  const kept = context.addNode({ ...node, inputs: [shares, small] }, shares.type);
  const large = context.addNode({ ...up, inputs: up.inputs.with(0, kept) }, node.outputs[0].type);
  return { ...node, inputs: [marks, large] };
}

/** Whether both repeat elements in the same way. */
function alike(first: Node, second: Node, context: RewriteContext): boolean {
  const [one, other] = [first, second].map((node) => {
    const tensor = node.inputs[2] && context.constantOf(node.inputs[2]);
    return tensor && JSON.stringify([numbersOf(tensor).join(), node.attributes]);
  });
  return one !== undefined && one !== null && one === other && first.inputs.length === 3 && second.inputs.length === 3;
}
