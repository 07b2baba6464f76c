/** Minimising a loss within a program: what it keeps, reports and leaves alone. */
import { describe, expect, it } from 'vitest';
import { emaName, minimise } from '../../../core/optim/minimise.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import type { Program, StateSpec } from '../../../core/program/program.ts';
import { flatState, optimizerOf, parameters, runSmall, smallLoss, smallProgram } from './small-network.ts';

const names = (program: Program, kind: 'state' | 'scalar'): string[] =>
  program.inputs.flatMap(({ source }) =>
    source.kind === kind && source.kind === 'state'
      ? [source.state]
      : source.kind === kind && source.kind === 'scalar'
        ? [source.scalar]
        : [],
  );

/** Several updates of the same parameters in one program, as a critic has. */
function repeatedly(times: number, written: unknown): Program {
  const optimizer = optimizerOf(written);
  const p = new ProgramBuilder('train', new StateRegistry());
  for (let index = 0; index < times; index++) {
    const loss = smallLoss(p, 1);
    const last = index === times - 1;
    if (last) p.metric('loss', loss);
    minimise(p, loss, parameters, { group: 'net', optimizer, ema: last, report: last });
  }
  return p.build();
}

describe('minimise', () => {
  it.each(['sgd', 'adam', 'adamw', 'rmsprop', 'lion'])(
    '%s: three updates in one program equal three steps of one',
    (type) => {
      const optimizer = optimizerOf({ type, learningRate: 0.01 });
      const whole = runSmall(repeatedly(3, optimizer), optimizer, 2);
      const single = runSmall(smallProgram(optimizer), optimizer, 6);
      flatState(whole.state).forEach((value, i) => expect(value).toBeCloseTo(flatState(single.state)[i], 6));
      expect(whole.losses).toHaveLength(2);
      expect(whole.losses[1]).toBeCloseTo(single.losses[5], 6);
    },
  );

  it('keeps what the optimizer needs and nothing else', () => {
    const [kernel] = parameters;
    const kept = (written: unknown) => {
      const p = new ProgramBuilder('train', new StateRegistry());
      const options = { group: 'net', optimizer: optimizerOf(written), ema: false, report: false };
      minimise(p, smallLoss(p, 1), parameters, options);
      const held = p.registry.all.flatMap((spec): readonly Pick<StateSpec, 'name' | 'shape'>[] => spec.parts ?? [spec]);
      const own = held.filter(({ name }) => name.endsWith(kernel.name));
      expect(own.every(({ shape }) => shape.join() === kernel.shape.join())).toBe(true);
      return own.map(({ name }) => name);
    };
    expect(kept({ type: 'sgd' })).toEqual([kernel.name]);
    expect(kept({ type: 'sgd', momentum: 0.9 })).toHaveLength(2);
    expect(kept({ type: 'adam' })).toHaveLength(3);
    expect(kept({ type: 'lion' })).toHaveLength(2);
    expect(kept({ type: 'rmsprop', momentum: 0.5 })).toHaveLength(3);
  });

  it('reads its learning rate, and the decay of the average only when there is one', () => {
    const optimizer = optimizerOf({ type: 'adam' });
    expect(names(smallProgram(optimizer), 'scalar')).toEqual(['learningRate.net']);
    expect(names(smallProgram(optimizer, { ema: true }), 'scalar')).toEqual(['learningRate.net', 'emaDecay']);
  });

  it('draws the gradient norm only when asked', () => {
    const optimizer = optimizerOf({ type: 'sgd' });
    const metrics = (report: boolean) =>
      smallProgram(optimizer, { report }).outputs.filter(({ target }) => target.kind === 'metric');
    expect(metrics(true).map(({ name }) => name)).toEqual(['metric.loss', 'metric.gradientNorm.net']);
    expect(metrics(false).map(({ name }) => name)).toEqual(['metric.loss']);
  });

  it.each([
    [0, 'follows the weights at decay 0'],
    [1, 'stays at the start at decay 1'],
  ])('the average %#: %s', (decay) => {
    const optimizer = optimizerOf({ type: 'sgd', learningRate: 0.1 });
    const program = smallProgram(optimizer, { ema: true });
    const start = flatState(runSmall(program, optimizer, 0).state);
    const { state } = runSmall(program, optimizer, 3, decay);
    const expected = decay === 0 ? flatState(state) : start;
    flatState(state, emaName).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    expect(flatState(state)).not.toEqual(start);
  });

  it('leaves a parameter alone that the loss does not depend on, with clipping too', () => {
    const unused: StateSpec = { ...parameters[0], name: 'net/unused/kernel' };
    const optimizer = optimizerOf({ type: 'adam', learningRate: 0.1, clip: { norm: 1e-3, value: 1e-3 } });
    const p = new ProgramBuilder('train', new StateRegistry());
    const zero = p.b.mul(smallLoss(p, 1), 0);
    p.metric('loss', zero);
    minimise(p, zero, [...parameters, unused], { group: 'net', optimizer, ema: false, report: true });
    const program = p.build();
    const before = runSmall(program, optimizer, 0).state;
    const after = runSmall(program, optimizer, 2);
    expect(after.norms).toEqual([0, 0]);
    for (const { name } of [...parameters, unused]) expect(after.state.get(name)).toEqual(before.get(name));
  });
});
