/** Dead-code elimination: drops nodes and constants no output depends on. */
import type { Graph, Node, Value } from '../graph.ts';
import { instructionSet } from '../instruction-set.ts';

/** The graph without what its outputs do not need; graph inputs stay, they are its interface. Same object when nothing goes. */
export function removeDeadCode(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs.map((output) => output.value));
  const kept: Node[] = [];
  let changed = false;
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => live.has(output))) {
      changed = true;
      continue;
    }
    for (const input of node.inputs) if (input) live.add(input);
    const trimmed = withoutUnusedOutputs(node, live);
    changed ||= trimmed !== node;
    kept.push(trimmed);
  }
  const constants = [...graph.initializers].filter(([value]) => live.has(value));
  if (!changed && constants.length === graph.initializers.size) return graph;
  return { ...graph, nodes: kept.reverse(), initializers: new Map(constants) };
}

/** Optional results at the end that nobody reads (MaxPool's indices) need not be computed; Split's parts stay, they say how to split. */
function withoutUnusedOutputs(node: Node, live: ReadonlySet<Value>): Node {
  const [fewest, most] = instructionSet[node.op].outputs;
  if (node.outputs.length === fewest || !Number.isFinite(most)) return node;
  const last = node.outputs.findLastIndex((output) => live.has(output));
  const count = Math.max(fewest, last + 1);
  return count === node.outputs.length ? node : { ...node, outputs: node.outputs.slice(0, count) };
}
