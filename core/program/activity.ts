/**
 * A program that says which rectified units of a model are ever active: of a training step only what leads to them, with
 * the highest activation of each unit over a batch as result.
 */
import type { Graph, Node, Value } from '../graph/graph.ts';
import { removeDeadCode } from '../graph/passes/dead-code.ts';
import { tensorOf, type Tensor } from '../tensor/tensor.ts';
import type { Program, ProgramOutput } from './program.ts';

/** A layer's rectifier. A network that the step applies several times has each of them once, with several results. */
export interface RectifiedLayer {
  /** `classifier/dense_1`. A layer with several rectifiers comes as often as it has some. */
  readonly name: string;
  /** Features, or channels of an image. */
  readonly units: number;
  /** The program's results [units] that are above zero for a unit active anywhere in the batch. */
  readonly results: readonly string[];
}

export interface ActivityProbe {
  /** Takes what the training step takes, or less; its graph holds the state of before the step. */
  readonly program: Program;
  readonly layers: readonly RectifiedLayer[];
}

/** The probe of a training step; undefined when no layer of it has a rectifier (relu). */
export function activityProbe(train: Program): ActivityProbe | undefined {
  const found = rectifiers(train.graph);
  if (found.length === 0) return undefined;
  const layers = new Map<string, { name: string; units: number; results: string[] }>();
  const highest = found.map(({ node, key, units }, index) => {
    const name = `highest.${index}`;
    const layer = layers.get(key) ?? { name: node.origin, units, results: [] };
    layers.set(key, layer);
    layer.results.push(name);
    return highestOf(node, units, name);
  });
  const graph: Graph = {
    ...train.graph,
    name: 'activity',
    nodes: [...train.graph.nodes, ...highest.map(({ node }) => node)],
    initializers: new Map([...train.graph.initializers, ...highest.map(({ axes }) => axes)]),
    outputs: highest.map(({ value }) => ({ name: value.name, value })),
  };
  const outputs = highest.map(({ value }): ProgramOutput => ({ name: value.name, target: { kind: 'result' } }));
  return {
    program: withUsedInputs({ ...train, name: 'activity', graph: removeDeadCode(graph), outputs }),
    layers: [...layers.values()],
  };
}

interface Rectifier {
  readonly node: Node;
  readonly units: number;
  /** The same for every application of one rectifier. */
  readonly key: string;
}

/** Rectifiers of layers that see the state of before the step: an update in between would have to be computed too. */
function rectifiers({ nodes, inputs }: Graph): readonly Rectifier[] {
  const updated = new Set<Value>();
  const makers = new Map<Value, Node>();
  const found: Rectifier[] = [];
  for (const node of nodes) {
    const isUpdated = node.origin.startsWith('optimizer/') || node.inputs.some((input) => input && updated.has(input));
    for (const output of node.outputs) {
      makers.set(output, node);
      if (isUpdated) updated.add(output);
    }
    const [value] = node.outputs;
    if (node.op !== 'Relu' || isUpdated || !node.origin.includes('/') || value.type.shape.length < 2) continue;
    const units = value.type.shape[unitAxis(value)];
    const key = `${node.origin} ${nearestInput(node, makers, new Set(inputs))}`;
    if (typeof units === 'number') found.push({ node, units, key });
  }
  return found;
}

/** Where the units of a value stand: the channels of an image, the last axis of anything else. */
function unitAxis({ type }: Value): number {
  return type.shape.length === 4 ? 1 : type.shape.length - 1;
}

/** The graph input fewest nodes away: the bias or kernel of what is rectified, and so the same in each application. */
function nearestInput(from: Node, makers: ReadonlyMap<Value, Node>, inputs: ReadonlySet<Value>): string {
  const queue: Node[] = [from];
  const seen = new Set(queue);
  for (const node of queue) {
    // Last operands first: a bias is added to what a kernel made, and batches come in front of both.
    for (const input of node.inputs.toReversed()) {
      if (!input) continue;
      if (inputs.has(input)) return input.name;
      const maker = makers.get(input);
      if (!maker || seen.has(maker)) continue;
      seen.add(maker);
      queue.push(maker);
    }
  }
  return '';
}

/** A node that gives the highest value of each unit, the constant that names the other axes, and its result. */
function highestOf({ outputs: [rectified], origin }: Node, units: number, name: string) {
  const others = rectified.type.shape.map((_, axis) => axis).filter((axis) => axis !== unitAxis(rectified));
  const axes: Value = { name: `${name}.axes`, type: { dtype: 'int64', shape: [others.length] } };
  const value: Value = { name, type: { dtype: rectified.type.dtype, shape: [units] } };
  const node: Node = {
    op: 'ReduceMax',
    inputs: [rectified, axes],
    outputs: [value],
    attributes: { keepdims: 0 },
    origin,
  };
  return { node, value, axes: [axes, tensorOf('int64', [others.length], others)] as [Value, Tensor] };
}

function withUsedInputs(program: Program): Program {
  const used = new Set(program.graph.nodes.flatMap((node) => node.inputs));
  const inputs = program.graph.inputs.filter((input) => used.has(input));
  const names = new Set(inputs.map(({ name }) => name));
  return {
    ...program,
    graph: { ...program.graph, inputs },
    inputs: program.inputs.filter(({ name }) => names.has(name)),
  };
}
