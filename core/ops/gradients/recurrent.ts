/**
 * The way back through recurrent layers, and the gradient rules of the whole operators LSTM and GRU.
 *
 * Every factor that does not depend on later steps is computed for all steps at once, so what goes back step by step is
 * one product and a few elementwise operators; the gradients in the weights are one product each over all steps.
 */
import { GraphError, numberAttribute, type Dim, type Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../builder.ts';
import { dimOf } from './indexing.ts';
import { required, staticDim, type GradientQuery, type GradientRule, type GradientTable } from './rule.ts';

/** The operands of a layer as matrices; rows are steps and samples, steps first. */
export interface RecurrentOperands {
  readonly steps: number;
  readonly batch: Dim;
  readonly hidden: number;
  /** A state of nothing, [batch, hidden]. */
  readonly zeros: Value;
  /** [steps·batch, features]. */
  readonly x: Value;
  /** [gates·hidden, features] and [gates·hidden, hidden]. */
  readonly kernel: Value;
  readonly recurrentKernel: Value;
  /** The state before each step, [steps·batch, hidden]. */
  readonly before: Value;
}

/** What an LSTM went through: gates [steps·batch, hidden] and the cells before and after each step. */
export interface LstmPast extends RecurrentOperands {
  readonly input: Value;
  readonly output: Value;
  readonly forget: Value;
  readonly candidate: Value;
  readonly cellsBefore: Value;
  readonly cells: Value;
}

/** What a GRU went through; `recurrent` is what the state gave the candidate before the reset gate, all [steps·batch, hidden]. */
export interface GruPast extends RecurrentOperands {
  readonly update: Value;
  readonly reset: Value;
  readonly candidate: Value;
  readonly recurrent: Value;
}

/** Gradients that come from outside: in each step's state [batch, hidden], and in the last cell. */
export interface Incoming {
  readonly states: readonly (Value | null)[];
  readonly lastCell?: Value | null;
}

/** Gradients in what a layer was given; each is computed when it is asked for. */
export interface RecurrentGradients {
  readonly x: () => Value;
  readonly kernel: () => Value;
  readonly recurrentKernel: () => Value;
  /** In biases [gates·hidden] of the input's and of the state's products. */
  readonly inputBias: () => Value;
  readonly stateBias: () => Value;
  readonly firstState: () => Value;
  readonly firstCell: () => Value;
}

/** The rows of each step, [batch, …]; a batch of unknown size takes one more operator a step. */
export function perStep(b: OpBuilder, rows: Value, steps: number, batch: Dim): readonly Value[] {
  if (steps === 1) return [rows];
  if (typeof batch === 'number')
    return b.split(
      rows,
      Array.from({ length: steps }, () => batch),
      0,
    );
  const width = staticDim(rows.type.shape[1], 'the width of a step');
  const each = b.split(
    b.reshape(rows, [steps, -1, width]),
    Array.from({ length: steps }, () => 1),
    0,
  );
  return each.map((step) => b.squeeze(step, [0]));
}

/** The state before each step: the first one, and all but the last of those after. */
export function statesBefore(b: OpBuilder, first: Value, states: readonly Value[]): Value {
  return b.concat([first, ...states.slice(0, -1)], 0);
}

/** y·(1 − y), the derivative of σ by its value. */
const sigmoidSlope = (b: OpBuilder, y: Value): Value => b.mul(y, b.sub(1, y));
/** 1 − y², the derivative of tanh by its value. */
const tanhSlope = (b: OpBuilder, y: Value): Value => b.sub(1, b.square(y));

const sum = (b: OpBuilder, first: Value | null | undefined, second: Value): Value =>
  first ? b.add(first, second) : second;

/** @param byInput gradient in the gates' sums as the input makes them, [steps·batch, gates·hidden]; @param byState as the state does. */
function operandGradients(b: OpBuilder, past: RecurrentOperands, byInput: Value, byState: Value) {
  return {
    x: () => b.gemm(byInput, past.kernel),
    kernel: () => b.gemm(byInput, past.x, null, { transA: true }),
    recurrentKernel: () => b.gemm(byState, past.before, null, { transA: true }),
    inputBias: () => b.reduceSum(byInput, [0]),
    stateBias: () => b.reduceSum(byState, [0]),
  };
}

/**
 * Back through c ← f·c + i·g, h = o·tanh(c) (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
 * Gates stand in ONNX's order i, o, f, g.
 */
export function lstmBackwards(b: OpBuilder, past: LstmPast, incoming: Incoming): RecurrentGradients {
  const { steps, batch, zeros, input, output, forget, candidate, recurrentKernel } = past;
  const tanhCell = b.tanh(past.cells);
  const slopesOf = [
    b.mul(candidate, sigmoidSlope(b, input)),
    b.mul(tanhCell, sigmoidSlope(b, output)),
    b.mul(past.cellsBefore, sigmoidSlope(b, forget)),
    b.mul(input, tanhSlope(b, candidate)),
  ];
  const slopes = perStep(b, b.concat(slopesOf, 1), steps, batch);
  const toCell = perStep(b, b.mul(output, tanhSlope(b, tanhCell)), steps, batch);
  const kept = perStep(b, forget, steps, batch);
  const gates: Value[] = [];
  let cell = incoming.lastCell;
  for (let step = steps - 1; step >= 0; step--) {
    const outside = incoming.states[step];
    const state = gates[0] ? b.gemm(gates[0], recurrentKernel, outside) : (outside ?? zeros);
    const inCell = sum(b, cell, b.mul(state, toCell[step]));
    gates.unshift(b.mul(b.concat([inCell, state, inCell, inCell], 1), slopes[step]));
    cell = b.mul(inCell, kept[step]);
  }
  const all = b.concat(gates, 0);
  return {
    ...operandGradients(b, past, all, all),
    firstState: () => b.gemm(gates[0], recurrentKernel),
    firstCell: () => cell as Value,
  };
}

/**
 * Back through h ← (1 − z)·n + z·h, n = tanh(x·Wₙ + r·(h·Rₙ)) (Cho et al. 2014; the reset gate after the product, as
 * cuDNN, PyTorch and Keras have it). Gates stand in ONNX's order z, r, n.
 */
export function gruBackwards(b: OpBuilder, past: GruPast, incoming: Incoming): RecurrentGradients {
  const { steps, batch, hidden, update, reset, candidate, recurrentKernel, before } = past;
  const toCandidate = b.mul(b.sub(1, update), tanhSlope(b, candidate));
  const toUpdate = b.mul(b.sub(before, candidate), sigmoidSlope(b, update));
  const toReset = b.mul(toCandidate, b.mul(past.recurrent, sigmoidSlope(b, reset)));
  const slopes = perStep(b, b.concat([toUpdate, toReset, b.mul(toCandidate, reset)], 1), steps, batch);
  const kept = perStep(b, update, steps, batch);
  const gates: Value[] = [];
  const states: Value[] = [];
  let state = incoming.states[steps - 1] ?? past.zeros;
  for (let step = steps - 1; step >= 0; step--) {
    states.unshift(state);
    gates.unshift(b.mul(b.concat([state, state, state], 1), slopes[step]));
    const outside = step > 0 ? incoming.states[step - 1] : null;
    state = b.add(b.gemm(gates[0], recurrentKernel, outside), b.mul(state, kept[step]));
  }
  const byState = b.concat(gates, 0);
  const outer = b.slice(byState, [0], [2 * hidden], [1]);
  const byInput = b.concat([outer, b.mul(b.concat(states, 0), toCandidate)], 1);
  const first = state;
  return {
    ...operandGradients(b, past, byInput, byState),
    firstState: () => first,
    firstCell: () => first,
  };
}

// --- the whole operators: their gates are not among their outputs, so they are computed again, for all steps at once ---

/** The operands of a whole operator, and what its gates' sums are made of: [steps·batch, gates·hidden]. */
interface WholeLayer extends RecurrentOperands {
  readonly fromInput: Value;
  readonly biases: readonly [input: Value, state: Value] | undefined;
}

function wholeLayer(b: OpBuilder, query: GradientQuery, gates: number): WholeLayer {
  const [x, w, r] = [0, 1, 2].map((index) => required(query, index));
  const steps = staticDim(x.type.shape[0], 'the number of steps');
  const features = staticDim(x.type.shape[2], 'the number of features');
  const hidden = staticDim(r.type.shape[2], 'the number of units');
  const width = gates * hidden;
  const rows = b.reshape(x, [-1, features]);
  const kernel = b.reshape(w, [width, features]);
  const bias = query.inputs[3];
  const parts = bias ? b.split(b.reshape(bias, [-1]), [width, width], 0) : undefined;
  const size = { steps, batch: x.type.shape[1], hidden };
  const zeros = b.zerosOf(b.concat([dimOf(b, x, 1), b.ints([hidden])], 0), x.type.dtype);
  return {
    ...size,
    zeros,
    x: rows,
    kernel,
    recurrentKernel: b.reshape(r, [width, hidden]),
    before: statesBefore(b, startOf(b, query, 5, zeros, hidden), statesOf(b, query.outputs[0], size)),
    fromInput: b.gemm(rows, kernel, parts?.[0] ?? null, { transB: true }),
    biases: parts && [parts[0], parts[1]],
  };
}

function startOf(b: OpBuilder, query: GradientQuery, index: number, zeros: Value, hidden: number): Value {
  const start = query.inputs[index];
  return start ? b.reshape(start, [-1, hidden]) : zeros;
}

/** [steps, 1, batch, hidden] step by step. */
function statesOf(
  b: OpBuilder,
  y: Value,
  { steps, batch, hidden }: Pick<RecurrentOperands, 'steps' | 'batch' | 'hidden'>,
): readonly Value[] {
  return perStep(b, b.reshape(y, [-1, hidden]), steps, batch);
}

function incomingOf(b: OpBuilder, { gradients }: GradientQuery, layer: RecurrentOperands): Incoming {
  const { steps, hidden } = layer;
  const [dy, dLast, dCell] = gradients;
  const states: (Value | null)[] = dy ? [...statesOf(b, dy, layer)] : Array.from({ length: steps }, () => null);
  if (dLast) states[steps - 1] = sum(b, states[steps - 1], b.reshape(dLast, [-1, hidden]));
  return { states, lastCell: dCell ? b.reshape(dCell, [-1, hidden]) : null };
}

/** In the operator's own order of inputs and with their shapes; null for those left out or not wanted. */
function wholeGradients(b: OpBuilder, query: GradientQuery, found: RecurrentGradients): readonly (Value | null)[] {
  const bias = (): Value => b.concat([found.inputBias(), found.stateBias()], 0);
  const inOrder = [found.x, found.kernel, found.recurrentKernel, bias, null, found.firstState, found.firstCell];
  return query.inputs.map((input, index) => {
    const gradient = inOrder[index];
    return input && gradient && query.wanted(index) ? b.reshapeLike(gradient(), input) : null;
  });
}

const lstmGradient: GradientRule = (b, query) => {
  if (query.gradients.every((gradient) => !gradient)) return [];
  const layer = wholeLayer(b, query, 4);
  const { steps, batch, hidden } = layer;
  const sums = b.gemm(layer.before, layer.recurrentKernel, layer.fromInput, { transB: true });
  const [outer, inner] = b.split(layer.biases ? b.add(sums, layer.biases[1]) : sums, [3 * hidden, hidden], 1);
  const [input, output, forget] = b.split(b.sigmoid(outer), [hidden, hidden, hidden], 1);
  const candidate = b.tanh(inner);
  const first = startOf(b, query, 6, layer.zeros, hidden);
  const kept = perStep(b, forget, steps, batch);
  const cells: Value[] = [];
  for (const [step, fresh] of perStep(b, b.mul(input, candidate), steps, batch).entries())
    cells.push(b.add(b.mul(kept[step], cells[step - 1] ?? first), fresh));
  const cellsBefore = statesBefore(b, first, cells);
  const past = { ...layer, input, output, forget, candidate, cellsBefore, cells: b.concat(cells, 0) };
  return wholeGradients(b, query, lstmBackwards(b, past, incomingOf(b, query, layer)));
};

const gruGradient: GradientRule = (b, query) => {
  if (numberAttribute(query.attributes, 'linear_before_reset', 0) === 0)
    throw new GraphError('only a GRU with linear_before_reset has a gradient rule');
  if (query.gradients.every((gradient) => !gradient)) return [];
  const layer = wholeLayer(b, query, 3);
  const { hidden } = layer;
  const columns = [2 * hidden, hidden];
  const fromState = b.gemm(layer.before, layer.recurrentKernel, layer.biases?.[1] ?? null, { transB: true });
  const [outerInput, innerInput] = b.split(layer.fromInput, columns, 1);
  const [outerState, recurrent] = b.split(fromState, columns, 1);
  const [update, reset] = b.split(b.sigmoid(b.add(outerInput, outerState)), [hidden, hidden], 1);
  const candidate = b.tanh(b.add(innerInput, b.mul(reset, recurrent)));
  const past = { ...layer, update, reset, candidate, recurrent };
  return wholeGradients(b, query, gruBackwards(b, past, incomingOf(b, query, layer)));
};

export const recurrentGradients = { LSTM: lstmGradient, GRU: gruGradient } as const satisfies Partial<GradientTable>;
