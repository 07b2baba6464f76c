/** A compiled training step as a list to look through: each node with its phase, its layer and its cost. */
import type { Graph, Node, TensorType, Value } from '../../../core/graph/graph.ts';
import { costOf, graphFlops } from '../../../core/ops/flops.ts';
import type { StateRegistry } from '../../../core/program/program-builder.ts';
import type { Program, StateRole } from '../../../core/program/program.ts';
import { nodeKey, type DocumentOutline, type NodeKey } from '../../../core/spec/model-edits/outline.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';

export type Phase = 'forward' | 'backward' | 'optimizer';
export const phases: readonly Phase[] = ['forward', 'backward', 'optimizer'];

export interface CompiledValue {
  readonly name: string;
  readonly dtype: string;
  /** `64×32×14×14`; '' for a single number. */
  readonly shape: string;
}

export interface CompiledNode {
  /** Its place in the order of execution. */
  readonly index: number;
  readonly op: string;
  readonly phase: Phase;
  /** `encoder/mean`; '' where no part of the document stands behind it. */
  readonly origin: string;
  readonly inputs: readonly (CompiledValue | null)[];
  readonly outputs: readonly CompiledValue[];
  /** Attributes in words. */
  readonly attributes: string;
  /** One training step. */
  readonly multiplyAdds: number;
}

export interface CompiledTotals {
  /** Most frequent first. */
  readonly byOp: readonly (readonly [op: string, count: number])[];
  readonly byPhase: Readonly<Record<Phase, number>>;
  /** Trained numbers. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Bytes of all that is kept between steps, by what it is for. */
  readonly stateBytes: Readonly<Record<StateRole, number>>;
}

export interface CompiledGraph {
  readonly nodes: readonly CompiledNode[];
  readonly totals: CompiledTotals;
}

/** The list for a training program. */
export function compiledGraph(program: Program, registry: StateRegistry): CompiledGraph {
  const { graph } = program;
  const phaseOf = phasesOf(program, registry);
  const nodes = graph.nodes.map((node, index) => compiledNode(node, index, phaseOf.get(node)!));
  return { nodes, totals: totalsOf(nodes, graph, registry) };
}

function compiledNode(node: Node, index: number, phase: Phase): CompiledNode {
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name} ${attributeWords(value)}`);
  return {
    index,
    op: node.op,
    phase,
    origin: node.origin,
    inputs: node.inputs.map((input) => input && valueWords(input)),
    outputs: node.outputs.map(valueWords),
    attributes: attributes.join(', '),
    multiplyAdds: costOf(node).multiplyAdds,
  };
}

const valueWords = ({ name, type }: Value): CompiledValue => ({ name, dtype: type.dtype, shape: shapeWords(type) });
const shapeWords = ({ shape }: TensorType): string => shape.join('×');

function attributeWords(value: Node['attributes'][string]): string {
  if (typeof value !== 'object') return String(value);
  return 'dtype' in value ? `${value.dtype}[${value.shape.join('×')}]` : `[${value.join(', ')}]`;
}

/**
 * What each node is for. Forward: a loss, or what a layer remembers (moving averages), is computed from it, not through an
 * update of the weights. Optimizer: it belongs to an update, or follows one (averages of weights). Backward: the rest.
 */
export function phasesOf({ graph, outputs }: Program, registry: StateRegistry): ReadonlyMap<Node, Phase> {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const isUpdate = (node: Node): boolean => node.origin.startsWith('optimizer/');
  const wanted = outputs.flatMap(({ target }, at) => {
    const isLoss = target.kind === 'metric' && !target.metric.startsWith('gradientNorm');
    const isBuffer = target.kind === 'state' && registry.get(target.state)?.role === 'buffer';
    return isLoss || isBuffer ? [graph.outputs[at].value] : [];
  });
  const forward = new Set<Node>();
  for (let value = wanted.pop(); value; value = wanted.pop()) {
    const maker = makers.get(value);
    if (!maker || isUpdate(maker) || forward.has(maker)) continue;
    forward.add(maker);
    wanted.push(...maker.inputs.filter((input) => input !== null));
  }
  const found = new Map<Node, Phase>();
  for (const node of graph.nodes) {
    const follows =
      node.origin === '' && node.inputs.some((input) => input && found.get(makers.get(input)!) === 'optimizer');
    found.set(node, isUpdate(node) ? 'optimizer' : forward.has(node) ? 'forward' : follows ? 'optimizer' : 'backward');
  }
  return found;
}

function totalsOf(nodes: readonly CompiledNode[], graph: Graph, registry: StateRegistry): CompiledTotals {
  const byOp = new Map<string, number>();
  const byPhase = { forward: 0, backward: 0, optimizer: 0 };
  for (const { op, phase } of nodes) {
    byOp.set(op, (byOp.get(op) ?? 0) + 1);
    byPhase[phase]++;
  }
  const stateBytes = { parameter: 0, buffer: 0, optimizer: 0, ema: 0 };
  // state is float32 throughout
  for (const { role, shape } of registry.all) stateBytes[role] += sizeOf(shape) * 4;
  return {
    byOp: [...byOp].sort((a, b) => b[1] - a[1]),
    byPhase,
    parameters: stateBytes.parameter / 4,
    multiplyAdds: graphFlops(graph).multiplyAdds,
    stateBytes,
  };
}

/** The layer of the document that an origin stands for; a layer within a block in use is that use. */
export function layerOfOrigin(outline: DocumentOutline, origin: string): NodeKey | undefined {
  const [network, ...rest] = origin.split('/');
  const scope = outline.scopes.find((each) => each.kind === 'network' && each.name === network);
  if (!scope || rest.length === 0) return undefined;
  const layer = scope.layers.find(({ id }) => id === rest.join('/')) ?? scope.layers.find(({ id }) => id === rest[0]);
  return layer && nodeKey(scope.key, layer.id);
}
