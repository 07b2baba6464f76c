/** ONNX Runtime runs each layer's update before the gradients of the layers before it. */
import { expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Graph } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import type { OptimisationName } from '../../../core/ops/optimisations.ts';
import { optimise } from '../../../core/ops/optimise.ts';
import { zeros } from '../../../core/tensor/tensor.ts';
import { createSession } from '../../../main/host/compute/create-session.ts';

const layers = 6;
const size = 8;

/** Layers of one weight each and their updates; `both` is the same value under two names. */
function chain(): Graph {
  const b = new OpBuilder('chain');
  const weights = Array.from({ length: layers }, (_, at) => b.input(`w${at}`, 'float32', [size, size]));
  const x = b.input('x', 'float32', [size, size]);
  const y = weights.reduce((value, weight) => b.tanh(b.matMul(value, weight)), x);
  const loss = b.reduceSum(b.square(y));
  differentiate(b, gradients, loss, weights).forEach((gradient, at) =>
    b.output(`next${at}`, b.sub(weights[at], b.mul(gradient, 0.1))),
  );
  b.output('loss', loss);
  b.output('loss again', loss);
  return optimise(b.build());
}

/** The updates, in the order they ran in. */
async function ran(without: readonly OptimisationName[]): Promise<readonly string[]> {
  const session = await createSession(chain(), {
    program: 'chain',
    threads: 1,
    device: 'cpu',
    placement: true,
    without: new Set(without),
  });
  const feeds = ['x', ...Array.from({ length: layers }, (_, at) => `w${at}`)];
  await session.run(Object.fromEntries(feeds.map((name) => [name, zeros('float32', [size, size])])));
  const placed = (await session.endPlacement?.()) ?? [];
  await session.release();
  return placed.map(({ name }) => name).filter((name) => /^next\d$/.test(name));
}

it('the last layer is updated first, as soon as its gradient is there', async () => {
  expect(await ran([])).toEqual(['next5', 'next4', 'next3', 'next2', 'next1', 'next0']);
});

it('without this order the first layer comes first, and with it every gradient', async () => {
  expect((await ran(['updates-first']))[0]).toBe('next0');
});
