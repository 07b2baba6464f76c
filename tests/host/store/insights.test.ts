/** Claims about what is kept of a run moment by moment: read back as it was, thinned while it trains, taken back with it. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { confusionOf, type Insight } from '../../../core/metrics/insight.ts';
import { mostMoments } from '../../../core/metrics/thinning.ts';
import { openStore } from '../../../main/host/store/store.ts';
import { sampleRun, temporaryHome } from './fixtures.ts';

const opened = () => {
  const home = temporaryHome();
  const store = openStore(home);
  return { home, store, run: store.createRun(sampleRun) };
};
const confusion = (hits: number): Insight => confusionOf(['a', 'b'], Array(hits).fill(0), Array(hits).fill(0));

describe('insights', () => {
  it('are read back as they were, and the same kind, split and step again replaces them', () => {
    const { store, run } = opened();
    store.addInsights(run, [
      { step: 10, split: 'validation', insight: confusion(1) },
      { step: 10, split: 'test', insight: confusion(2) },
      { step: 10, split: 'test', insight: confusion(3) },
    ]);
    expect(store.insightMoments(run)).toEqual([
      { kind: 'confusion', split: 'test', step: 10 },
      { kind: 'confusion', split: 'validation', step: 10 },
    ]);
    expect(store.insight(run, { kind: 'confusion', split: 'test', step: 10 })).toEqual(confusion(3));
    expect(store.insight(run, { kind: 'scores', split: 'test', step: 10 })).toBeUndefined();
    store.close();
  });

  it('of training are thinned, and the newest stays; those somebody asked for all stay', () => {
    const { store, run } = opened();
    store.transaction(() => {
      for (let step = 1; step <= 1000; step++) {
        store.addInsights(run, [{ step, split: 'validation', insight: confusion(step % 7) }]);
        if (step % 2 === 0) store.addInsights(run, [{ step, split: 'test', insight: confusion(1) }]);
      }
    });
    const steps = (split: string) =>
      store.insightMoments(run).flatMap((moment) => (moment.split === split ? [moment.step] : []));
    // Step 1000 is in bucket 250 of those of four steps; steps 1 to 3 are the first of them.
    expect(steps('validation')).toEqual([...Array.from({ length: 250 }, (_, i) => 4 * i + 3), 1000]);
    expect(steps('validation').length).toBeLessThanOrEqual(mostMoments);
    expect(steps('test')).toHaveLength(500);
    store.close();
  });
});

it('norms are kept by step with infinities and gradients that are not known', () => {
  const { store, run } = opened();
  const layers = [
    { name: 'net/a', weight: 1.5, gradient: 0 },
    { name: 'net/b', weight: Infinity, gradient: null },
    { name: 'net/c', weight: 2, gradient: NaN },
  ];
  store.addNorms(run, 3, layers);
  store.addNorms(run, 9, layers.slice(0, 1));
  expect(store.norms(run)).toEqual([
    { step: 3, layers },
    { step: 9, layers: layers.slice(0, 1) },
  ]);
  expect(store.insightMoments(run)).toEqual([]);
  store.close();
});

it('a run that is taken back forgets what was found later, and a deleted run all of it', () => {
  const { home, store, run } = opened();
  const layers = [{ name: 'net/a', weight: 1, gradient: 1 }];
  for (const step of [5, 15]) {
    store.addNorms(run, step, layers);
    store.addInsights(run, [{ step, split: 'validation', insight: confusion(1) }]);
  }
  store.rewind(run, 10);
  expect(store.norms(run).map(({ step }) => step)).toEqual([5]);
  expect(store.insightMoments(run).map(({ step }) => step)).toEqual([5]);
  store.updateRun(run, { status: 'stopped' });
  store.deleteRun(run);
  store.close();
  const db = new Database(home.database, { readonly: true });
  expect(db.prepare('SELECT count(*) FROM insights').pluck().get()).toBe(0);
  db.close();
});
