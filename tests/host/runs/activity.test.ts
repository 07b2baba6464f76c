/** Units that can never be active are found by number, alarmed about and kept with the run. */
import { expect, it } from 'vitest';
import { rangesOf } from '../../../core/metrics/number-ranges.ts';
import { classifier } from './documents.ts';
import { freshHost, trained } from './fixtures.ts';

const host = freshHost();
/** Biases so low that no point of the plane lifts the unit above zero; units of random kernels and no bias are lifted by some point. */
const layers = (bias: number) => [
  { id: 'shut', type: 'dense', units: 6, activation: 'relu', biasInitializer: { type: 'constant', scale: bias } },
];

it('a layer of shut units is named with all of its units, before anything trained', async () => {
  const { id } = await trained(host, classifier({ steps: 2 }, layers(-100)));
  const moments = host.store.insightMoments(id).filter(({ kind }) => kind === 'activity');
  expect(moments).toEqual([{ kind: 'activity', split: 'train', step: 2 }]);
  expect(host.store.insight(id, moments[0])).toEqual({
    kind: 'activity',
    n: 512,
    layers: [{ name: 'classifier/shut', units: 6, silent: [0, 1, 2, 3, 4, 5] }],
  });
  const alarm = host.events(id).find(({ code }) => code === 'alarm-dead-units');
  expect(alarm?.message).toContain('6 of 6 units of layer classifier/shut (100 %)');
  expect(alarm?.data).toMatchObject({ layer: 'classifier/shut', units: 6, silent: [0, 1, 2, 3, 4, 5], share: 1 });
});

it('units that some example lifts above zero are not', async () => {
  const { id } = await trained(host, classifier({ steps: 2 }, layers(0)));
  const [moment] = host.store.insightMoments(id).filter(({ kind }) => kind === 'activity');
  expect(host.store.insight(id, moment)).toMatchObject({ layers: [{ units: 6, silent: [] }] });
  expect(host.events(id).map(({ code }) => code)).not.toContain('alarm-dead-units');
});

it('looking at units changes no bit of a run: a replay, which looks at other moments, ends in the same state', async () => {
  const { id } = await trained(host, classifier({ steps: 30, evaluateEvery: 10 }, layers(0)));
  expect((await host.replay(id)).identical).toBe(true);
});

it('numbers of units read as people write them', () => {
  expect(rangesOf([])).toBe('');
  expect(rangesOf([0, 3, 4, 5, 9, 11, 12])).toBe('0, 3–5, 9, 11, 12');
  expect(rangesOf([0, 3, 4, 5, 9, 11, 12], 2)).toBe('0, 3–5 and 3 more');
});
