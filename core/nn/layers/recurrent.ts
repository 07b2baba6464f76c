/**
 * Recurrent layers over sequences [N, steps, features].
 *
 * Evaluation uses ONNX's whole operators. Training writes the steps out, so that the gates are at hand for the way back
 * (core/ops/gradients/recurrent.ts): one product for the inputs of all steps, one product a step for the states, and the
 * gradients in the weights as one product each over all steps (docs/decisions/0015-recurrent-layers.md).
 */
import { z } from 'zod';
import { staticShape, type Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import type { OpBuilder } from '../../ops/builder.ts';
import { gruBackwards, lstmBackwards, perStep, statesBefore } from '../../ops/gradients/recurrent.ts';
import { biasInitializer, count, initOf, kernelInitializer, recurrentInitializer } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, oneInput, requireRank, sizeAt } from './define.ts';
import { sequenceWords } from './sequence.ts';

const recurrentFields = z.strictObject({
  units: count().describe('Length of the state.'),
  returnSequences: z
    .boolean()
    .default(true)
    .describe('Whether the state after every step is given, [N, steps, units], or the last alone, [N, units].'),
  kernelInitializer,
  recurrentInitializer,
  biasInitializer,
});
type RecurrentConfig = z.output<typeof recurrentFields>;

/** Trained parameters, gates side by side in the rows as ONNX has them. */
interface Weights {
  /** [gates·units, features]. */
  readonly kernel: Value;
  /** [gates·units, units]. */
  readonly recurrentKernel: Value;
  /** [gates·units]. */
  readonly bias: Value;
  /** Of the state's product, for gates that use it apart from the input's; null where one bias does for both. */
  readonly recurrentBias: Value | null;
}

/** What tells one kind of recurrent layer from another. */
interface Kind {
  readonly op: OpType;
  readonly gates: number;
  readonly attributes: Readonly<Record<string, number>>;
  /** Names of the states carried from step to step. */
  readonly states: readonly string[];
  /** The state after every step, [steps·batch, units], written out step by step. */
  readonly unrolled: (b: OpBuilder, x: Value, weights: Weights, size: StepSize) => Value;
}

interface StepSize {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: number;
  /** A state of nothing, [batch, hidden]. */
  readonly zeros: Value;
}

function weightsOf(context: LayerContext, features: number, kind: Kind, config: RecurrentConfig): Weights {
  const { units } = config;
  const rows = kind.gates * units;
  const bias = (name: string): Value =>
    context.parameter(name, [rows], initOf(config.biasInitializer, 1, units), { decay: false });
  return {
    kernel: context.parameter('kernel', [rows, features], initOf(config.kernelInitializer, features, units)),
    recurrentKernel: context.parameter(
      'recurrentKernel',
      [rows, units],
      initOf(config.recurrentInitializer, units, units),
    ),
    bias: bias('bias'),
    recurrentBias: kind === gruKind ? bias('recurrentBias') : null,
  };
}

function applyRecurrent(context: LayerContext, x: Value, kind: Kind, config: RecurrentConfig): Value {
  const { b } = context;
  requireRank(context, x, [3], sequenceWords);
  const features = sizeAt(context, x, 2);
  const weights = weightsOf(context, features, kind, config);
  const timeFirst = b.transpose(x, [1, 0, 2]);
  const shape = context.training ? staticShape(timeFirst.type.shape) : undefined;
  const states = shape
    ? writtenOut(b, timeFirst, shape, weights, kind, config.units)
    : whole(context, timeFirst, weights, kind, config.units);
  if (config.returnSequences) return b.transpose(states, [1, 0, 2]);
  return b.squeeze(b.slice(states, [-1], [Number.MAX_SAFE_INTEGER], [0]), [0]);
}

function writtenOut(
  b: OpBuilder,
  x: Value,
  [steps, batch, features]: readonly number[],
  weights: Weights,
  kind: Kind,
  hidden: number,
): Value {
  const rows = b.reshape(x, [steps * batch, features]);
  const zeros = b.zerosOf(b.ints([batch, hidden]), x.type.dtype);
  return b.reshape(kind.unrolled(b, rows, weights, { steps, batch, hidden, zeros }), [steps, batch, hidden]);
}

/** The whole operator; where a sequence is gone through step by step it goes on from the states carried. */
function whole(context: LayerContext, x: Value, weights: Weights, kind: Kind, units: number): Value {
  const { b, stepping } = context;
  const carried = stepping ? kind.states.map((name) => stepping.carried(name, [x.type.shape[1], units])) : [];
  const second = weights.recurrentBias ?? b.zerosLike(weights.bias);
  const inputs = [
    x,
    b.unsqueeze(weights.kernel, [0]),
    b.unsqueeze(weights.recurrentKernel, [0]),
    b.unsqueeze(b.concat([weights.bias, second], 0), [0]),
    ...(stepping ? [null, ...carried.map(({ value }) => b.unsqueeze(value, [0]))] : []),
  ];
  const [all, ...last] = b.emitMany(kind.op, inputs, { hidden_size: units, ...kind.attributes }, 1 + carried.length);
  carried.forEach(({ keep }, index) => keep(b.squeeze(last[index], [0])));
  return b.squeeze(all, [1]);
}

const lstmKind: Kind = {
  op: 'LSTM',
  gates: 4,
  attributes: {},
  states: ['state', 'cell'],
  unrolled(b, x, { kernel, recurrentKernel, bias }, { steps, batch, hidden, zeros }) {
    const [result] = b.withGradient([x, kernel, recurrentKernel, bias], () => {
      const outer: Value[] = [];
      const inner: Value[] = [];
      const cells: Value[] = [];
      const states: Value[] = [];
      for (const fromInput of perStep(b, b.gemm(x, kernel, bias, { transB: true }), steps, batch)) {
        const state = states.at(-1);
        const cell = cells.at(-1);
        const sums = state ? b.gemm(state, recurrentKernel, fromInput, { transB: true }) : fromInput;
        const [three, candidateSum] = b.split(sums, [3 * hidden, hidden], 1);
        const gates = b.sigmoid(three);
        const candidate = b.tanh(candidateSum);
        const [input, output, forget] = b.split(gates, [hidden, hidden, hidden], 1);
        const fresh = b.mul(input, candidate);
        const next = cell ? b.add(b.mul(forget, cell), fresh) : fresh;
        outer.push(gates);
        inner.push(candidate);
        cells.push(next);
        states.push(b.mul(output, b.tanh(next)));
      }
      const gradient = ([dy]: readonly (Value | null)[], wanted: (index: number) => boolean): (Value | null)[] => {
        if (!dy) return [];
        const [input, output, forget] = b.split(b.concat(outer, 0), [hidden, hidden, hidden], 1);
        const before = statesBefore(b, zeros, states);
        const candidate = b.concat(inner, 0);
        const cell = { cells: b.concat(cells, 0), cellsBefore: statesBefore(b, zeros, cells) };
        const operands = { steps, batch, hidden, zeros, x, kernel, recurrentKernel, before };
        const incoming = { states: perStep(b, dy, steps, batch) };
        const back = lstmBackwards(b, { ...operands, ...cell, input, output, forget, candidate }, incoming);
        return [back.x, back.kernel, back.recurrentKernel, back.inputBias].map((make, at) =>
          wanted(at) ? make() : null,
        );
      };
      return { outputs: [b.concat(states, 0)], gradient };
    });
    return result;
  },
};

const gruKind: Kind = {
  op: 'GRU',
  gates: 3,
  attributes: { linear_before_reset: 1 },
  states: ['state'],
  unrolled(b, x, { kernel, recurrentKernel, bias, recurrentBias }, { steps, batch, hidden, zeros }) {
    const inputs = [x, kernel, recurrentKernel, bias, ...(recurrentBias ? [recurrentBias] : [])];
    const [result] = b.withGradient(inputs, () => {
      const columns = [2 * hidden, hidden];
      const [outerAll, innerAll] = b.split(b.gemm(x, kernel, bias, { transB: true }), columns, 1);
      const outerInput = perStep(b, outerAll, steps, batch);
      const innerInput = perStep(b, innerAll, steps, batch);
      const outer: Value[] = [];
      const candidates: Value[] = [];
      const recurrents: Value[] = [];
      const states: Value[] = [];
      for (let step = 0; step < steps; step++) {
        const state = states.at(-1) ?? zeros;
        const [outerState, recurrent] = b.split(
          b.gemm(state, recurrentKernel, recurrentBias, { transB: true }),
          columns,
          1,
        );
        const gates = b.sigmoid(b.add(outerInput[step], outerState));
        const [update, reset] = b.split(gates, [hidden, hidden], 1);
        const candidate = b.tanh(b.add(innerInput[step], b.mul(reset, recurrent)));
        outer.push(gates);
        recurrents.push(recurrent);
        candidates.push(candidate);
        states.push(b.add(candidate, b.mul(update, b.sub(state, candidate))));
      }
      const gradient = ([dy]: readonly (Value | null)[], wanted: (index: number) => boolean): (Value | null)[] => {
        if (!dy) return [];
        const [update, reset] = b.split(b.concat(outer, 0), [hidden, hidden], 1);
        const gates = { update, reset, candidate: b.concat(candidates, 0), recurrent: b.concat(recurrents, 0) };
        const before = statesBefore(b, zeros, states);
        const operands = { steps, batch, hidden, zeros, x, kernel, recurrentKernel, before };
        const back = gruBackwards(b, { ...operands, ...gates }, { states: perStep(b, dy, steps, batch) });
        const all = [back.x, back.kernel, back.recurrentKernel, back.inputBias, back.stateBias];
        return all.map((make, at) => (wanted(at) ? make() : null));
      };
      return { outputs: [b.concat(states, 0)], gradient };
    });
    return result;
  },
};

export const lstm = defineLayer({
  type: 'lstm',
  category: 'recurrent',
  summary:
    'Goes through a sequence step by step with a state and a cell that gates write, keep and read (Hochreiter and Schmidhuber 1997).',
  inputs: oneInput,
  causal: () => true,
  schema: recurrentFields,
  build: (context, [x], config) => applyRecurrent(context, x, lstmKind, config),
});

export const gru = defineLayer({
  type: 'gru',
  category: 'recurrent',
  summary:
    'Goes through a sequence step by step with a state that two gates renew: lighter than lstm (Cho et al. 2014).',
  inputs: oneInput,
  causal: () => true,
  schema: recurrentFields,
  build: (context, [x], config) => applyRecurrent(context, x, gruKind, config),
});
