/** Training, its events, its exit codes, and what is recorded. */
import { describe, expect, it } from 'vitest';
import {
  lathe,
  only,
  parseEvents,
  sha256Of,
  start,
  tinyDocument,
  writeDocument,
  type Event,
} from '../../bench/lathe-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const cwd = temporaryFolder();
const file = writeDocument(cwd, tinyDocument());

async function recorded(folder = cwd, home?: string): Promise<readonly Event[]> {
  const { events } = await lathe(['runs', '--json', ...(home === undefined ? [] : ['--home', home])], { cwd: folder });
  return events;
}

describe('train', () => {
  it('gives one JSON event a line, in an order that can be relied on, and exit 0', async () => {
    const finished = await lathe(
      ['train', file, '--json', '--name', 'first', '--tag', 'a', '--tag', 'b', '--home', 'h1'],
      { cwd },
    );
    expect(finished.code).toBe(0);
    const kinds = finished.events.map(({ event }) => event);
    expect(kinds.filter((kind) => kind !== 'progress').slice(0, 2)).toEqual(['started', 'ready']);
    expect(kinds.at(-1)).toBe('ended');
    const points = finished.events
      .filter(({ event }) => event === 'metrics')
      .flatMap(({ points: all }) => all as { key: string; step: number }[]);
    const steps = points.filter(({ key }) => key === 'loss').map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    expect(only(finished, 'ended')).toMatchObject({ status: 'finished', step: 60, totalSteps: 60 });
    const [run] = await recorded(cwd, 'h1');
    expect(run).toMatchObject({
      name: 'first',
      status: 'finished',
      tags: ['a', 'b'],
      experiment: 'Default',
      currentStep: 60,
    });
  });

  it('gives the same final checkpoint for the same seed and threads, and another for another seed', async () => {
    const words = ['train', file, '--threads', '2', '--json', '--home', 'h2'];
    const first = sha256Of(await lathe([...words, '--seed', '7'], { cwd }));
    const second = sha256Of(await lathe([...words, '--seed', '7'], { cwd }));
    const other = sha256Of(await lathe([...words, '--seed', '8'], { cwd }));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    const replayed = await lathe(['replay', 'latest', '--json', '--home', 'h2'], { cwd });
    expect(replayed.code).toBe(0);
    expect(only(replayed, 'replayed')).toMatchObject({ identical: true, sha256: [other, other], differences: [] });
  });

  it('records the document with the fields set by options', async () => {
    const finished = await lathe(
      ['train', file, '--steps', '5', '--set', 'networks.classifier.layers.0.units=9', '--json', '--home', 'h3'],
      { cwd },
    );
    expect(only(finished, 'ended')).toMatchObject({ step: 5 });
    const shown = only(await lathe(['show', 'latest', '--json', '--home', 'h3'], { cwd }), 'run');
    expect(shown.params).toMatchObject({ 'training.steps': 5, 'networks.classifier.layers.0.units': 9 });
    const document = await lathe(['show', 'latest', '--document', '--home', 'h3'], { cwd });
    expect(document.stdout).toContain('"units": 9');
  });

  it('replaces epochs by --steps', async () => {
    const epochs = writeDocument(cwd, tinyDocument().replace('"steps": 60', '"epochs": 3'), 'epochs.lathe.jsonc');
    const finished = await lathe(['train', epochs, '--steps', '4', '--json', '--home', 'h3'], { cwd });
    expect(only(finished, 'ended')).toMatchObject({ status: 'finished', step: 4, totalSteps: 4 });
  });

  it('ends a run whose figures are no longer finite as diverged, naming a node, and keeps its checkpoint', async () => {
    const wild = writeDocument(
      cwd,
      tinyDocument({ steps: 400, learningRate: 1e30, optimizer: 'sgd', training: { checkpointEvery: 1 } }).replace(
        'tanh',
        'relu',
      ),
      'wild.lathe.jsonc',
    );
    const finished = await lathe(['train', wild, '--json', '--home', 'h4'], { cwd });
    expect(finished.code).toBe(1);
    const ended = only(finished, 'ended') as unknown as {
      status: string;
      error: { code: string; node: string; hint: string; step: number };
    };
    expect(ended).toMatchObject({ status: 'diverged', error: { code: 'diverged' } });
    expect(ended.error.node).toMatch(/\S+: [A-Z]\w+ \S+/);
    expect(finished.stderr).toMatch(/diverged at step \d+\/400/);
    expect(finished.stderr).toContain(ended.error.hint);
    expect(finished.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('interrupted', () => {
  const slow = writeDocument(
    cwd,
    tinyDocument({ steps: 2500, training: { checkpointEvery: 400, evaluateEvery: 300 } }),
    'slow.lathe.jsonc',
  );

  it('leaves a run that Ctrl+C stopped resumable, and resuming ends where never stopping would have', async () => {
    const whole = sha256Of(await lathe(['train', slow, '--threads', '2', '--json', '--home', 'i1'], { cwd }));
    const started = start(['train', slow, '--threads', '2', '--json', '--home', 'i1'], { cwd });
    await started.event(({ event, step }) => event === 'metrics' && Number(step) > 300);
    // Under `npm run` one Ctrl+C arrives twice.
    started.child.kill('SIGINT');
    started.child.kill('SIGINT');
    const stopped = await started.finished;
    expect(stopped.code).toBe(130);
    const ended = only(stopped, 'ended') as unknown as {
      status: string;
      step: number;
      run: string;
      checkpoint: { step: number };
    };
    expect(ended.status).toBe('interrupted');
    expect(ended.step).toBeLessThan(2500);
    expect(ended.checkpoint.step).toBe(ended.step);
    expect(stopped.stderr).toContain(`lathe resume ${ended.run}`);
    const resumed = await lathe(['resume', ended.run, '--json', '--home', 'i1'], { cwd });
    expect(resumed.code).toBe(0);
    expect(only(resumed, 'ready')).toMatchObject({ step: ended.step });
    expect(sha256Of(resumed)).toBe(whole);
    const again = await lathe(['resume', ended.run, '--home', 'i1'], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('has finished');
  });

  it('stops the same way when whoever read the events has gone', async () => {
    const started = start(['train', slow, '--json', '--home', 'i2'], { cwd });
    await started.event(({ event }) => event === 'metrics');
    started.child.stdout?.destroy();
    const { code, stderr } = await started.finished;
    expect(code).toBe(130);
    expect(stderr).not.toContain('EPIPE');
    expect((await recorded(cwd, 'i2'))[0]).toMatchObject({ status: 'interrupted' });
  });

  it('keeps a second process off the home with a clear sentence, and lets it read', async () => {
    const started = start(['train', slow, '--steps', '1000000', '--json', '--home', 'i3'], { cwd });
    await started.event(({ event }) => event === 'metrics');
    const second = await lathe(['train', file, '--home', 'i3'], { cwd });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`process ${started.child.pid} is already using the home .*i3`));
    expect((await recorded(cwd, 'i3')).map(({ status }) => status)).toEqual(['running']);
    started.child.kill('SIGTERM');
    const { code, stdout } = await started.finished;
    expect(code).toBe(130);
    expect(parseEvents(stdout).at(-1)).toMatchObject({ event: 'ended', status: 'interrupted' });
  });
});
