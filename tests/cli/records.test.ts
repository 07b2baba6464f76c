/** What is done with recorded runs: listing, showing, forking, sampling, scoring, comparing, exporting, deleting. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lathe, only, sha256Of, start, tinyDocument, writeDocument, type Finished } from '../../bench/lathe-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const cwd = temporaryFolder();
const file = writeDocument(cwd, tinyDocument({ training: { checkpointEvery: 20, keepEvery: 20 } }));
const runs: string[] = [];

const call = (...words: readonly string[]): Promise<Finished> => lathe(words, { cwd });

/** Trains the tiny document. @returns the run's id */
async function train(...words: readonly string[]): Promise<string> {
  return String(only(await call('train', file, '--threads', '2', '--json', ...words), 'ended').run);
}

beforeAll(async () => {
  runs.push(await train('--name', 'one', '--tag', 'kept', '--experiment', 'A'));
  runs.push(await train('--name', 'two', '--experiment', 'B', '--set', 'networks.classifier.layers.0.units=8'));
});

describe('runs and show', () => {
  it('lists by filter and sorts', async () => {
    const names = async (...words: readonly string[]): Promise<readonly unknown[]> =>
      (await call('runs', '--json', ...words)).events.map(({ name }) => name);
    expect(await names('--sort', 'name', '--ascending')).toEqual(['one', 'two']);
    expect(await names('--limit', '1')).toEqual(['two']);
    expect(await names('--tag', 'kept')).toEqual(['one']);
    expect(await names('--experiment', 'B')).toEqual(['two']);
    expect(await names('--status', 'failed', '--status', 'diverged')).toEqual([]);
    expect(await names('tw')).toEqual(['two']);
  });

  it('shows a table and a run for people', async () => {
    const table = await call('runs');
    expect(table.stdout.split('\n')).toHaveLength(4);
    expect(table.stdout).toMatch(new RegExp(`^${runs[0]}\\s+one\\s+classifier\\s+finished\\s+60/60\\s+A\\s+kept`, 'm'));
    const shown = await call('show', runs[0]);
    expect(shown.stdout).toMatch(/^ {2}loss\s+[\d.e-]+\s+60\s+[▁▂▃▄▅▆▇█]+$/m);
    expect(shown.stdout).toMatch(/^ {2}20\s.*step-00000020\.safetensors$/m);
  });

  it('gives the points of a curve as a table', async () => {
    const { stdout } = await call('show', runs[0], '--metric', 'loss');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('step\tvalue\telapsedMs');
    expect(lines.slice(1).map((line) => Number(line.split('\t')[0]))).toEqual(
      Array.from({ length: 60 }, (_, at) => at + 1),
    );
  });

  it('says nothing when the reader of a table has gone', async () => {
    const started = start(['show', runs[0]], { cwd });
    started.child.stdout?.destroy();
    expect(await started.finished).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('fork', () => {
  it('goes on from a kept checkpoint; without changes it ends where its parent did', async () => {
    const forked = await call('fork', runs[0], '--at', '40', '--json');
    expect(forked.code).toBe(0);
    expect(only(forked, 'ready')).toMatchObject({ step: 40, totalSteps: 60 });
    const own = only(await call('show', runs[0], '--json'), 'run') as unknown as {
      artifacts: { kind: string; sha256: string }[];
    };
    expect(sha256Of(forked)).toBe(own.artifacts.findLast(({ kind }) => kind === 'checkpoint')?.sha256);
    const child = only(await call('show', String(only(forked, 'ended').run), '--json'), 'run');
    expect(child).toMatchObject({ parent: { run: runs[0], step: 40 }, status: 'finished', currentStep: 60 });
  });

  it('says which checkpoints there are', async () => {
    const { code, stderr } = await call('fork', runs[0], '--at', '30');
    expect(code).toBe(2);
    expect(stderr).toContain('keeps no checkpoint of step 30; it has 20, 40, 60');
  });
});

describe('sample, evaluate, compare, export, delete', () => {
  it('draws the same samples for the same seed', async () => {
    const first = await call('sample', runs[0], '--out', 's1', '--count', '9', '--seed', '4', '--json');
    await call('sample', runs[0], '--out', 's2', '--count', '9', '--seed', '4');
    expect(first.code).toBe(0);
    expect(only(first, 'sampled')).toMatchObject({ run: runs[0], step: 60, count: 9, seed: 4 });
    const files = first.events.filter(({ event }) => event === 'artifact').map(({ path }) => String(path));
    expect(files).toContain('samples.safetensors');
    for (const name of files)
      expect(readFileSync(join(cwd, 's1', name)).equals(readFileSync(join(cwd, 's2', name)))).toBe(true);
    const wrong = await call('sample', runs[0], '--out', 's3', '--option', 'guidance=3');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(`no option 'guidance'`);
  });

  it('records scores and lays runs side by side', async () => {
    const evaluated = await call('evaluate', runs[0], '--count', '50', '--json');
    expect(evaluated.code).toBe(0);
    await call('evaluate', runs[1], '--count', '50');
    const compared = only(await call('compare', runs[0], runs[1], '--json'), 'comparison') as unknown as {
      params: { key: string; values: unknown[] }[];
      metrics: { key: string; values: (number | null)[] }[];
      scores: { metric: string; scores: unknown[]; notComparable: string | null }[];
    };
    expect(compared.params).toEqual([{ key: 'networks.classifier.layers.0.units', values: [16, 8] }]);
    expect(compared.metrics.find(({ key }) => key === 'loss')?.values.every(Number.isFinite)).toBe(true);
    const accuracy = compared.scores.find(({ metric }) => metric === 'test.accuracy');
    expect(accuracy?.scores).toHaveLength(2);
    expect(accuracy?.notComparable).toBeNull();
    const table = await call('compare', runs[0], runs[1]);
    expect(table.stdout).toMatch(/networks\.classifier\.layers\.0\.units +16 +8/);
  });

  it('exports files', async () => {
    const exported = await call('export', runs[0], '--out', 'exported', '--json');
    expect(exported.code).toBe(0);
    expect(only(exported, 'exported')).toMatchObject({ run: runs[0] });
    for (const name of ['classifier.onnx', 'train_step.onnx'])
      expect(existsSync(join(cwd, 'exported', name))).toBe(true);
  });

  it('deletes only when told to', async () => {
    expect((await call('delete', runs[1])).code).toBe(2);
    expect((await call('delete', runs[1], '--yes')).code).toBe(0);
    expect((await call('show', runs[1])).stderr).toContain('there is no run');
    expect(existsSync(join(cwd, 'home', 'runs', runs[1]))).toBe(false);
  });
});
