/** A screen that is slow, however slow, gets every recorded point of a run exactly once and in order, in bounded memory. */
import { describe, expect, it } from 'vitest';
import type { RunStreamItem } from '../../core/protocol/streams.ts';
import type { MetricPoint } from '../../core/protocol/records.ts';
import { RunWaiting } from '../../main/door/run-waiting.ts';

/** The store: of one metric and step the newest point. */
class Recorded {
  readonly points = new Map<string, Map<number, number>>();

  add({ key, step, value }: MetricPoint): void {
    if (!this.points.has(key)) this.points.set(key, new Map());
    this.points.get(key)!.set(step, value);
  }

  rewind(step: number): void {
    for (const steps of this.points.values()) for (const other of steps.keys()) if (other > step) steps.delete(other);
  }

  keys = () => [...this.points.keys()];

  read = (key: string, fromStep: number) => {
    const rows = [...(this.points.get(key) ?? [])].filter(([step]) => step >= fromStep).sort(([a], [b]) => a - b);
    return {
      steps: Float64Array.from(rows, ([step]) => step),
      values: Float64Array.from(rows, ([, value]) => value),
      elapsedMs: new Float64Array(rows.length),
    };
  };
}

/** A screen that keeps what it is told as a screen does: a run that begins anew at a step forgets what came after it. */
class Screen {
  readonly curves = new Map<string, [number, number][]>();
  readonly words: string[] = [];
  duplicates = 0;

  take(items: readonly RunStreamItem[] | undefined): void {
    for (const item of items ?? []) {
      if (item.type === 'ready')
        for (const [key, points] of this.curves)
          this.curves.set(
            key,
            points.filter(([step]) => step <= item.step),
          );
      if (item.type === 'metrics' || item.type === 'checkpoint') for (const point of item.points) this.#add(point);
      if (item.type === 'event') this.words.push(item.code);
    }
  }

  #add({ key, step, value }: MetricPoint): void {
    const points = this.curves.get(key) ?? [];
    if (points.some(([other]) => other === step)) this.duplicates += 1;
    points.push([step, value]);
    this.curves.set(key, points);
  }
}

const ready = (step: number): RunStreamItem => ({
  type: 'ready',
  step,
  totalSteps: 1000,
  engineBuild: '',
  data: {} as never,
  parameters: 1,
  compileMs: 1,
});
const artifact = { kind: 'checkpoint', name: 'c', step: 0, path: 'c', bytes: 1, sha256: '', meta: null } as const;

function metrics(
  recorded: Recorded,
  step: number,
  keys: readonly string[],
  value = step,
): Extract<RunStreamItem, { readonly type: 'metrics' }> {
  const points = keys.map((key) => ({ key, step, value, elapsedMs: 0 }));
  points.forEach((point) => recorded.add(point));
  return { type: 'metrics', step, stepsPerSecond: 1, points };
}

function curvesOf(recorded: Recorded): Map<string, [number, number][]> {
  return new Map(recorded.keys().map((key) => [key, [...recorded.points.get(key)!].sort(([a], [b]) => a - b)]));
}

/** A small generator of its own, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a slow screen', () => {
  it('gets what waited as one item, in order', () => {
    const recorded = new Recorded();
    const waiting = new RunWaiting(recorded);
    for (let step = 1; step <= 3; step++) waiting.add([metrics(recorded, step, ['loss'])]);
    expect(waiting.take()).toEqual([
      {
        type: 'metrics',
        step: 3,
        stepsPerSecond: 1,
        points: [1, 2, 3].map((step) => ({ key: 'loss', step, value: step, elapsedMs: 0 })),
      },
    ]);
    expect(waiting.take()).toBeUndefined();
  });

  it('gets every word that was said, of norms, pauses and progress the newest, and how the machine does', () => {
    const waiting = new RunWaiting(new Recorded());
    const norms = (step: number): RunStreamItem => ({ type: 'norms', step, layers: [] });
    const progress = (what: string, done: number): RunStreamItem => ({ type: 'progress', what, done, total: 9 });
    const event: RunStreamItem = { type: 'event', level: 'info', code: 'checkpoint', message: '' };
    const metric: RunStreamItem = {
      type: 'metrics',
      step: 2,
      stepsPerSecond: 4,
      rssBytes: 1e9,
      energy: { joules: 3, steps: 2 },
      gpuEnergy: { reason: 'no tool' },
      points: [{ key: 'loss', step: 2, value: 1, elapsedMs: 1 }],
    };
    const ended: RunStreamItem = { type: 'ended', status: 'stopped', step: 2 };
    waiting.add([
      norms(1),
      progress('import', 1),
      progress('compile', 1),
      { type: 'paused', paused: true, step: 1 },
      event,
    ]);
    waiting.add([progress('import', 2), norms(2), metric, { type: 'paused', paused: false, step: 1 }, event, ended]);
    expect(waiting.take()).toEqual([
      progress('compile', 1),
      event,
      progress('import', 2),
      norms(2),
      metric,
      { type: 'paused', paused: false, step: 1 },
      event,
      ended,
    ]);
  });

  it('does not hold its points in memory beyond the limit, and gets them all', () => {
    const recorded = new Recorded();
    const waiting = new RunWaiting(recorded, undefined, { points: 100, page: 64 });
    const screen = new Screen();
    waiting.add([metrics(recorded, 1, ['loss', 'norm'])]);
    screen.take(waiting.take());
    for (let step = 2; step <= 5000; step++) waiting.add([metrics(recorded, step, ['loss', 'norm'])]);
    expect(waiting.size).toBeLessThan(10);
    let items = waiting.take();
    while (items) {
      const points = items.reduce((sum, item) => sum + (item.type === 'metrics' ? item.points.length : 0), 0);
      expect(points).toBeLessThanOrEqual(64 + 100);
      screen.take(items);
      items = waiting.take();
    }
    expect(screen.duplicates).toBe(0);
    expect(screen.curves).toEqual(curvesOf(recorded));
  });

  it('catches up while training goes on, and is not starved by what is new', () => {
    const recorded = new Recorded();
    const waiting = new RunWaiting(recorded, undefined, { points: 50, page: 40 });
    const screen = new Screen();
    for (let step = 1; step <= 400; step++) waiting.add([metrics(recorded, step, ['loss'])]);
    for (let step = 401; step <= 450; step++) {
      waiting.add([metrics(recorded, step, ['loss'])]);
      screen.take(waiting.take());
    }
    expect(screen.curves).toEqual(curvesOf(recorded));
    expect(screen.duplicates).toBe(0);
  });

  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'whatever happens in whatever order ends with the curves of the store (seed %i)',
    (seed) => {
      const next = random(seed);
      const recorded = new Recorded();
      for (let step = 1; step <= 30; step++) metrics(recorded, step, ['old', 'loss']);
      const has = Math.floor(next() * 30);
      const waiting = new RunWaiting(recorded, { loss: has, old: 30 }, { points: 20, page: 7 });
      const screen = new Screen();
      screen.curves.set(
        'loss',
        Array.from({ length: has }, (_, i) => [i + 1, i + 1]),
      );
      screen.curves.set(
        'old',
        Array.from({ length: 30 }, (_, i) => [i + 1, i + 1]),
      );
      const said: string[] = [];
      let step = 30;
      for (let turn = 0; turn < 300; turn++) {
        const what = next();
        if (what < 0.6) {
          step += 1;
          const item = metrics(recorded, step, next() < 0.3 ? ['loss', 'rare'] : ['loss'], next());
          waiting.add([
            what < 0.1 ? { type: 'checkpoint', step, points: item.points, artifact, superseded: [] } : item,
          ]);
        } else if (what < 0.65) {
          step = Math.max(0, step - Math.floor(next() * 20));
          recorded.rewind(step);
          waiting.add([ready(step)]);
        } else if (what < 0.7) {
          said.push(`event-${turn}`);
          waiting.add([{ type: 'event', level: 'info', code: `event-${turn}`, message: '' }]);
        } else if (what < 0.8) {
          screen.take(waiting.take());
        }
      }
      for (let items = waiting.take(); items; items = waiting.take()) screen.take(items);
      // A curve that was taken back whole is empty on the screen and absent from, or empty in, the store.
      const whole = (curves: Map<string, [number, number][]>) =>
        new Map([...curves].filter(([, points]) => points.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
      expect(whole(screen.curves)).toEqual(whole(curvesOf(recorded)));
      expect(screen.duplicates).toBe(0);
      expect(screen.words).toEqual(said);
    },
  );
});

describe('a screen that comes back', () => {
  it('gets what it missed first, of metrics it never saw everything', () => {
    const recorded = new Recorded();
    for (let step = 1; step <= 10; step++) metrics(recorded, step, ['loss', 'new']);
    const screen = new Screen();
    const waiting = new RunWaiting(recorded, { loss: 8 });
    screen.take(waiting.take());
    expect(screen.curves.get('loss')?.map(([step]) => step)).toEqual([9, 10]);
    expect(screen.curves.get('new')).toHaveLength(10);
  });

  it('takes hostile names of metrics for names', () => {
    const recorded = new Recorded();
    metrics(recorded, 1, ['__proto__', 'constructor']);
    const screen = new Screen();
    screen.take(new RunWaiting(recorded, {}).take());
    expect([...screen.curves.keys()].sort()).toEqual(['__proto__', 'constructor']);
  });
});
