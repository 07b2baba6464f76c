/** Constant folding: computes while the graph is built what does not depend on its inputs. */
import { sizeOf, tensorOf, type Tensor } from '../../tensor/tensor.ts';
import { GraphError, staticShape, type Graph, type Node, type TensorType, type Value } from '../../graph/graph.ts';
import { evaluateNode } from '../reference/evaluate.ts';
import { rewriteGraph, type RewriteContext } from '../../graph/passes/rewrite.ts';

/**
 * Results above this many elements are left to the run: folding a large Expand or ConstantOfShape would only bloat the file.
 * Smaller ones ONNX Runtime would fold itself, and then goes through all of its rewrites once more.
 */
const mostElements = 4096;

/** Nodes that read more than this are left to the run: the reference kernels are clear, not fast. */
const mostRead = 65_536;

/** Replaces nodes of constants, and shapes that are known, by constants; `Constant` nodes of any size become constants. */
export function foldConstants(graph: Graph): Graph {
  return rewriteGraph(graph, (node, context) => {
    const tensors = folded(node, context);
    return tensors ? tensors.map(context.addConstant) : node;
  });
}

function folded(node: Node, context: RewriteContext): readonly Tensor[] | undefined {
  const { value } = node.attributes;
  if (node.op === 'Constant' && typeof value === 'object' && 'dtype' in value) return [value];
  if (!node.outputs.every(({ type }) => isSmall(type))) return undefined;
  const known = node.outputs.map(knownElements);
  if (known.every((tensor) => tensor !== undefined)) return known;
  const inputs = node.inputs.map((input) => input && context.constantOf(input));
  if (!inputs.every((input) => input !== undefined)) return undefined;
  if (inputs.some((input) => input && input.data.length > mostRead)) return undefined;
  try {
    return evaluateNode(node.op, inputs, node.attributes, node.outputs.length);
  } catch (error) {
    // A node that cannot be computed (an index out of range) must fail when it runs, not when it is optimised.
    if (error instanceof RangeError || error instanceof GraphError) return undefined;
    throw error;
  }
}

function isSmall(type: TensorType): boolean {
  const shape = staticShape(type.shape);
  return shape !== undefined && sizeOf(shape) <= mostElements;
}

/** The tensor of a shape-like value whose elements type inference found out. */
function knownElements({ type: { dtype, shape, elements } }: Value): Tensor | undefined {
  if (!elements?.every((element) => typeof element === 'number')) return undefined;
  return tensorOf(dtype, shape as readonly number[], elements as readonly number[]);
}
