import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { opTypes } from '../../../core/graph/instruction-set.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { erf } from '../../../core/ops/reference/erf.ts';
import { evaluateGraph, evaluateNode } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { caseGraph, operatorCases } from './operator-cases.ts';

async function runWithRuntime(
  model: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const inputs = [...feeds].map(
    ([name, { dtype, shape, data }]) => [name, new ort.Tensor(dtype, data as Float32Array, shape)] as const,
  );
  return session.run(Object.fromEntries(inputs));
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, at) => {
    if (Number.isNaN(expected[at]) && Number.isNaN(value)) return;
    if (value === expected[at]) return;
    expect(Math.abs(value - expected[at]), `element ${at}: ${value}, expected ${expected[at]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[at])),
    );
  });
}

describe('the reference kernels agree with ONNX Runtime', () => {
  it('every operator has at least two cases', () => {
    expect(opTypes.filter((op) => operatorCases[op].length < 2)).toEqual([]);
  });

  for (const op of opTypes) {
    operatorCases[op].forEach((operatorCase, index) => {
      const shapes = operatorCase.inputs.map((input) => (input ? `[${input.shape.join()}]` : '–')).join(' ');
      const attributes = Object.keys(operatorCase.attributes ?? {}).join(' ');
      it(`${op} ${index}: ${shapes} ${attributes}`, async () => {
        const { graph, feeds } = caseGraph(op, operatorCase);
        const expected = await runWithRuntime(encodeModel(graph), feeds);
        const actual = evaluateGraph(graph, feeds);
        for (const { name, value } of graph.outputs) {
          const runtime = expected[name];
          const tensor = actual.get(name);
          expect(tensor).toBeDefined();
          if (!tensor) continue;
          expect({ dtype: value.type.dtype, shape: value.type.shape }).toEqual({
            dtype: runtime.type,
            shape: [...runtime.dims],
          });
          expect({ dtype: tensor.dtype, shape: tensor.shape }).toEqual({
            dtype: runtime.type,
            shape: [...runtime.dims],
          });
          expectClose(numbersOf(tensor), Array.from(runtime.data as ArrayLike<number | bigint>, Number), 1e-5);
        }
      });
    });
  }
});

describe('double precision', () => {
  // Abramowitz and Stegun table 7.1, and Wolfram|Alpha for the larger arguments.
  it.each([
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [-1.5, -0.9661051464753108],
    [1e-10, 1.1283791670955126e-10],
  ])('erf(%d) is %d', (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThanOrEqual(2e-15 * Math.abs(expected));
  });

  it('float64 tensors are not rounded to float32', () => {
    const [y] = evaluateNode('Exp', [tensorOf('float64', [1], [1])]);
    expect(numbersOf(y)).toEqual([Math.E]);
  });
});

describe('evaluateGraph', () => {
  it('names a missing input', () => {
    const b = new OpBuilder('model');
    b.output('y', b.exp(b.input('image', 'float32', [2])));
    expect(() => evaluateGraph(b.build(), new Map())).toThrow("input 'image' of graph 'model' is not given");
  });
});
