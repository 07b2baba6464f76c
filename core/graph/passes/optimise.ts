/** Runs passes over a graph until nothing changes any more. */
import type { Graph, InferTypes } from '../graph.ts';
import { verifyGraph } from '../verify.ts';

/** Gives a graph that computes the same, or the very same object when there is nothing to do. */
export type Pass = (graph: Graph) => Graph;

/**
 * The graph after `passes`, repeated until none changes it.
 * @param verifyWith the type rules: when given, the graph is checked after every pass.
 * @throws GraphError when a checked pass has broken the graph.
 */
export function optimiseGraph(graph: Graph, passes: readonly Pass[], verifyWith?: InferTypes): Graph {
  let current = graph;
  // Passes in a row that found nothing to do: once it is each of them, there is nothing left.
  let idle = 0;
  for (let turn = 0; idle < passes.length; turn++) {
    const next = passes[turn % passes.length](current);
    if (verifyWith) verifyGraph(next, verifyWith);
    idle = next === current ? idle + 1 : 0;
    current = next;
  }
  return current;
}
