/** Claims about the order nodes are handed to the engine in. */
import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from '../../../core/graph/graph.ts';
import { inEagerOrder } from '../../../core/ops/passes/eager-order.ts';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { randomGraph } from '../graph/random-graph.ts';

/**
 * Most nodes that are ready at once when they are taken by their place in the file, as ONNX Runtime takes them; those
 * that are ready from the start aside.
 */
function mostWaiting({ nodes }: Graph): number {
  const maker = new Map<Value, number>(
    nodes.flatMap((node, at) => node.outputs.map((output) => [output, at] as const)),
  );
  const makersOf = (node: Node): number[] => [
    ...new Set(node.inputs.flatMap((input) => (input ? (maker.get(input) ?? []) : []))),
  ];
  const left = nodes.map((node) => makersOf(node).length);
  const ready = new Set<number>();
  let most = 0;
  nodes.forEach((_, at) => {
    ready.delete(at);
    nodes.forEach((reader, index) => {
      if (makersOf(reader).includes(at) && --left[index] === 0) ready.add(index);
    });
    most = Math.max(most, ready.size);
  });
  return most;
}

/** A chain of layers; the update of each one's weight is written down after the whole chain, as optimizers do. */
function chainWithUpdates(length: number): Graph {
  const b = new OpBuilder('chain');
  let x = b.input('x', 'float32', [4]);
  const links: Value[] = [];
  for (let i = 0; i < length; i++) links.push((x = b.add(b.mul(x, 2), 1)));
  links.forEach((link, index) => b.output(`weight${index}`, b.sub(b.square(link), link)));
  return b.build();
}

describe('eager order', () => {
  it('keeps a graph valid, its nodes, inputs, outputs and constants', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const graph = randomGraph(seed, 20);
      const ordered = inEagerOrder(graph);
      verifyGraph(ordered, inferTypes);
      expect(ordered).toEqual({ ...graph, nodes: expect.anything() as Node[] });
      expect(new Set(ordered.nodes)).toEqual(new Set(graph.nodes));
      expect(ordered.nodes).toHaveLength(graph.nodes.length);
    }
  });

  it('lets no update wait for the end of the graph', () => {
    const graph = chainWithUpdates(30);
    expect(mostWaiting(graph)).toBeGreaterThanOrEqual(30);
    expect(mostWaiting(inEagerOrder(graph))).toBeLessThanOrEqual(2);
  });
});
