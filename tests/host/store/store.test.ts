/** Claims about the store's records: what is written is read back, points are kept whole, and mistakes are named. */

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../main/host/store/errors.ts';
import { flattenParams } from '../../../main/host/store/params.ts';
import { newRunId } from '../../../main/host/store/run-id.ts';
import { openStore } from '../../../main/host/store/store.ts';
import type { Store } from '../../../main/host/store/store.ts';
import { sampleRun, temporaryHome } from './fixtures.ts';

function freshStore(now?: () => number): Store {
  return openStore(temporaryHome(), { now });
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('runs', () => {
  it('come back as they were made', () => {
    const store = freshStore(() => 1_800_000_000_000);
    const id = store.createRun(sampleRun);
    const { params, status, ...given } = sampleRun;
    expect(store.getRun(id)).toEqual({
      ...given,
      id,
      status,
      createdMs: 1_800_000_000_000,
      startedMs: 1_800_000_000_000,
      endedMs: null,
      parent: null,
      currentStep: 0,
      error: null,
      notes: '',
      tags: [],
      pinned: false,
      colour: null,
    });
    expect(store.params(id)).toEqual(params?.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
    expect(store.experiments()).toEqual([{ name: 'digits', createdMs: 1_800_000_000_000, runCount: 1 }]);
  });

  it('change only where told', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    const before = store.getRun(id);
    const error = { code: 'not-finite', message: 'loss is NaN', step: 12, node: 'Log_3' };
    store.updateRun(id, {
      status: 'diverged',
      error,
      tags: ['a', "b'"],
      pinned: true,
      currentStep: 12,
      name: undefined,
    });
    expect(store.getRun(id)).toEqual({
      ...before,
      status: 'diverged',
      error,
      tags: ['a', "b'"],
      pinned: true,
      currentStep: 12,
    });
    store.updateRun(id, { error: null, pinned: false });
    expect(store.getRun(id)).toMatchObject({ error: null, pinned: false });
  });

  it('are filtered, sorted and cut', () => {
    let clock = 1_800_000_000_000;
    const store = freshStore(() => clock++);
    const a = store.createRun({ ...sampleRun, name: 'alpha', tags: ['keep'] });
    const b = store.createRun({ ...sampleRun, name: 'Beta', family: 'gan', experiment: 'other', notes: '100% better' });
    const c = store.createRun({ ...sampleRun, name: 'gamma', status: 'queued', parent: { run: a, step: 5 } });
    const ids = (filter: Parameters<Store['listRuns']>[0]): string[] => store.listRuns(filter).map((run) => run.id);
    expect(ids({})).toEqual([c, b, a]);
    expect(ids({ sort: 'name', descending: false })).toEqual([b, a, c]);
    expect(ids({ limit: 1, offset: 1 })).toEqual([b]);
    expect(ids({ experiment: 'other' })).toEqual([b]);
    expect(ids({ family: 'vae' })).toEqual([c, a]);
    expect(ids({ statuses: ['queued', 'failed'] })).toEqual([c]);
    expect(ids({ statuses: [] })).toEqual([]);
    expect(ids({ tag: 'keep' })).toEqual([a]);
    expect(ids({ tag: 'kee' })).toEqual([]);
    expect(ids({ parent: a })).toEqual([c]);
    expect(ids({ text: 'BETA' })).toEqual([b]);
    expect(ids({ text: '0%' })).toEqual([b]);
    expect(ids({ pinned: true })).toEqual([]);
    expect(store.getRun(c).parent).toEqual({ run: a, step: 5 });
  });

  it('are found by whole id, by the beginning of one, and as latest', () => {
    let clock = 1_800_000_000_000;
    const store = freshStore(() => (clock += 1000));
    expect(codeOf(() => store.getRun('latest'))).toBe('unknown-run');
    const [first, second] = [store.createRun(sampleRun), store.createRun(sampleRun)];
    expect(store.getRun(first.slice(0, 8)).id).toBe(first);
    expect(store.getRun(first.toUpperCase()).id).toBe(first);
    expect(store.getRun('latest').id).toBe(second);
    expect(codeOf(() => store.getRun(first.slice(0, 3)))).toBe('ambiguous-run');
    expect(codeOf(() => store.getRun('zzz'))).toBe('unknown-run');
    expect(codeOf(() => store.getRun(''))).toBe('unknown-run');
    expect(codeOf(() => store.getRun('%'))).toBe('unknown-run');
    expect(codeOf(() => store.metrics('zzz', 'loss'))).toBe('unknown-run');
  });

  it('take all their records along when deleted, and are not deleted while running', () => {
    const home = temporaryHome();
    const store = openStore(home);
    const id = store.createRun(sampleRun);
    store.appendMetrics(id, [{ key: 'loss', step: 0, value: 1, elapsedMs: 0 }]);
    store.addArtifact(id, { kind: 'report', name: 'r', path: 'r.html', bytes: 1, sha256: 'x' });
    store.addEvent(id, { level: 'info', code: 'x', message: 'x' });
    store.addScores(id, [{ step: 1, metric: 'frechet', value: 1, n: 10, seed: 1 }]);
    expect(codeOf(() => store.deleteRun(id))).toBe('invalid');
    store.updateRun(id, { status: 'finished' });
    store.deleteRun(id);
    expect(codeOf(() => store.getRun(id))).toBe('unknown-run');
    expect(codeOf(() => store.events(id))).toBe('unknown-run');
    store.close();
    const db = new Database(home.database, { readonly: true });
    for (const table of ['runs', 'params', 'metrics', 'artifacts', 'events', 'scores']) {
      expect([table, db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]).toEqual([table, 0]);
    }
    db.close();
  });

  it('refuse a status that is none', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    expect(codeOf(() => store.updateRun(id, { status: 'done' as 'finished' }))).toBe('invalid');
  });

  it('have ids of 12 characters that sort by time', () => {
    const times = [Date.UTC(2025, 0, 1), Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 1) + 1, Date.UTC(2050, 0, 1)];
    const ids = times.map(newRunId);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/);
    expect(new Set(Array.from({ length: 100 }, () => newRunId(times[1]))).size).toBeGreaterThan(98);
  });
});

describe('metrics', () => {
  it('keep all of 200,000 points, in order, however they came', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    const size = 100_000;
    const valueAt = (key: string, step: number): number => Math.fround(Math.sin(step) * (key === 'loss' ? 1 : 1e-30));
    // Steps in a scrambled order (1009 is prime to 100,000), in batches as a run sends them.
    for (let from = 0; from < size; from += 5000) {
      const steps = Array.from({ length: 5000 }, (_, i) => ((from + i) * 1009) % size);
      store.appendMetrics(
        id,
        steps.flatMap((step) =>
          ['loss', 'kl'].map((key) => ({ key, step, value: valueAt(key, step), elapsedMs: step * 2 })),
        ),
      );
    }
    for (const key of ['loss', 'kl']) {
      const { steps, values, elapsedMs } = store.metrics(id, key);
      expect(steps.length).toBe(size);
      expect(steps.every((step, i) => step === i)).toBe(true);
      expect(values.every((value, i) => value === valueAt(key, i))).toBe(true);
      expect(elapsedMs.every((ms, i) => ms === 2 * i)).toBe(true);
    }
    expect([...store.metrics(id, 'kl', { fromStep: 99_998 }).steps]).toEqual([99_998, 99_999]);
    expect([...store.metrics(id, 'kl', { fromStep: 10, toStep: 11 }).steps]).toEqual([10, 11]);
    expect(store.metricKeys(id)).toEqual(['kl', 'loss']);
    expect(store.lastMetrics(id).map(({ key, step }) => [key, step])).toEqual([
      ['kl', 99_999],
      ['loss', 99_999],
    ]);
  });

  it('are rewritten by a run that goes over a step again', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    store.appendMetrics(id, [
      { key: 'loss', step: 1, value: 1, elapsedMs: 10 },
      { key: 'loss', step: 2, value: 2, elapsedMs: 20 },
    ]);
    store.appendMetrics(id, [{ key: 'loss', step: 2, value: 7, elapsedMs: 25.4 }], 3);
    const { steps, values, elapsedMs } = store.metrics(id, 'loss');
    expect([[...steps], [...values], [...elapsedMs]]).toEqual([
      [1, 2],
      [1, 7],
      [10, 25],
    ]);
    expect(store.getRun(id).currentStep).toBe(3);
  });

  it('keep NaN, infinities and the smallest numbers', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    const odd = [NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308];
    store.appendMetrics(
      id,
      odd.map((value, step) => ({ key: 'loss', step, value, elapsedMs: 0 })),
    );
    const { values } = store.metrics(id, 'loss');
    expect([...values]).toEqual(odd);
  });

  it('are kept apart by run, and empty where there are none', () => {
    const store = freshStore();
    const [a, b] = [store.createRun(sampleRun), store.createRun(sampleRun)];
    store.appendMetrics(a, [{ key: 'loss', step: 0, value: 1, elapsedMs: 0 }]);
    store.appendMetrics(b, [{ key: 'other', step: 0, value: 2, elapsedMs: 0 }]);
    expect(store.metricKeys(a)).toEqual(['loss']);
    expect(store.metrics(a, 'other').steps.length).toBe(0);
    expect(store.metrics(a, 'never').steps.length).toBe(0);
    expect(store.lastMetrics(store.createRun(sampleRun))).toEqual([]);
  });

  it('are added all or not at all', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    const good = { key: 'new key', step: 0, value: 1, elapsedMs: 0 };
    expect(codeOf(() => store.appendMetrics(id, [good, { ...good, step: 0.5 }]))).toBe('invalid');
    expect(codeOf(() => store.appendMetrics(id, [good, { ...good, step: -1 }]))).toBe('invalid');
    expect(store.metricKeys(id)).toEqual([]);
    store.appendMetrics(id, [good]);
    expect(store.metricKeys(id)).toEqual(['new key']);
  });
});

describe('checkpoints, artifacts, scores and events', () => {
  const artifact = {
    kind: 'checkpoint',
    name: 'step 10',
    step: 10,
    path: 'checkpoints/step-00000010.safetensors',
    bytes: 3,
    sha256: 'aa',
  } as const;

  it('a checkpoint is registered with its points and without the superseded, in one go', () => {
    const store = freshStore(() => 5);
    const id = store.createRun(sampleRun);
    store.registerCheckpoint(id, { points: [], artifact });
    const next = { ...artifact, step: 20, path: 'checkpoints/step-00000020.safetensors', meta: { score: 0.5 } };
    store.registerCheckpoint(id, {
      points: [{ key: 'loss', step: 19, value: 1, elapsedMs: 0 }],
      artifact: next,
      superseded: [artifact.path],
    });
    expect(store.artifacts(id, 'checkpoint')).toEqual([{ ...next, id: expect.any(Number) as number, createdMs: 5 }]);
    expect(store.getRun(id).currentStep).toBe(20);
    expect([...store.metrics(id, 'loss').steps]).toEqual([19]);
    const refused = { ...next, path: '../outside' };
    expect(
      codeOf(() =>
        store.registerCheckpoint(id, {
          points: [{ key: 'loss', step: 25, value: 1, elapsedMs: 0 }],
          artifact: refused,
          superseded: [next.path],
        }),
      ),
    ).toBe('invalid');
    expect(store.artifacts(id).length).toBe(1);
    expect([...store.metrics(id, 'loss').steps]).toEqual([19]);
  });

  it('an artifact registered again under its path replaces the record', () => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    expect(store.addArtifact(id, artifact)).toBe(store.addArtifact(id, { ...artifact, sha256: 'bb' }));
    expect(store.artifacts(id).map((found) => found.sha256)).toEqual(['bb']);
    store.removeArtifact(id, artifact.path);
    expect(store.artifacts(id)).toEqual([]);
  });

  it.each(['/etc/x', 'a/../../x', 'C:/x', 'a\\b', '', 'a//b', './a'])('refuses %j as a path inside a run', (path) => {
    const store = freshStore();
    const id = store.createRun(sampleRun);
    expect(codeOf(() => store.addArtifact(id, { ...artifact, path }))).toBe('invalid');
  });

  it('a score made again with the same settings replaces the former; other settings stand beside it', () => {
    const store = freshStore(() => 9);
    const id = store.createRun(sampleRun);
    const score = { step: 300, metric: 'frechet', value: 12, n: 1000, seed: 1 };
    store.addScores(id, [
      score,
      { ...score, value: 11, low: 10, high: 12, extra: { bins: [1, 2] } },
      { ...score, extractorHash: 'e', resize: 'none' },
    ]);
    expect(store.scores(id)).toEqual([
      {
        ...score,
        value: 11,
        low: 10,
        high: 12,
        extractorHash: null,
        resize: null,
        extra: { bins: [1, 2] },
        createdMs: 9,
      },
      { ...score, low: null, high: null, extractorHash: 'e', resize: 'none', extra: null, createdMs: 9 },
    ]);
  });

  it('events come back in order', () => {
    const store = freshStore(() => 3);
    const id = store.createRun(sampleRun);
    store.addEvent(id, { level: 'info', code: 'started', message: 'started' });
    store.addEvent(id, { level: 'error', code: 'diverged', message: 'NaN', data: { node: 'Log_1' } });
    expect(store.events(id)).toEqual([
      { timeMs: 3, level: 'info', code: 'started', message: 'started', data: null },
      { timeMs: 3, level: 'error', code: 'diverged', message: 'NaN', data: { node: 'Log_1' } },
    ]);
  });

  it('a transaction that throws leaves nothing', () => {
    const store = freshStore();
    expect(() =>
      store.transaction(() => {
        store.appendMetrics(store.createRun(sampleRun), [{ key: 'loss', step: 0, value: 1, elapsedMs: 0 }]);
        throw new RangeError('stop');
      }),
    ).toThrow('stop');
    expect(store.listRuns()).toEqual([]);
  });
});

describe('params', () => {
  it('are the leaves of a document by dotted path', () => {
    expect(flattenParams({ a: { b: [1, { c: 'x' }], d: [] }, e: null })).toEqual([
      { key: 'a.b.0', value: 1 },
      { key: 'a.b.1.c', value: 'x' },
      { key: 'a.d', value: '[]' },
      { key: 'e', value: null },
    ]);
  });
});
