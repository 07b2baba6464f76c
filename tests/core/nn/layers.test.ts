import { describe, expect, it } from 'vitest';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Graph } from '../../../core/graph/graph.ts';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { buildCase, feedBack, fill, layerCases, runCase, widened, type Batch, type LayerCase } from './layer-case.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';

/** Constants of a layer are float32 even when all else is double; sines of angles up to 500 make that hundreds of times more. */
const toleranceOf = ({ type }: LayerCase) => (type === 'timeEmbedding' ? 5e-5 : 2e-7);
const title = ({ type, label, training }: LayerCase) =>
  `${type}${label && ` (${label})`}, ${training ? 'training' : 'evaluation'}`;

/** What differs by more than `tolerance` times the largest expected number (at least 1). */
function differences(
  found: Tensor | undefined,
  expected: readonly number[],
  tolerance: number,
  what: string,
): readonly string[] {
  const numbers = found ? numbersOf(found) : [];
  if (numbers.length !== expected.length)
    return [`${what} has ${numbers.length} elements, expected ${expected.length}`];
  const allowed = tolerance * Math.max(1, ...expected.map(Math.abs));
  return expected.flatMap((value, i) =>
    Math.abs(numbers[i] - value) <= allowed ? [] : [`${what}[${i}] is ${numbers[i]}, expected ${value}`],
  );
}

function differencesFromTorch(
  layerCase: LayerCase,
  results: ReadonlyMap<string, Tensor>,
  tolerance: number,
): readonly string[] {
  const { output, gradients, buffersAfter } = layerCase;
  return [
    ...differences(results.get('output'), output.data, tolerance, 'output'),
    ...Object.entries(gradients).flatMap(([name, data]) =>
      differences(results.get(`gradient.${name}`), data, tolerance, `gradient of ${name}`),
    ),
    ...Object.entries(buffersAfter).flatMap(([name, data]) =>
      differences(results.get(`next.net/layer/${name}`), data, tolerance, name),
    ),
  ];
}

/** Where the slope of a scalar output along a fixed direction is not what its gradients say, input by input. */
function slopeErrors(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  results: ReadonlyMap<string, Tensor>,
  names: readonly string[],
  scalar: 'loss' | 'penalty',
): readonly string[] {
  const step = 1e-6;
  const scalarAt = (input: string, at: Tensor) =>
    numbersOf(evaluateGraph(graph, new Map(feeds).set(input, at)).get(scalar) as Tensor)[0];
  return names.flatMap((name) => {
    const input = feeds.has(name) ? name : `net/layer/${name}`;
    const at = feeds.get(input) as Tensor;
    const direction = fill(at.shape, 7);
    const moved = (sign: number) =>
      tensorOf(
        'float64',
        at.shape,
        numbersOf(at).map((value, i) => value + sign * step * direction[i]),
      );
    const slope = (scalarAt(input, moved(1)) - scalarAt(input, moved(-1))) / (2 * step);
    const gradient = numbersOf(results.get(`${scalar === 'loss' ? 'gradient' : 'second'}.${name}`) as Tensor);
    const expected = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
    const allowed = 1e-5 * Math.max(1, ...gradient.map(Math.abs));
    return Math.abs(slope - expected) <= allowed ? [] : [`${name}: ${slope} by differences, ${expected} by the rule`];
  });
}

describe('every layer gives what PyTorch gives, forwards and backwards', () => {
  it('no layer of the table goes without a case', () => {
    const covered = new Set(layerCases.map((layerCase) => layerCase.type));
    expect([...layerTable.keys()].filter((type) => !covered.has(type))).toEqual([]);
  });

  for (const layerCase of layerCases) {
    it.each<Batch>(['static', 'symbolic'])(`${title(layerCase)}, %s batch`, (batch) => {
      const built = buildCase(layerCase, batch, 'float64');
      const states = Object.fromEntries(
        built.program.inputs
          .filter((input) => input.source.kind === 'state')
          .map((input) => [input.name.replace('net/layer/', ''), input.shape]),
      );
      expect(states).toEqual({ ...layerCase.parameters, ...layerCase.buffers });
      const batchDim = batch === 'symbolic' ? 'N' : layerCase.output.shape[0];
      expect(built.output.type.shape).toEqual([batchDim, ...layerCase.output.shape.slice(1)]);
      const results = runCase(layerCase, built);
      expect(results.get('output')?.shape).toEqual(layerCase.output.shape);
      expect(differencesFromTorch(layerCase, results, toleranceOf(layerCase))).toEqual([]);
    });
  }
});

describe('gradients agree with finite differences', () => {
  // spectral normalisation holds its singular vectors constant in training, which finite differences cannot; PyTorch's numbers above hold it
  const smooth = layerCases.filter((layerCase) => layerCase.label !== 'spectral');
  it.each(smooth.map((layerCase) => [title(layerCase), layerCase] as const))('%s', (_, layerCase) => {
    const { program, feeds } = buildCase(layerCase, 'static', 'float64');
    const graph = widened(program.graph);
    const results = evaluateGraph(graph, feeds);
    expect(slopeErrors(graph, feeds, results, Object.keys(layerCase.gradients), 'loss')).toEqual([]);
  });
});

describe('gradients of gradients agree with finite differences', () => {
  // what a gradient penalty lowers: Σ (∂loss/∂input)², differentiated in the parameters and the input
  const twice = layerCases.filter(
    (layerCase) => layerCase.label !== 'spectral' && layerCase.inputs[0].dtype === 'float32',
  );
  it.each(twice.map((layerCase) => [title(layerCase), layerCase] as const))('%s', (_, layerCase) => {
    const { program, feeds } = buildCase(layerCase, 'static', 'float64', 'penalty');
    const graph = widened(program.graph);
    const results = evaluateGraph(graph, feeds);
    expect(slopeErrors(graph, feeds, results, Object.keys(layerCase.gradients), 'penalty')).toEqual([]);
  });
});

describe('every layer runs in ONNX Runtime', () => {
  it.each(layerCases.map((layerCase) => [title(layerCase), layerCase] as const))('%s', async (_, layerCase) => {
    const { program, feeds } = buildCase(layerCase, 'symbolic', 'float32');
    const session = await InferenceSession.create(encodeModel(program.graph), {
      logSeverityLevel: 3,
      intraOpNumThreads: 1,
    });
    const current = new Map(feeds);
    let results = new Map<string, Tensor>();
    for (let step = 0; step < layerCase.steps; step++) {
      const given = [...current].map(
        ([name, { dtype, shape, data }]) => [name, new OrtTensor(dtype, data as Float32Array, shape)] as const,
      );
      const outputs = await session.run(Object.fromEntries(given));
      results = new Map(
        Object.entries(outputs).map(([name, value]) => [
          name,
          { dtype: 'float32', shape: value.dims, data: value.data as Float32Array },
        ]),
      );
      feedBack(program, results, current);
    }
    await session.release();
    expect(differencesFromTorch(layerCase, results, 200 * toleranceOf(layerCase))).toEqual([]);
  });
});
