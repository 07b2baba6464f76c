/** The queue by itself: order, slots, and a run that comes again before its first worker is gone. */
import { expect, it } from 'vitest';
import { RunQueue } from '../../main/services/run-queue.ts';

function queueOf(slots: () => number) {
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
  return { queue: new RunQueue({ slots, begin }), begun, end };
}

it('never runs more than there are slots, and keeps the order for any order of ends', async () => {
  const { queue, begun, end } = queueOf(() => 2);
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
  const { queue, begun, end } = queueOf(() => 3);
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect(begun).toEqual(['a', 'b']);
  await end('a');
  expect(begun).toEqual(['a', 'b', 'a']);
});

it('uses slots that are added, and starts nothing once closed', async () => {
  let slots = 1;
  const { queue, begun, end } = queueOf(() => slots);
  for (const run of ['a', 'b', 'c']) queue.add(run);
  slots = 2;
  queue.look();
  expect(begun).toEqual(['a', 'b']);
  queue.close();
  await end('a');
  expect(begun).toEqual(['a', 'b']);
});
