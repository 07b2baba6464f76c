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
  let before: Graph;
  do {
    before = current;
    for (const pass of passes) {
      current = pass(current);
      if (verifyWith) verifyGraph(current, verifyWith);
    }
  } while (current !== before);
  return current;
}
