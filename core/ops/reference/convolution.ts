/** Reference kernels of convolution, in any number of spatial axes. */
import { numberAttribute } from '../../graph/graph.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import { slidingWindow, transposedWindow } from '../types/window.ts';
import { doublesAt, result, tensorAt, type Kernel } from './kernel.ts';
import { planes, windowTaps } from './taps.ts';

export const conv: Kernel = (query) => {
  const [x, weight] = [doublesAt(query, 0), doublesAt(query, 1)];
  const bias = query.inputs[2] ? doublesAt(query, 2) : undefined;
  const input = planes(tensorAt(query, 0).shape);
  const [outputs, perGroup, ...kernel] = tensorAt(query, 1).shape;
  const outputsPerGroup = outputs / numberAttribute(query.attributes, 'group', 1);
  const taps = windowTaps(
    slidingWindow(query.attributes, input.spatial, kernel),
    query.outputs[0].shape.slice(2),
    input.spatial,
  );
  const kernelSize = sizeOf(kernel);
  const y = new Float64Array(sizeOf(query.outputs[0].shape));
  for (let plane = 0; plane < input.batch * outputs; plane++) {
    const [n, m] = [Math.floor(plane / outputs), plane % outputs];
    const firstChannel = n * input.channels + Math.floor(m / outputsPerGroup) * perGroup;
    taps.forEach((window, position) => {
      let total = bias ? bias[m] : 0;
      for (let c = 0; c < perGroup; c++) {
        const [from, weights] = [(firstChannel + c) * input.area, (m * perGroup + c) * kernelSize];
        for (const tap of window) total += x[from + tap.offset] * weight[weights + tap.kernel];
      }
      y[plane * taps.length + position] = total;
    });
  }
  return result(query, y);
};

/** The transpose of a convolution's linear map: every input element adds its window of weights to the output. */
export const convTranspose: Kernel = (query) => {
  const [x, weight] = [doublesAt(query, 0), doublesAt(query, 1)];
  const bias = query.inputs[2] ? doublesAt(query, 2) : undefined;
  const input = planes(tensorAt(query, 0).shape);
  const output = planes(query.outputs[0].shape);
  const [, perGroup, ...kernel] = tensorAt(query, 1).shape;
  const inputsPerGroup = input.channels / numberAttribute(query.attributes, 'group', 1);
  const taps = windowTaps(transposedWindow(query.attributes, input.spatial, kernel), input.spatial, output.spatial);
  const kernelSize = sizeOf(kernel);
  const y = Float64Array.from({ length: sizeOf(query.outputs[0].shape) }, (_, at) =>
    bias ? bias[Math.floor(at / output.area) % output.channels] : 0,
  );
  for (let plane = 0; plane < input.batch * input.channels; plane++) {
    const [n, c] = [Math.floor(plane / input.channels), plane % input.channels];
    const firstOutput = n * output.channels + Math.floor(c / inputsPerGroup) * perGroup;
    taps.forEach((window, position) => {
      const value = x[plane * input.area + position];
      for (let m = 0; m < perGroup; m++) {
        const [to, weights] = [(firstOutput + m) * output.area, (c * perGroup + m) * kernelSize];
        for (const tap of window) y[to + tap.offset] += value * weight[weights + tap.kernel];
      }
    });
  }
  return result(query, y);
};
