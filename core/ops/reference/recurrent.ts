/** Reference kernels of whole recurrent layers, step by step as ONNX writes them. */
import { numberAttribute } from '../../graph/graph.ts';
import { sigmoid } from './elementwise.ts';
import { doublesAt, fromDoubles, tensorAt, type Kernel, type KernelQuery } from './kernel.ts';

/** The operands of a layer, one row of states for each sample. */
class Layer {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: number;
  readonly #query: KernelQuery;
  readonly #features: number;
  readonly #gates: number;
  readonly #bias: Float64Array;

  constructor(query: KernelQuery, gates: number) {
    [this.steps, this.batch, this.#features] = tensorAt(query, 0).shape;
    this.hidden = tensorAt(query, 2).shape[2];
    this.#query = query;
    this.#gates = gates;
    this.#bias = query.inputs[3] ? doublesAt(query, 3) : new Float64Array(2 * gates * this.hidden);
  }

  /** A starting state, zeros when it is left out. */
  start(index: number): Float64Array {
    return this.#query.inputs[index]
      ? doublesAt(this.#query, index).slice()
      : new Float64Array(this.batch * this.hidden);
  }

  /** x_t · W[gate] + its bias, for one unit of one sample. */
  fromInput(step: number, sample: number, gate: number, unit: number): number {
    const row = gate * this.hidden + unit;
    const at = (step * this.batch + sample) * this.#features;
    return this.#bias[row] + dot(doublesAt(this.#query, 0), at, doublesAt(this.#query, 1), row, this.#features);
  }

  /** h · R[gate] + its bias. @param h one sample's state. */
  fromState(h: Float64Array, gate: number, unit: number): number {
    const row = gate * this.hidden + unit;
    return this.#bias[this.#gates * this.hidden + row] + dot(h, 0, doublesAt(this.#query, 2), row, this.hidden);
  }
}

function dot(left: Float64Array, at: number, right: Float64Array, row: number, length: number): number {
  let total = 0;
  for (let k = 0; k < length; k++) total += left[at + k] * right[row * length + k];
  return total;
}

function results(query: KernelQuery, ...values: readonly Float64Array[]) {
  return query.outputs.map(({ dtype, shape }, index) => fromDoubles(dtype, shape, values[index]));
}

/** i, o, f = σ(…), g = tanh(…); c ← f·c + i·g; h = o·tanh(c). Gates stand in the order i, o, f, g. */
export const lstm: Kernel = (query) => {
  const layer = new Layer(query, 4);
  const { steps, batch, hidden } = layer;
  const [h, c] = [layer.start(5), layer.start(6)];
  const all = new Float64Array(steps * batch * hidden);
  for (let step = 0; step < steps; step++) {
    for (let sample = 0; sample < batch; sample++) {
      const before = h.slice(sample * hidden, (sample + 1) * hidden);
      for (let unit = 0; unit < hidden; unit++) {
        const sum = (gate: number): number =>
          layer.fromInput(step, sample, gate, unit) + layer.fromState(before, gate, unit);
        const at = sample * hidden + unit;
        c[at] = sigmoid(sum(2)) * c[at] + sigmoid(sum(0)) * Math.tanh(sum(3));
        h[at] = sigmoid(sum(1)) * Math.tanh(c[at]);
      }
    }
    all.set(h, step * h.length);
  }
  return results(query, all, h, c);
};

/** z, r = σ(…); h ← (1 − z)·n + z·h with n = tanh(x·Wₙ + r·(h·Rₙ)), or tanh(x·Wₙ + (r·h)·Rₙ) without `linear_before_reset`. */
export const gru: Kernel = (query) => {
  const layer = new Layer(query, 3);
  const { steps, batch, hidden } = layer;
  const resetLast = numberAttribute(query.attributes, 'linear_before_reset', 0) !== 0;
  const h = layer.start(5);
  const all = new Float64Array(steps * batch * hidden);
  for (let step = 0; step < steps; step++) {
    for (let sample = 0; sample < batch; sample++) {
      const before = h.slice(sample * hidden, (sample + 1) * hidden);
      const gate = (number: number, unit: number): number =>
        sigmoid(layer.fromInput(step, sample, number, unit) + layer.fromState(before, number, unit));
      const reset = before.map((_, unit) => gate(1, unit));
      const kept = before.map((value, unit) => value * reset[unit]);
      for (let unit = 0; unit < hidden; unit++) {
        const recurrent = resetLast ? reset[unit] * layer.fromState(before, 2, unit) : layer.fromState(kept, 2, unit);
        const fresh = Math.tanh(layer.fromInput(step, sample, 2, unit) + recurrent);
        const z = gate(0, unit);
        h[sample * hidden + unit] = (1 - z) * fresh + z * before[unit];
      }
    }
    all.set(h, step * h.length);
  }
  return results(query, all, h);
};
