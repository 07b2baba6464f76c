/** How a run stands: told by its stream, its events and its record. */
import { describe, expect, it } from 'vitest';
import { mostMoments } from '../../core/metrics/thinning.ts';
import type { RunStreamItem } from '../../core/protocol/streams.ts';
import type { MetricPoint, Run, RunEvent } from '../../core/protocol/records.ts';
import { alarmsOf, endingOf, nodeLayer } from '../../renderer/features/train/alarms.ts';
import { queueOf, runInHand } from '../../renderer/features/train/chosen-run.ts';
import { heard, phaseOf, quietRun, timeLeftMs, trendsOf } from '../../renderer/features/train/live-run.ts';
import { milestone, standingOf } from '../../renderer/features/train/milestones.ts';
import { barShare, logRange, trendPath } from '../../renderer/features/train/norm-bars.ts';
import { playMeaning } from '../../renderer/features/train/run-actions.ts';
import { RunFeed } from '../../renderer/features/train/run-feed.ts';
import { nearestMoment } from '../../renderer/features/train/timeline.ts';
import { turnedByHand } from '../../renderer/features/train/turned.ts';
import { FakeHost } from './state/fake-host.ts';

const data = {} as Extract<RunStreamItem, { type: 'ready' }>['data'];
const ready = (step: number): RunStreamItem => ({
  type: 'ready',
  step,
  totalSteps: 100,
  engineBuild: 'b',
  data,
  parameters: 10,
  compileMs: 5,
});
const metrics = (step: number, points: readonly MetricPoint[] = []): RunStreamItem => ({
  type: 'metrics',
  step,
  points,
  stepsPerSecond: 4,
  rssBytes: 1000,
});
const event = (code: string, facts: RunEvent['data'] = null, level: RunEvent['level'] = 'warning'): RunEvent => ({
  timeMs: 0,
  level,
  code,
  message: `${code} happened`,
  data: facts,
});

function run(id: string, status: Run['status'], changes: Partial<Run> = {}): Run {
  return { id, status, name: id, totalSteps: 100, currentStep: 0, error: null, createdMs: 0, ...changes } as Run;
}

describe('the account of a run', () => {
  it('goes from preparing over training and pausing to its end', () => {
    const record = { status: 'running' } as const;
    expect(phaseOf({ status: 'queued' }, quietRun)).toBe('queued');
    expect(phaseOf(record, quietRun)).toBe('preparing');
    const training = heard(quietRun, [ready(0), metrics(3)]);
    expect(phaseOf(record, training)).toBe('training');
    const paused = heard(training, [{ type: 'paused', paused: true, step: 4 }]);
    expect(phaseOf(record, paused)).toBe('paused');
    expect(paused.step).toBe(4);
    expect(phaseOf({ status: 'diverged' }, paused)).toBe('ended');
  });

  it('starts anew at the step it is resumed from', () => {
    expect(heard(quietRun, [ready(0), metrics(50), ready(20)]).step).toBe(20);
  });

  it('counts what lists must be read again for', () => {
    const artifact = { kind: 'samples', name: 's', step: 1, path: 'p', bytes: 1, sha256: '', meta: null } as const;
    expect(
      heard(quietRun, [
        { type: 'artifact', artifact },
        { type: 'event', level: 'info', code: 'c', message: 'm' },
      ]).turns,
    ).toEqual({ events: 1, samples: 1, checkpoints: 0, insights: 0 });
  });

  const norms = (step: number, weight = step) =>
    ({ type: 'norms', step, layers: [{ name: 'a/b', weight, gradient: step % 2 ? null : 1 }] }) as const;

  it('keeps the trend of each layer, at most so many moments, and none twice', () => {
    let live = quietRun;
    for (let step = 1; step <= mostMoments + 30; step++) live = heard(live, [norms(step)]);
    const again = heard(live, [norms(mostMoments + 30)]);
    const [trend] = trendsOf([], again.norms);
    expect(trend!.steps.length).toBeLessThanOrEqual(mostMoments);
    expect(trend!.steps.at(-1)).toBe(mostMoments + 30);
    expect(new Set(trend!.steps).size).toBe(trend!.steps.length);
    expect(trend!.weights).toEqual(trend!.steps);
    expect(trend!.gradients[trend!.steps.indexOf(3)]).toBeNaN();
  });

  it('begins the trends with what was recorded before it was watched, and goes through steps again after resuming', () => {
    const recorded = [norms(1), norms(2), norms(3, 100)];
    const live = heard(quietRun, [norms(3), norms(4), norms(3, 7)]);
    expect(trendsOf(recorded, live.norms)).toEqual([
      { name: 'a/b', steps: [1, 2, 3], weights: [1, 2, 7], gradients: [NaN, 1, NaN] },
    ]);
    expect(trendsOf(recorded, [])[0]!.weights).toEqual([1, 2, 100]);
  });

  it('tells the time that is left only at a known rate', () => {
    expect(timeLeftMs(50, 100, 5)).toBe(10_000);
    expect(timeLeftMs(50, 100, 0)).toBeNull();
  });
});

describe('alarms', () => {
  it('explain what, why and what to do, and know the layer', () => {
    const [alarm] = alarmsOf([
      event('alarm-dead-layer', { layer: 'encoder/conv2d', hint: 'try less' }),
      event('stopped'),
    ]);
    expect(alarm).toMatchObject({ layer: 'encoder.conv2d', hint: 'try less', what: 'alarm-dead-layer happened' });
    expect(alarm!.why).not.toBe('');
  });

  it('are told once for each subject, newest first', () => {
    const events = [
      event('alarm-plateau', { key: 'loss' }),
      event('alarm-dead-layer', { layer: 'a/b' }),
      event('alarm-plateau', { key: 'loss' }),
    ];
    expect(alarmsOf(events).map((alarm) => alarm.id)).toEqual(['alarm-plateau/loss', 'alarm-dead-layer/a/b']);
  });

  it('lead from a bad node to its layer, and from the optimizer to none', () => {
    expect(nodeLayer('encoder/mean: Exp exp_2')).toBe('encoder.mean');
    expect(nodeLayer('optimizer/generator: ReduceSumSquare r_6')).toBeUndefined();
    expect(nodeLayer(undefined)).toBeUndefined();
  });

  it('tell how a run ended, unless it did well or goes on', () => {
    for (const status of ['finished', 'running', 'queued'] as const) expect(endingOf(run('a', status))).toBeUndefined();
    for (const status of ['diverged', 'failed', 'interrupted', 'stopped'] as const) {
      const ending = endingOf(run('a', status, { error: { code: 'x', message: 'it broke' } }))!;
      expect(ending.title).not.toBe('');
      expect(ending.what.length + ending.why.length).toBeGreaterThan(20);
    }
  });
});

describe('the run in hand', () => {
  const runs = [run('new', 'finished'), run('second', 'queued'), run('first', 'queued'), run('old', 'running')];

  it('is the chosen one, else the running one, else the next, else the newest', () => {
    expect(runInHand(runs, 'new')?.id).toBe('new');
    expect(runInHand(runs, 'gone')?.id).toBe('old');
    expect(runInHand(runs.slice(0, 3), undefined)?.id).toBe('first');
    expect(runInHand(runs.slice(0, 1), undefined)?.id).toBe('new');
    expect(runInHand([], 'gone')).toBeUndefined();
  });

  it('stays when it ends, until another one trains', () => {
    const ended = [run('new', 'finished'), run('resumed', 'finished')];
    expect(runInHand(ended, undefined, 'resumed')?.id).toBe('resumed');
    expect(runInHand([run('other', 'running'), ...ended], undefined, 'resumed')?.id).toBe('other');
  });

  it('waits in the order it came', () => {
    expect(queueOf(runs).map((each) => each.id)).toEqual(['first', 'second']);
  });
});

describe('pressing play', () => {
  const facts = { isInTrain: true, isRunning: false, isPaused: false, isResumable: false, hasDocument: false };

  it('pauses and goes on in Train, and trains the document elsewhere', () => {
    expect(playMeaning({ ...facts, isRunning: true })).toBe('pause');
    expect(playMeaning({ ...facts, isRunning: true, isPaused: true })).toBe('continue');
    expect(playMeaning({ ...facts, isRunning: true, isInTrain: false, hasDocument: true })).toBe('train');
    expect(playMeaning({ ...facts, isResumable: true, hasDocument: true })).toBe('resume');
    expect(playMeaning({ ...facts, hasDocument: true })).toBe('train');
    expect(playMeaning(facts)).toBe('nothing');
  });
});

describe('milestones', () => {
  const at = (step: number, live = heard(quietRun, [ready(0)]), alarms = 0) => {
    const record = run('a', 'running', { currentStep: step });
    return standingOf(record, phaseOf(record, live), live, alarms);
  };

  it('are each tenth of the way, pauses, ends and alarms', () => {
    expect(milestone(at(9), at(10), 'VAE')).toBe('VAE: 10 % done.');
    expect(milestone(at(10), at(11), 'VAE')).toBeNull();
    expect(milestone(at(10), at(10, undefined, 1), 'VAE')).toContain('alarm');
    const paused = at(10, heard(quietRun, [ready(0), { type: 'paused', paused: true, step: 10 }]));
    expect(milestone(at(10), paused, 'VAE')).toBe('VAE: is paused.');
    expect(milestone(paused, at(10), 'VAE')).toBe('VAE: goes on.');
  });
});

describe('norms as bars', () => {
  it('fill between the smallest and the largest, over two decades at least', () => {
    const range = logRange([0.01, 1, 0, NaN]);
    expect(barShare(1, range)).toBe(1);
    expect(barShare(0.01, range)).toBeGreaterThan(0);
    expect(barShare(0.01, range)).toBeLessThan(0.2);
    expect(barShare(0, range)).toBe(0);
    expect(barShare(NaN, range)).toBe(0);
    expect(barShare(0.9, logRange([0.9, 1]))).toBeGreaterThan(0.9);
  });

  it('have trends with gaps where nothing was told', () => {
    expect(trendPath([1], 60, 18)).toBe('');
    expect(trendPath([1, NaN, 2, 3], 60, 18).match(/M/g)).toHaveLength(2);
  });
});

describe('the sample timeline', () => {
  const moments = [
    { step: 10, outputs: [] },
    { step: 20, outputs: [] },
    { step: 40, outputs: [] },
  ];

  it('finds the moment nearest to a step', () => {
    expect(nearestMoment(moments, 29)?.step).toBe(20);
    expect(nearestMoment([], 29)).toBeUndefined();
  });
});

describe('scalars turned by hand', () => {
  const turn = (name: string, value: number | null): RunEvent => event('turned', { step: 1, name, value }, 'info');

  it('hold until they are given back, or the run forgets them', () => {
    expect(turnedByHand([turn('beta', 2), turn('rate', 1), turn('beta', null)])).toEqual(new Map([['rate', 1]]));
    expect(turnedByHand([turn('beta', 2), event('resumed', { step: 0, forgetsTurns: true })])).toEqual(new Map());
    expect(turnedByHand([event('turned', { name: 'beta' }), event('turned', null)])).toEqual(new Map());
  });
});

describe('a run that is watched', () => {
  const point = (step: number, value: number): MetricPoint => ({ key: 'loss', step, value, elapsedMs: step });
  const line = {
    key: 'loss',
    steps: Float64Array.of(1, 2),
    values: Float64Array.of(9, 8),
    elapsedMs: Float64Array.of(1, 2),
    low: null,
    high: null,
    total: 2,
  };

  it('shows its history, then each point once, also after it began again earlier', async () => {
    const host = new FakeHost();
    const feed = new RunFeed(host, 'r', () => Promise.resolve());
    const stop = feed.start();
    await host.answer('runs.metrics', [line]);
    expect(feed.state.isLoaded).toBe(true);
    host.say('run', [metrics(3, [point(2, 0), point(3, 7)]), ready(1), metrics(2, [point(2, 6)])]);
    expect([...feed.state.curves.get('loss')!.view().values]).toEqual([9, 6]);
    expect(feed.state.live.step).toBe(2);
    stop();
    expect(host.subscriptions('run')).toBe(0);
  });

  it('listens to nothing when it was let go before its history came', async () => {
    const host = new FakeHost();
    const feed = new RunFeed(host, 'r', () => Promise.resolve());
    feed.start()();
    await host.answer('runs.metrics', []);
    expect(host.subscriptions('run')).toBe(0);
  });
});
