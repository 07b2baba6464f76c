import { describe, expect, it } from 'vitest';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { applyNetwork } from '../../../core/nn/network.ts';
import {
  drawParameter,
  initialiserNames,
  type InitialiserName,
  type ParameterInit,
} from '../../../core/program/parameter-init.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import { RandomStream } from '../../../core/random/random.ts';

const draw = (init: ParameterInit, shape: readonly number[]) =>
  drawParameter(init, shape, new RandomStream(7, 'init/test'));

function moments(values: Float32Array) {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2 / values.length;
  return {
    mean,
    deviation: Math.sqrt(variance),
    largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

describe('moments are those of the formulas', () => {
  const fans = { fanIn: 300, fanOut: 100 };
  /** Standard deviation, and the bound no value may pass. A normal cut at ±2 has variance 1 − 4φ(2) / (2Φ(2) − 1) = 0.7737. */
  const expected: Partial<Record<InitialiserName, readonly [deviation: number, bound: number]>> = {
    glorotUniform: [Math.sqrt(2 / 400), Math.sqrt(6 / 400)],
    glorotNormal: [Math.sqrt(2 / 400), Infinity],
    heUniform: [Math.sqrt(2 / 300), Math.sqrt(6 / 300)],
    heNormal: [Math.sqrt(2 / 300), Infinity],
    lecunUniform: [Math.sqrt(1 / 300), Math.sqrt(3 / 300)],
    lecunNormal: [Math.sqrt(1 / 300), Infinity],
    normal: [0.02, Infinity],
    truncatedNormal: [0.02 * Math.sqrt(0.7737), 0.04],
    uniform: [0.05 / Math.sqrt(3), 0.05],
    zeros: [0, 0],
  };
  const count = 30_000;
  it.each(Object.entries(expected))('%s', (type, [deviation, bound]) => {
    const found = moments(draw({ type: type as InitialiserName, ...fans }, [300, 100]));
    // four standard errors
    expect(Math.abs(found.mean)).toBeLessThanOrEqual((4 * deviation) / Math.sqrt(count));
    expect(Math.abs(found.deviation - deviation)).toBeLessThanOrEqual((4 * deviation) / Math.sqrt(2 * count));
    expect(found.largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
  });

  it('constants', () => {
    expect(new Set(draw({ type: 'ones' }, [3]))).toEqual(new Set([1]));
    expect(new Set(draw({ type: 'constant', scale: -2.5 }, [3]))).toEqual(new Set([-2.5]));
  });

  it('every initialiser can be drawn', () => {
    for (const type of initialiserNames) expect(draw({ type, ...fans }, [4, 5])).toHaveLength(20);
  });
});

describe('orthogonal', () => {
  it.each([
    [[6, 10], 1],
    [[10, 6], 1],
    [[8, 8], 2],
    [[4, 3, 3, 3], 0.5],
  ] as const)('%j with gain %d: the shorter side is orthonormal times the gain', (shape, gain) => {
    const values = draw({ type: 'orthogonal', scale: gain }, shape);
    const rows = shape[0];
    const columns = values.length / rows;
    const [short, long] = rows <= columns ? [rows, columns] : [columns, rows];
    const at = (i: number, j: number) => (rows <= columns ? values[i * columns + j] : values[j * columns + i]);
    for (let a = 0; a < short; a++) {
      for (let b = 0; b < short; b++) {
        let dot = 0;
        for (let j = 0; j < long; j++) dot += at(a, j) * at(b, j);
        expect(dot).toBeCloseTo(a === b ? gain ** 2 : 0, 5);
      }
    }
  });

  it('takes vectors longer than an argument list', () => {
    expect(draw({ type: 'orthogonal' }, [1, 300_000]).reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 4);
  });
});

describe('fans count the inputs and outputs that meet in one unit', () => {
  const cases: readonly [
    type: string,
    fields: Record<string, unknown>,
    shape: readonly number[],
    fanIn: number,
    fanOut: number,
  ][] = [
    ['dense', { units: 5 }, [7], 7, 5],
    ['conv2d', { filters: 8, kernelSize: [3, 5] }, [4, 9, 9], 4 * 15, 8 * 15],
    ['conv2d', { filters: 8, kernelSize: 3, groups: 2 }, [4, 9, 9], 2 * 9, 4 * 9],
    ['depthwiseConv2d', { kernelSize: 3, depthMultiplier: 2 }, [4, 9, 9], 9, 2 * 9],
    ['conv1d', { filters: 6, kernelSize: 4 }, [3, 9], 12, 24],
    ['conv2dTranspose', { filters: 6, kernelSize: 4, strides: 2 }, [3, 5, 5], (3 * 16) / 4, 6 * 16],
    ['conv1dTranspose', { filters: 6, kernelSize: 4, strides: 2, groups: 3 }, [3, 5], 2, 2 * 4],
  ];
  it.each(cases)('%s %j on %j', (type, fields, shape, fanIn, fanOut) => {
    const p = new ProgramBuilder('fans', new StateRegistry());
    const definition = layerTable.get(type);
    if (!definition) throw new Error(type);
    const layer = {
      id: 'layer',
      definition,
      config: definition.schema.parse(fields),
      inputs: ['x'],
      bypass: false,
      path: [],
    };
    const network = {
      name: 'net',
      inputs: new Map([['x', 'data' as const]]),
      layers: [layer],
      outputs: ['layer'],
      path: [],
    };
    applyNetwork(p, network, new Map([['x', p.argument('x', 'float32', ['N', ...shape])]]), { training: true });
    expect(p.registry.get('net/layer/kernel')?.init).toMatchObject({ fanIn, fanOut });
  });
});
