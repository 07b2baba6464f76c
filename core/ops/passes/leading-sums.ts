/** Sums over the first axis as a product with a row of ones. */
import { sizeOf, tensorOf } from '../../tensor/tensor.ts';
import { numberAttribute, staticShape, type Graph, type Node } from '../../graph/graph.ts';
import { rewriteGraph, type RewriteContext } from '../../graph/passes/rewrite.ts';

/** Smaller sums take no time worth two nodes more. */
const fewestElements = 4096;

/**
 * The same graph with float32 sums over axis 0 alone done by Gemm. Products are spread over threads in pieces that suit
 * them; ONNX Runtime 1.30 adds 32 rows of 36,864 in 0.14 ms on one thread but in 1.2 ms on two, a product in 0.1 ms on either.
 */
export function sumByProduct(graph: Graph): Graph {
  return rewriteGraph(graph, (node, context) => asProduct(node, context) ?? node);
}

function asProduct(node: Node, context: RewriteContext): Node | undefined {
  const [x, axes] = node.inputs;
  if (node.op !== 'ReduceSum' || !x || !axes || x.type.dtype !== 'float32') return undefined;
  const [shape, along] = [staticShape(x.type.shape), context.constantOf(axes)?.data];
  if (!shape || shape.length < 2 || along?.length !== 1 || Number(along[0]) !== 0) return undefined;
  const [rows, columns] = [shape[0], sizeOf(shape.slice(1))];
  if (rows < 2 || rows * columns < fewestElements) return undefined;
  const { origin, outputs } = node;
  const constant = (dtype: 'float32' | 'int64', dims: readonly number[], values: readonly number[]) =>
    context.addConstant(tensorOf(dtype, dims, values));
  const ones = constant(
    'float32',
    [1, rows],
    Array.from({ length: rows }, () => 1),
  );
  const reshape = { op: 'Reshape', attributes: {}, origin } as const;
  const flat = context.addNode(
    { ...reshape, inputs: [x, constant('int64', [2], [rows, columns])] },
    { dtype: 'float32', shape: [rows, columns] },
  );
  const sum = context.addNode(
    { op: 'Gemm', inputs: [ones, flat], attributes: {}, origin },
    { dtype: 'float32', shape: [1, columns] },
  );
  const kept = numberAttribute(node.attributes, 'keepdims', 1) === 1 ? [1, ...shape.slice(1)] : shape.slice(1);
  return { ...reshape, inputs: [sum, constant('int64', [kept.length], kept)], outputs };
}
