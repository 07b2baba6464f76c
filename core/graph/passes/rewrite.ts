/** One walk over a graph that lets a pass change nodes or put other values in the place of their outputs. */
import type { Tensor } from '../../tensor/tensor.ts';
import type { Graph, Node, TensorType, Value } from '../graph.ts';

/** What a pass sees while it walks: everything before the node at hand, already rewritten. */
export interface RewriteContext {
  /** The node that makes a value, or undefined for inputs and constants. */
  readonly producerOf: (value: Value) => Node | undefined;
  readonly constantOf: (value: Value) => Tensor | undefined;
  /** A new constant under a name of its own. */
  readonly addConstant: (tensor: Tensor) => Value;
  /** A new node before the one at hand, with one output of `type`. */
  readonly addNode: (node: Omit<Node, 'outputs'>, type: TensorType) => Value;
}

/** Gives the node as it shall be, or the values that take the place of its outputs (the node is dropped). */
export type Rewrite = (node: Node, context: RewriteContext) => Node | readonly Value[];

/** The rewritten graph, or the very same object when nothing changed. Takes time linear in the nodes. */
export function rewriteGraph(graph: Graph, rewrite: Rewrite): Graph {
  const replaced = new Map<Value, Value>();
  const initializers = new Map(graph.initializers);
  const nodes: Node[] = [];
  let changed = false;
  const newValue = valueMaker(graph);
  const context: RewriteContext = {
    producerOf: producersOf(nodes),
    constantOf: (value) => initializers.get(value),
    addConstant: (tensor) => {
      const value = newValue('folded', { dtype: tensor.dtype, shape: tensor.shape });
      initializers.set(value, tensor);
      return value;
    },
    addNode: (node, type) => {
      const value = newValue(node.op.toLowerCase(), type);
      nodes.push({ ...node, outputs: [value] });
      return value;
    },
  };
  const resolve = (value: Value): Value => replaced.get(value) ?? value;
  for (const original of graph.nodes) {
    const node =
      replaced.size > 0 && original.inputs.some((input) => input && replaced.has(input))
        ? { ...original, inputs: original.inputs.map((input) => input && resolve(input)) }
        : original;
    const result = rewrite(node, context);
    changed ||= result !== original;
    if (isNode(result)) nodes.push(result);
    else node.outputs.forEach((output, index) => replaced.set(output, resolve(result[index])));
  }
  if (!changed) return graph;
  return {
    ...graph,
    nodes,
    initializers,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: resolve(value) })),
  };
}

/** Finds makers among nodes that become more; many passes never ask, so nodes are looked at when somebody does. */
function producersOf(nodes: readonly Node[]): RewriteContext['producerOf'] {
  const producers = new Map<Value, Node>();
  let known = 0;
  return (value) => {
    for (; known < nodes.length; known++)
      for (const output of nodes[known].outputs) producers.set(output, nodes[known]);
    return producers.get(value);
  };
}

function isNode(result: Node | readonly Value[]): result is Node {
  return 'op' in result;
}

/** Makes values under names the graph does not have yet; names are gathered when the first is needed. */
function valueMaker(graph: Graph): (base: string, type: TensorType) => Value {
  let names: Set<string> | undefined;
  const counts = new Map<string, number>();
  return (base, type) => {
    names ??= new Set([
      ...graph.inputs.map((input) => input.name),
      ...[...graph.initializers.keys()].map((value) => value.name),
      ...graph.nodes.flatMap((node) => node.outputs.map((output) => output.name)),
    ]);
    let count = counts.get(base) ?? 0;
    while (names.has(`${base}_${count}`)) count++;
    counts.set(base, count + 1);
    return { name: `${base}_${count}`, type };
  };
}
