/** Shares the predicted time of a training step out among the parts of the document. */
import type { Node, Value } from '../../../core/graph/graph.ts';
import { boundarySeconds, nodeSeconds, type Rates } from '../../../core/ops/predicted-time.ts';
import type { StateRegistry } from '../../../core/program/program-builder.ts';
import type { Program } from '../../../core/program/program.ts';
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
  const owners = updatedStates(program, registry);
  const byOrigin = new Map<string, Record<Phase, number>>();
  let total = boundarySeconds(program.graph, rates);
  for (const node of program.graph.nodes) {
    const seconds = nodeSeconds(node, rates);
    total += seconds;
    const origin = owners.get(node) ?? node.origin;
    const share = byOrigin.get(origin) ?? { forward: 0, backward: 0, optimizer: 0 };
    share[phaseOf.get(node)!] += seconds;
    byOrigin.set(origin, share);
  }
  return { total, byOrigin };
}

/**
 * The parameter that each node of an update works for, where it works for one alone: found from what the step leaves
 * behind (weights, what the optimizer remembers of them, their averages) backwards.
 */
function updatedStates({ graph, outputs }: Program, registry: StateRegistry): ReadonlyMap<Node, string> {
  const wanted = new Map<Value, Set<string>>();
  const want = (value: Value, states: Iterable<string>): void => {
    const known = wanted.get(value) ?? new Set();
    for (const state of states) known.add(state);
    wanted.set(value, known);
  };
  outputs.forEach(({ target }, at) => {
    if (target.kind === 'state') want(graph.outputs[at].value, [ownName(target.state, registry)]);
  });
  const owners = new Map<Node, string>();
  for (const node of graph.nodes.toReversed()) {
    if (!node.origin.startsWith('optimizer/')) continue;
    const states = new Set(node.outputs.flatMap((output) => [...(wanted.get(output) ?? [])]));
    for (const input of node.inputs) if (input) want(input, states);
    if (states.size === 1) owners.set(node, [...states][0]);
  }
  return owners;
}

/** `encoder/mean/kernel` of `adam.carriedSum/encoder/mean/kernel` and of `ema/encoder/mean/kernel`. */
function ownName(state: string, registry: StateRegistry): string {
  const role = registry.get(state)?.role;
  return role === 'optimizer' || role === 'ema' ? state.slice(state.indexOf('/') + 1) : state;
}
