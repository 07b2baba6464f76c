/** Orders nodes so that few of them wait at any time, which is what an engine that lists all waiting ones needs. */
import type { Graph, Node } from '../../graph/graph.ts';

/**
 * The same nodes: those that wait for no other first, every other one directly behind the last it waits for, short ways to
 * the end before long ones. Takes time linear in the graph, but for sorting the readers of one node.
 *
 * ONNX Runtime 1.30 sorts the nodes dozens of times while it makes a session, and keeps those that could come next in a
 * linked list that it walks for each node (`VisitorPriorityQueue` in its graph.cc). In the order of building, the updates
 * of all parameters are in that list from their gradient to the very end. It runs nodes in an order of its own.
 */
export function inEagerOrder(graph: Graph): Graph {
  const { makers, awaited, readers } = linksOf(graph);
  const height = heights(graph, readers);
  const waitsFor = new Map(graph.nodes.map((node) => [node, awaited(node).length]));
  const nodes = graph.nodes.filter((node) => makers(node).length === 0);
  const place = (first: Node): void => {
    const stack = [first];
    for (let node = stack.pop(); node; node = stack.pop()) {
      nodes.push(node);
      const ready: Node[] = [];
      for (const reader of readers(node)) {
        const left = (waitsFor.get(reader) ?? 0) - 1;
        waitsFor.set(reader, left);
        if (left === 0) ready.push(reader);
      }
      stack.push(...ready.sort((a, b) => (height.get(b) ?? 0) - (height.get(a) ?? 0)));
    }
  };
  const starts = graph.nodes.filter((node) => makers(node).length > 0 && awaited(node).length === 0);
  // Numbers that all updates read, such as the count of steps, before the first of them.
  for (const node of starts) if (isScalar(node)) place(node);
  for (const node of starts) if (!isScalar(node)) place(node);
  return { ...graph, nodes };
}

const isScalar = (node: Node): boolean => node.outputs.every((output) => output.type.shape.length === 0);

interface Links {
  readonly makers: (node: Node) => readonly Node[];
  /** Makers that have makers themselves. */
  readonly awaited: (node: Node) => readonly Node[];
  /** Nodes that await this one. */
  readonly readers: (node: Node) => readonly Node[];
}

function linksOf(graph: Graph): Links {
  const makerOf = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const makers = new Map<Node, readonly Node[]>();
  const awaited = new Map<Node, readonly Node[]>();
  const readers = new Map<Node, Node[]>();
  for (const node of graph.nodes) {
    const found = [...new Set(node.inputs.flatMap((input) => (input && makerOf.get(input)) ?? []))];
    makers.set(node, found);
    const waiting = found.filter((maker) => makers.get(maker)?.length !== 0);
    awaited.set(node, waiting);
    readers.set(node, []);
    for (const maker of waiting) readers.get(maker)?.push(node);
  }
  return {
    makers: (node) => makers.get(node) ?? [],
    awaited: (node) => awaited.get(node) ?? [],
    readers: (node) => readers.get(node) ?? [],
  };
}

/** Nodes on the longest way from each node to the end. */
function heights(graph: Graph, readers: Links['readers']): ReadonlyMap<Node, number> {
  const heights = new Map<Node, number>();
  for (const node of graph.nodes.toReversed())
    heights.set(node, 1 + readers(node).reduce((most, reader) => Math.max(most, heights.get(reader) ?? 0), 0));
  return heights;
}
