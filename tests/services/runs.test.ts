/** Runs by the requests of the boundary, over the real store and real workers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunStreamItem, RunsStreamItem } from '../../core/protocol/streams.ts';
import type { MetricPoint, Run } from '../../core/protocol/records.ts';
import { diffusionDocument, openServices, vaeDocument } from './support.ts';

const { ask, services, until, watch, folder } = openServices();
const baseDir = folder;
const own = { timeout: 240_000 };
const pointsOf = (items: readonly RunStreamItem[]): readonly MetricPoint[] =>
  items.flatMap((item) => (item.type === 'metrics' || item.type === 'checkpoint' ? item.points : []));

describe('a run that was started', own, () => {
  let run: Run;
  let said: RunStreamItem[];
  const changes: RunsStreamItem[] = [];

  beforeAll(async () => {
    services.streams.runs.subscribe({}, (items) => changes.push(...items));
    run = await ask('runs.start', {
      text: vaeDocument({ sampleEvery: 10, keepEvery: 10, checkpointEvery: 10, evaluateEvery: 10 }),
      baseDir,
      name: 'first',
      experiment: 'E',
      tags: ['a'],
    });
    said = watch(run.id);
    await until(run.id, 'finished');
  });

  it('is recorded as it was asked for', async () => {
    expect(await ask('runs.get', { run: run.id })).toMatchObject({
      name: 'first',
      experiment: 'E',
      tags: ['a'],
      family: 'vae',
      threads: 1,
      status: 'finished',
      currentStep: 20,
    });
    expect((await ask('runs.list', { experiment: 'E', statuses: ['finished'] })).map(({ id }) => id)).toEqual([run.id]);
    expect(await ask('runs.list', { text: 'no such' })).toEqual([]);
    expect(await ask('runs.experiments', {})).toMatchObject([{ name: 'E', runCount: 1 }]);
    const params = await ask('runs.params', { runs: [run.id, 'unknown'] });
    expect(Object.keys(params)).toEqual([run.id]);
    expect(params[run.id]).toContainEqual({ key: 'training.steps', value: 20 });
  });

  it('told each point exactly once, as it is recorded, and how it ended', async () => {
    const told = pointsOf(said);
    const keys = await ask('runs.metricKeys', { run: run.id });
    const lines = await ask('runs.metrics', { run: run.id, keys: [...keys] });
    const recorded = lines.flatMap(({ key, steps, values }) =>
      [...steps].map((step, i) => `${key} ${step} ${values[i]}`),
    );
    expect(told.map(({ key, step, value }) => `${key} ${step} ${value}`).toSorted()).toEqual(recorded.toSorted());
    const loss = lines.find(({ key }) => key === 'loss')!;
    expect(loss).toMatchObject({ total: 20, low: null, high: null });
    expect(await ask('runs.metrics', { run: run.id })).toEqual(lines);
    const [thinned] = await ask('runs.metrics', { run: run.id, keys: ['loss'], buckets: 10 });
    expect(thinned).toMatchObject({ total: 20, steps: Float64Array.from({ length: 10 }, (_, i) => 2 * (i + 1)) });
    expect(Math.max(...thinned.high!)).toBe(Math.max(...loss.values));
    expect(said.at(-1)).toMatchObject({ type: 'ended', status: 'finished', step: 20 });
    const last = await ask('runs.lastMetrics', { runs: [run.id] });
    expect(last[run.id].map(({ key }) => key)).toEqual(keys);
    expect(last[run.id].find(({ key }) => key === 'loss')).toMatchObject({ step: 20 });
  });

  it('told the norms of its layers: their gradients together are the gradient norm of that step', async () => {
    const norms = said.find((item) => item.type === 'norms')!;
    expect(norms.layers.map(({ name }) => name)).toEqual([
      'encoder/dense_1',
      'encoder/mean',
      'encoder/logVariance',
      'decoder/dense_1',
      'decoder/dense_2',
    ]);
    const [line] = await ask('runs.metrics', {
      run: run.id,
      keys: ['gradientNorm.vae'],
      fromStep: norms.step,
      toStep: norms.step,
    });
    expect(Math.hypot(...norms.layers.map(({ gradient }) => gradient!))).toBeCloseTo(line.values[0], 3);
    expect(norms.layers.every(({ weight }) => weight > 0)).toBe(true);
  });

  it('showed itself in the list from queued to finished', () => {
    const statuses = changes.flatMap((item) =>
      item.type === 'run' && item.run.id === run.id ? [item.run.status] : [],
    );
    expect([...new Set(statuses)]).toEqual(['queued', 'running', 'finished']);
    expect(changes.every((item) => item.type !== 'run' || !('document' in item.run))).toBe(true);
  });

  it('says what can be asked of its model', async () => {
    const model = await ask('runs.model', { run: run.id });
    expect(model).toMatchObject({ latentSize: 3, checkpoints: [10, 20], data: { kind: 'points' } });
    expect(model.outputs.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'samples points',
      'reconstructions points',
    ]);
    expect(model.scalars.find(({ name }) => name === 'learningRate.vae')).toMatchObject({ value: 0.01 });
    const keys = await ask('runs.metricKeys', { run: run.id });
    expect(keys).toEqual(
      expect.arrayContaining(model.metrics.filter(({ name }) => !name.startsWith('score.')).map(({ name }) => name)),
    );
  });

  it('keeps the samples of its way', async () => {
    const moments = await ask('runs.moments', { run: run.id });
    expect(moments.map(({ step, outputs }) => [step, outputs.map(({ name }) => name)])).toEqual([
      [10, ['samples', 'reconstructions']],
      [20, ['samples', 'reconstructions']],
    ]);
    const made = await ask('runs.momentSamples', { run: run.id, step: 20, output: 'reconstructions' });
    expect(made).toMatchObject({ label: 'Reconstructions', kind: 'points', shape: [2] });
    expect(made.data).toHaveLength(32);
    expect(made.reference).toHaveLength(32);
    // The same seed draws the same samples from the same checkpoint, in another process.
    const drawn = await ask('runs.sample', { run: run.id, count: 16, seed: 3 });
    const kept = await ask('runs.momentSamples', { run: run.id, step: 20, output: 'samples' });
    expect(drawn[0].data).toEqual(kept.data);
    await expect(ask('runs.momentSamples', { run: run.id, step: 11, output: 'samples' })).rejects.toMatchObject({
      code: 'no-samples',
    });
  });

  it('encodes examples, and decodes what it encoded as it reconstructs them', async () => {
    const codes = await ask('runs.encode', { run: run.id, of: 'train', count: 50 });
    expect(codes.size).toBe(3);
    expect(codes.latents).toHaveLength(150);
    const first = await ask('runs.decode', { run: run.id, latents: codes.latents.slice(0, 6), count: 2 });
    const all = await ask('runs.decode', { run: run.id, latents: codes.latents, count: 50 });
    expect(first.data).toHaveLength(4);
    [...first.data].forEach((value, i) => expect(value).toBeCloseTo(all.data[i], 5));
    await expect(ask('runs.decode', { run: run.id, latents: new Float32Array(5), count: 2 })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  it('finds the training samples nearest to its own', async () => {
    const { samples, neighbours, distances } = await ask('runs.nearest', { run: run.id, count: 4, seed: 1 });
    const info = await ask('data.info', { source: 'builtin:points/8gaussians', baseDir });
    const train = await ask('data.samples', {
      source: 'builtin:points/8gaussians',
      baseDir,
      of: 'train',
      start: 0,
      count: 1024,
    });
    expect(info.counts.train).toBeGreaterThan(1024);
    for (let i = 0; i < 4; i++) {
      const to = (data: Float32Array, at: number): number =>
        Math.hypot(samples.data[2 * i] - data[2 * at], samples.data[2 * i + 1] - data[2 * at + 1]);
      expect(to(neighbours.data, i)).toBeCloseTo(distances[i], 5);
      for (let other = 0; other < 1024; other++)
        expect(to(train.data, other)).toBeGreaterThanOrEqual(distances[i] - 1e-6);
    }
  });

  it('has no way of a sampler to show, and says so', async () => {
    await expect(ask('runs.strip', { run: run.id, count: 1, seed: 1, moments: 3 })).rejects.toMatchObject({
      code: 'no-strip',
      hint: expect.any(String),
    });
  });

  it('gives up what is cancelled, and answers the next', async () => {
    const cancelled = new AbortController();
    const asked = ask('runs.nearest', { run: run.id, count: 1024, seed: 1 }, { signal: cancelled.signal });
    cancelled.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    const stopped = new AbortController();
    const evaluated = ask('runs.evaluate', { run: run.id, count: 1000, seed: 1 }, { signal: stopped.signal });
    setTimeout(() => stopped.abort(), 50);
    await expect(evaluated).rejects.toMatchObject({ code: 'cancelled' });
    expect(await ask('runs.sample', { run: run.id, count: 1, seed: 1, options: { temperature: 0 } })).toHaveLength(2);
    await expect(
      ask('runs.sample', { run: run.id, count: 1, seed: 1, options: { temperatur: 0 } }),
    ).rejects.toMatchObject({ code: 'option', hint: expect.stringContaining('temperature') });
    await expect(ask('runs.sample', { run: run.id, step: 7, count: 1, seed: 1 })).rejects.toMatchObject({
      code: 'no-checkpoint',
    });
  });

  it('is evaluated, exported and reported', async () => {
    const progress: string[] = [];
    const evaluation = await ask(
      'runs.evaluate',
      { run: run.id, count: 50, seed: 1 },
      { progress: (what) => progress.push(what) },
    );
    expect(evaluation).toMatchObject({ step: 20 });
    expect(progress.length).toBeGreaterThan(0);
    const scores = await ask('runs.scores', { runs: [run.id] });
    expect(scores[run.id].map(({ metric }) => metric)).toContain('validation.loss');
    await ask('runs.export', { run: run.id, folder: join(folder, 'export') });
    expect(existsSync(join(folder, 'export', 'decoder.onnx'))).toBe(true);
    const report = await ask('runs.report', {
      runs: [run.id],
      folder: join(folder, 'report'),
      title: 'T',
      seed: 1,
      count: 4,
    });
    expect(existsSync(report.html) && existsSync(report.summary)).toBe(true);
    await expect(ask('runs.export', { run: run.id, folder: 'relative' })).rejects.toMatchObject({ code: 'bad-path' });
  });

  it('forks from a checkpoint of its own', async () => {
    const fork = await ask('runs.fork', { run: run.id, step: 10, text: vaeDocument({ steps: 15 }), name: 'branch' });
    expect(fork).toMatchObject({ name: 'branch', parent: { run: run.id, step: 10 } });
    await until(fork.id, 'finished');
    const [loss] = await ask('runs.metrics', { run: fork.id, keys: ['loss'] });
    expect([...loss.steps]).toEqual([11, 12, 13, 14, 15]);
    const [parent] = await ask('runs.metrics', { run: run.id, keys: ['loss'], fromStep: 11, toStep: 15 });
    // The same document but for its length: the fork goes the way its parent went.
    expect([...loss.values]).toEqual([...parent.values]);
  });

  it('is edited, and deleted with its files', async () => {
    const edited = await ask('runs.edit', {
      run: run.id,
      name: 'better',
      notes: 'n',
      pinned: true,
      colour: '#12ab34',
      tags: [],
    });
    expect(edited).toMatchObject({ name: 'better', notes: 'n', pinned: true, colour: '#12ab34', tags: [] });
    expect((await ask('runs.artifacts', { run: run.id })).length).toBeGreaterThan(0);
    expect((await ask('runs.events', { run: run.id })).at(-1)).toMatchObject({ code: 'finished' });
    await ask('runs.delete', { runs: [run.id] });
    expect(changes).toContainEqual({ type: 'deleted', run: run.id });
    expect(existsSync(join(folder, 'runs', run.id))).toBe(false);
    await expect(ask('runs.get', { run: run.id })).rejects.toMatchObject({ code: 'unknown-run' });
  });

  it('is refused with every fault of its document', async () => {
    await expect(ask('runs.start', { text: vaeDocument().replace('"tanh"', '"tahn"'), baseDir })).rejects.toMatchObject(
      { name: 'DocumentError', issues: [expect.objectContaining({ severity: 'error' })] },
    );
    await expect(
      ask('runs.start', { text: vaeDocument().replace('8gaussians', '9gaussians'), baseDir }),
    ).rejects.toMatchObject({ issues: [expect.objectContaining({ hint: expect.stringContaining('8gaussians') })] });
  });
});

describe('the way of a sampler', own, () => {
  it('leads from pure noise to the sample, and is told as it goes', async () => {
    const { id } = await ask('runs.start', { text: diffusionDocument(), baseDir });
    await until(id, 'finished');
    const draw = { run: id, count: 3, seed: 5, options: { steps: 10 } };
    const strip = await ask('runs.strip', { ...draw, moments: 4 });
    const [samples] = await ask('runs.sample', draw);
    expect(strip.data).toHaveLength(3 * 4 * 2);
    for (let i = 0; i < 3; i++) {
      expect([...strip.data.subarray((i * 4 + 3) * 2, (i * 4 + 4) * 2)]).toEqual([
        ...samples.data.subarray(i * 2, i * 2 + 2),
      ]);
    }
    // Fewer sampler steps start from the same noise.
    const other = await ask('runs.strip', { ...draw, options: { steps: 5 }, moments: 2 });
    expect([...other.data.subarray(0, 2)]).toEqual([...strip.data.subarray(0, 2)]);
    expect((await ask('runs.model', { run: id })).latentSize).toBeNull();
    await expect(ask('runs.encode', { run: id, of: 'train', count: 1 })).rejects.toMatchObject({ code: 'no-codes' });
  });
});
