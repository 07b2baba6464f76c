/** The queue by itself: order, slots, cores, devices, and a run that comes again before its first worker is gone. */
import { expect, it } from 'vitest';
import { RunQueue, type Demand, type Limits } from '../../main/services/run-queue.ts';

const one: Demand = { threads: 1, device: 'cpu' };
const roomy: Limits = { slots: 8, cores: 8, gpuRuns: 1, passing: false };

function queueOf(limits: () => Partial<Limits>, demands: Readonly<Record<string, Partial<Demand>>> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (run: string): Promise<void> => {
    begun.push(run);
    return new Promise((resolve) => ends.set(run, resolve));
  };
  const end = async (run: string): Promise<void> => {
    ends.get(run)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const queue = new RunQueue({
    limits: () => ({ ...roomy, ...limits() }),
    demand: (run) => ({ ...one, ...demands[run] }),
    begin,
  });
  return { queue, begun, end };
}

it('never runs more than there are slots, and keeps the order for any order of ends', async () => {
  const { queue, begun, end } = queueOf(() => ({ slots: 2 }));
  for (const run of ['a', 'b', 'c', 'd', 'e']) queue.add(run);
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  queue.remove('d');
  await end('a');
  expect(begun).toEqual(['a', 'b', 'c', 'e']);
  expect(queue.waiting).toEqual([]);
});

it('takes a run again only after its first worker is gone', async () => {
  const { queue, begun, end } = queueOf(() => ({ slots: 3 }));
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect(begun).toEqual(['a', 'b']);
  await end('a');
  expect(begun).toEqual(['a', 'b', 'a']);
});

it('uses slots that are added, and starts nothing once closed', async () => {
  let slots = 1;
  const { queue, begun, end } = queueOf(() => ({ slots }));
  for (const run of ['a', 'b', 'c']) queue.add(run);
  slots = 2;
  queue.look();
  expect(begun).toEqual(['a', 'b']);
  queue.close();
  await end('a');
  expect(begun).toEqual(['a', 'b']);
});

it('starts what the free cores hold, in order, and says what the others wait for', async () => {
  const { queue, begun, end } = queueOf(() => ({ cores: 4 }), {
    a: { threads: 3 },
    b: { threads: 2 },
    c: { threads: 1 },
  });
  for (const run of ['a', 'b', 'c']) queue.add(run);
  expect(begun).toEqual(['a']);
  expect(queue.waiting).toEqual([
    { run: 'b', reason: '2 cores: 1 of 4 is free' },
    { run: 'c', reason: 'its turn, behind an earlier run' },
  ]);
  await end('a');
  expect(begun).toEqual(['a', 'b', 'c']);
  expect(queue.waiting).toEqual([]);
});

it('gives a run that wants more cores than there are the machine for itself', async () => {
  const { queue, begun, end } = queueOf(() => ({ cores: 2 }), { wide: { threads: 16 } });
  for (const run of ['a', 'wide', 'b']) queue.add(run);
  expect(begun).toEqual(['a']);
  await end('a');
  expect(begun).toEqual(['a', 'wide']);
  await end('wide');
  expect(begun).toEqual(['a', 'wide', 'b']);
});

it('runs one at a time on the graphics processor, and others beside it', async () => {
  const gpu = { device: 'webgpu', threads: 8 };
  const { queue, begun, end } = queueOf(() => ({ cores: 4, passing: true }), { g: gpu, h: gpu, c: { threads: 3 } });
  for (const run of ['g', 'h', 'c']) queue.add(run);
  expect(begun).toEqual(['g', 'c']);
  expect(queue.waiting).toEqual([{ run: 'h', reason: 'the graphics processor: 1 run on it at once' }]);
  await end('g');
  expect(begun).toEqual(['g', 'c', 'h']);
});

it('lets small runs pass a big one three times, where that is allowed, and then none', async () => {
  const { queue, begun, end } = queueOf(() => ({ cores: 2, passing: true }), { big: { threads: 2 } });
  for (const run of ['a', 'big', 'b', 'c', 'd', 'e', 'f']) queue.add(run);
  expect(begun).toEqual(['a', 'b']);
  await end('a');
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  await end('c');
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  expect(queue.waiting[0]).toEqual({ run: 'big', reason: '2 cores: 1 of 2 is free' });
  await end('d');
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'big']);
  await end('big');
  expect(begun.slice(5)).toEqual(['e', 'f']);
});
