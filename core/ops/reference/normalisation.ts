/** Reference kernels of whole normalisation operators. */
import { numberAttribute } from '../../graph/graph.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import { broadcastOffsets, doublesAt, fromFront, result, tensorAt, type Kernel } from './kernel.ts';
import { mean } from './reduce.ts';
import { planes } from './taps.ts';

const defaultEpsilon = 1e-5;

export const batchNormalization: Kernel = (query) => {
  const epsilon = numberAttribute(query.attributes, 'epsilon', defaultEpsilon);
  const [scale, bias, means, variances] = [1, 2, 3, 4].map((index) => doublesAt(query, index));
  const { channels, area } = planes(tensorAt(query, 0).shape);
  const normalised = doublesAt(query, 0).map((x, at) => {
    const c = Math.floor(at / area) % channels;
    return ((x - means[c]) / Math.sqrt(variances[c] + epsilon)) * scale[c] + bias[c];
  });
  return result(query, normalised);
};

/** (x − mean) / √(variance + ε) over each run of `size` consecutive elements. */
function standardised(x: Float64Array, size: number, epsilon: number): Float64Array {
  const results = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += size) {
    const run = Array.from(x.subarray(start, start + size));
    const centre = mean(run);
    const deviation = Math.sqrt(mean(run.map((value) => (value - centre) ** 2)) + epsilon);
    run.forEach((value, at) => (results[start + at] = (value - centre) / deviation));
  }
  return results;
}

export const instanceNormalization: Kernel = (query) => {
  const epsilon = numberAttribute(query.attributes, 'epsilon', defaultEpsilon);
  const [scale, bias] = [doublesAt(query, 1), doublesAt(query, 2)];
  const { channels, area } = planes(tensorAt(query, 0).shape);
  const channel = (at: number): number => Math.floor(at / area) % channels;
  const normalised = standardised(doublesAt(query, 0), area, epsilon);
  return result(
    query,
    normalised.map((x, at) => x * scale[channel(at)] + bias[channel(at)]),
  );
};

export const layerNormalization: Kernel = (query) => {
  const { shape } = tensorAt(query, 0);
  const inner = shape.slice(fromFront(numberAttribute(query.attributes, 'axis', -1), shape.length));
  const size = sizeOf(inner);
  const scale = doublesAt(query, 1);
  const scaleAt = broadcastOffsets(tensorAt(query, 1).shape, inner);
  const bias = query.inputs[2] ? doublesAt(query, 2) : undefined;
  const biasAt = broadcastOffsets(query.inputs[2]?.shape ?? [], inner);
  const normalised = standardised(
    doublesAt(query, 0),
    size,
    numberAttribute(query.attributes, 'epsilon', defaultEpsilon),
  );
  return result(
    query,
    normalised.map((x, at) => x * scale[scaleAt[at % size]] + (bias ? bias[biasAt[at % size]] : 0)),
  );
};
