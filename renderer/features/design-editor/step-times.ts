/** Shares the predicted time of a training step out among the parts of the document. */
import type { Node, Value } from '../../../core/graph/graph.ts';
import { boundarySeconds, nodeSeconds, type Rates } from '../../../core/ops/predicted-time.ts';
import type { StateRegistry } from '../../../core/program/program-builder.ts';
import type { Program, StateRole } from '../../../core/program/program.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import { phasesOf, type Phase } from './compiled-graph.ts';

export type PhaseSeconds = Readonly<Record<Phase, number>>;

export interface StepTimes {
  /** Seconds of the whole step. */
  readonly total: number;
  /** The share of each part of the document, by origin; an update belongs to the layer whose weights it moves. */
  readonly byOrigin: ReadonlyMap<string, PhaseSeconds>;
}

/** The predicted time of one run of a training program on a machine of these rates. */
export function stepTimes(program: Program, registry: StateRegistry, rates: Rates): StepTimes {
  const phaseOf = phasesOf(program, registry);
  const owners = ownersOfUpdates(program, registry);
  const byOrigin = new Map<string, Record<Phase, number>>();
  let total = boundarySeconds(program.graph, rates);
  const add = (origin: string, phase: Phase, seconds: number): void => {
    const sums = byOrigin.get(origin) ?? { forward: 0, backward: 0, optimizer: 0 };
    sums[phase] += seconds;
    byOrigin.set(origin, sums);
  };
  for (const node of program.graph.nodes) {
    const seconds = nodeSeconds(node, rates);
    const phase = phaseOf.get(node)!;
    total += seconds;
    const shares = owners.get(node) ?? [[node.origin, 1] as const];
    for (const [origin, share] of shares) add(origin, phase, seconds * share);
  }
  return { total, byOrigin };
}

/** Parts of the document and what belongs to each, of 1 together. */
type Shares = readonly (readonly [origin: string, share: number])[];

/**
 * The parameters that each node of an update works for, where it works for one alone or for those that are updated
 * together, each for its share of their numbers: found from what the step leaves behind (weights, what the optimizer
 * remembers of them, their averages) backwards.
 */
function ownersOfUpdates({ graph, outputs }: Program, registry: StateRegistry): ReadonlyMap<Node, Shares> {
  const shares = sharesOfStates(registry);
  const wanted = new Map<Value, Set<Shares>>();
  const want = (value: Value, owners: Iterable<Shares>): void => {
    const known = wanted.get(value) ?? new Set();
    for (const owner of owners) known.add(owner);
    wanted.set(value, known);
  };
  outputs.forEach(({ target }, at) => {
    const owner = target.kind === 'state' ? shares(target.state) : undefined;
    if (owner) want(graph.outputs[at].value, [owner]);
  });
  const owners = new Map<Node, Shares>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.origin.startsWith('optimizer/')) continue;
    const found = new Set(node.outputs.flatMap((output) => [...(wanted.get(output) ?? [])]));
    for (const input of node.inputs) if (input) want(input, found);
    if (found.size === 1) owners.set(node, [...found][0]);
  }
  return owners;
}

/** Gives the parameters that a state tensor is kept for: one and the same list for all tensors kept for the same. */
function sharesOfStates({ all }: StateRegistry): (state: string) => Shares {
  const byParameter = new Map<string, Shares>();
  for (const { parts = [] } of all) {
    if (parts.length === 0 || byParameter.has(parts[0].of)) continue;
    const elements = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const shares = parts.map(({ of, shape }) => [of, sizeOf(shape) / elements] as const);
    for (const { of } of parts) byParameter.set(of, shares);
  }
  const firstOf = new Map(all.map(({ name, role, parts }) => [name, parts?.[0].of ?? ownName(name, role)]));
  return (state) => {
    const parameter = firstOf.get(state) ?? state;
    const shares = byParameter.get(parameter) ?? [[parameter, 1] as const];
    byParameter.set(parameter, shares);
    return shares;
  };
}

/** `encoder/mean/kernel` of `adam.carriedSum/encoder/mean/kernel` and of `ema/encoder/mean/kernel`. */
const ownName = (state: string, role: StateRole): string =>
  role === 'optimizer' || role === 'ema' ? state.slice(state.indexOf('/') + 1) : state;
