/** Lets what one step hands to the next be computed as soon as it can be, so that what it needs does not wait in memory. */
import type { Graph } from '../../graph/graph.ts';

/**
 * The same nodes, those that nothing reads at the end in the opposite order. ONNX Runtime 1.30 runs a graph backwards from
 * such nodes, the last in the file first, and before each of them what it waits for. From a graph in eager order the
 * updates of the last layers, whose gradients come first, so run before the gradients of the layers before them.
 */
export function updatesFirst(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  const isLast = ({ outputs }: Graph['nodes'][number]): boolean => !outputs.some((output) => read.has(output));
  const inner = graph.nodes.filter((node) => !isLast(node));
  return { ...graph, nodes: [...inner, ...graph.nodes.filter(isLast).toReversed()] };
}
