/** Every optimizer follows PyTorch's float64 numbers (tests/golden/optimizers.py) for 50 steps. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emaName } from '../../../core/optim/minimise.ts';
import { optimizerSchema } from '../../../core/optim/optimizers.ts';
import { flatState, optimizerOf, runSmall, smallProgram } from './small-network.ts';

interface Case {
  readonly name: string;
  readonly optimizer: unknown;
  readonly lossScale?: number;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly final: readonly number[];
  readonly averages: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('../../golden/optimizers.json', import.meta.url), 'utf8')) as {
  readonly steps: number;
  readonly emaDecay: number;
  readonly cases: readonly Case[];
};

/** Largest |found − expected| relative to the expected value, or to 1 where that is smaller. */
function worst(found: readonly number[], expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  return Math.max(...found.map((value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i]))));
}

describe('50 steps of every optimizer agree with PyTorch', () => {
  it.each(golden.cases)('$name', ({ optimizer: written, lossScale = 1, losses, norms, final, averages }) => {
    const optimizer = optimizerOf(written);
    const program = smallProgram(optimizer, { ema: true, lossScale });
    const run = runSmall(program, optimizer, golden.steps, golden.emaDecay);
    expect(worst(run.losses, losses)).toBeLessThan(1e-5);
    expect(worst(run.norms, norms)).toBeLessThan(1e-5);
    expect(worst(flatState(run.state), final)).toBeLessThan(1e-5);
    expect(worst(flatState(run.state, emaName), averages)).toBeLessThan(1e-5);
  });
});

describe('the first step has a closed form', () => {
  const firstChange = (written: unknown): number[] => {
    const optimizer = optimizerOf(written);
    const program = smallProgram(optimizer);
    const before = flatState(runSmall(program, optimizer, 0).state);
    return flatState(runSmall(program, optimizer, 1).state).map((value, i) => value - before[i]);
  };

  it('Adam moves every weight by its learning rate, whatever the gradient', () => {
    for (const change of firstChange({ type: 'adam', learningRate: 0.01 }))
      expect(Math.abs(change)).toBeCloseTo(0.01, 6);
  });

  it('RMSprop moves every weight by learningRate / √(1 − rho)', () => {
    for (const change of firstChange({ type: 'rmsprop', learningRate: 0.01, rho: 0.75 })) {
      expect(Math.abs(change)).toBeCloseTo(0.02, 6);
    }
  });

  it('Lion moves every weight by exactly its learning rate', () => {
    for (const change of firstChange({ type: 'lion', learningRate: 0.01 }))
      expect(Math.abs(change)).toBeCloseTo(0.01, 6);
  });

  it('Nesterov momentum looks (1 + momentum) times as far as plain descent', () => {
    const plain = firstChange({ type: 'sgd', learningRate: 0.01 });
    const nesterov = firstChange({ type: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true });
    nesterov.forEach((change, i) => expect(change).toBeCloseTo(1.9 * plain[i], 6));
  });
});

describe('optimizers as a document writes them', () => {
  it('have the defaults of their papers and of PyTorch', () => {
    expect(optimizerOf({ type: 'adam' })).toMatchObject({
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    });
    expect(optimizerOf({ type: 'adamw' })).toMatchObject({ weightDecay: 0.01 });
    expect(optimizerOf({ type: 'rmsprop' })).toMatchObject({ learningRate: 0.01, rho: 0.99, momentum: 0 });
    expect(optimizerOf({ type: 'lion' })).toMatchObject({ learningRate: 0.0001, beta1: 0.9, beta2: 0.99 });
    expect(optimizerOf({ type: 'sgd' })).toMatchObject({ momentum: 0, nesterov: false });
  });

  it.each([
    { type: 'adam', beta1: 1 },
    { type: 'sgd', learningRate: -0.1 },
    { type: 'sgd', beta1: 0.9 },
    { type: 'sgd', momentum: 0, nesterov: true },
    { type: 'adam', clip: { norm: 0 } },
    { type: 'lion', epsilon: 1e-8 },
    { type: 'adagrad' },
  ])('are refused when they make no sense: %j', (written) => {
    expect(optimizerSchema.safeParse(written).success).toBe(false);
  });
});
