/** Which parameters are updated together, and that updating them together changes no number. */
import { describe, expect, it } from 'vitest';
import { emaName } from '../../../core/optim/minimise.ts';
import { packsOf, slotSpec } from '../../../core/optim/packs.ts';
import type { StateSpec } from '../../../core/program/program.ts';
import { flatState, optimizerOf, runSmall, smallProgram } from './small-network.ts';

const spec = (name: string, shape: readonly number[], decay = true): StateSpec => ({
  name,
  shape,
  role: 'parameter',
  init: { type: 'zeros' },
  decay,
});
const namesOf = (specs: readonly StateSpec[], kind = (each: StateSpec) => each.decay): readonly string[] =>
  packsOf(specs, kind).map((pack) => pack.map(({ name }) => name).join(' '));

describe('packs', () => {
  it('hold neighbours in their order', () => {
    expect(namesOf([spec('a', [3, 4]), spec('b', [4]), spec('c', [])])).toEqual(['a b c']);
  });

  it('are apart for what is updated differently', () => {
    const layers = ['1', '2'].flatMap((each) => [spec(`kernel${each}`, [2, 2]), spec(`bias${each}`, [2], false)]);
    expect(namesOf(layers)).toEqual(['kernel1 kernel2', 'bias1 bias2']);
    expect(namesOf(layers, () => false)).toEqual(['kernel1 bias1 kernel2 bias2']);
  });

  it('leave a large parameter alone, and close around it', () => {
    expect(namesOf([spec('a', [8]), spec('large', [128, 129]), spec('b', [8])])).toEqual(['a b', 'large']);
    expect(namesOf([spec('large', [128, 129]), spec('a', [8])])).toEqual(['large', 'a']);
  });

  it('hold 65,536 elements and no more', () => {
    const quarters = Array.from({ length: 6 }, (_, at) => spec(`${at}`, [128, 128]));
    expect(namesOf(quarters)).toEqual(['0 1 2 3', '4 5']);
    expect(namesOf([...quarters.slice(0, 4), spec('bias', [1])])).toEqual(['0 1 2 3', 'bias']);
  });

  it('keep what the optimizer needs of each parameter as a part, by the name it has alone', () => {
    const pack = [spec('net/kernel', [3, 4]), spec('net/bias', [4])];
    expect(slotSpec('adam.carriedSum', pack)).toMatchObject({
      name: 'adam.carriedSum/net/kernel..net/bias',
      shape: [16],
      parts: [
        { name: 'adam.carriedSum/net/kernel', of: 'net/kernel', shape: [3, 4] },
        { name: 'adam.carriedSum/net/bias', of: 'net/bias', shape: [4] },
      ],
    });
    expect(slotSpec('adam.carriedSum', pack.slice(1))).toMatchObject({ name: 'adam.carriedSum/net/bias', shape: [4] });
  });
});

describe('five steps together equal five steps one by one', () => {
  const shared = { learningRate: 0.01, weightDecay: 0.1, decayExclude: ['out/kernel'] };
  it.each([
    { type: 'sgd', momentum: 0.9, nesterov: true },
    { type: 'adam' },
    { type: 'adamw' },
    { type: 'rmsprop', momentum: 0.5 },
    { type: 'lion' },
  ])('$type', (own) => {
    for (const clip of [undefined, { norm: 0.05 }, { value: 0.01 }, { norm: 0.02, value: 0.01 }]) {
      const optimizer = optimizerOf({ ...shared, ...own, ...(clip && { clip }) });
      const [together, apart] = [[], ['packed-updates'] as const].map((without) => {
        const program = smallProgram(optimizer, { ema: true, without: new Set(without) });
        return { program, run: runSmall(program, optimizer, 5, 0.9) };
      });
      expect(together.program.inputs.length).toBeLessThan(apart.program.inputs.length);
      const numbers = ({ losses, norms, state }: typeof together.run): readonly number[] => [
        ...losses,
        ...norms,
        ...flatState(state),
        ...flatState(state, emaName),
      ];
      numbers(together.run).forEach((value, at) => expect(value).toBeCloseTo(numbers(apart.run)[at], 6));
    }
  });

  it('plain descent stays as it is: putting parameters together would take more than it saves', () => {
    const optimizer = optimizerOf({ type: 'sgd' });
    expect(smallProgram(optimizer).graph.nodes.some(({ op }) => op === 'Split')).toBe(false);
  });
});
