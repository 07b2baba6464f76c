/**
 * Updates of a run that a screen has not taken in yet. Every recorded point reaches it exactly once, however slow it is:
 * few points wait in memory; beyond a limit they are forgotten here and read again from the store, where all of them are.
 */
import type { RunStreamItem, StreamItem } from '../../core/protocol/streams.ts';
import type { MetricPoint, MetricSeries } from '../../core/protocol/records.ts';
import type { Waiting } from './waiting.ts';

/** What is read of the store. */
export interface RecordedPoints {
  /** Points of a metric from a step on, ordered by step. */
  read(key: string, fromStep: number): MetricSeries;
  keys(): readonly string[];
}

export interface RunWaitingLimits {
  /** Points that may wait in memory. */
  readonly points: number;
  /** Points that one item may carry when they come from the store. */
  readonly page: number;
}

const usualLimits: RunWaitingLimits = { points: 50_000, page: 20_000 };

type Metrics = Extract<RunStreamItem, { readonly type: 'metrics' }>;

/** A metric read from the store, and how much of it has been handed out. */
interface Cursor {
  readonly key: string;
  readonly series: MetricSeries;
  next: number;
}

export class RunWaiting implements Waiting<StreamItem<'run'>> {
  readonly #recorded: RecordedPoints;
  readonly #limits: RunWaitingLimits;
  #queue: RunStreamItem[] = [];
  #pointsWaiting = 0;
  /** Of each metric met: the last step that was queued or handed out. A step at or before it comes no second time. */
  readonly #last = new Map<string, number>();
  /** Metrics whose points beyond `#last` are to be read from the store. */
  readonly #behind = new Set<string>();
  #cursor: Cursor | undefined;
  /** Of the newest metrics message: what points read from the store go out with. */
  #pace: Omit<Metrics, 'type' | 'points'> = { step: 0, stepsPerSecond: 0 };

  /** @param after the last step the screen has of each metric; when given, what is recorded beyond it comes first. */
  constructor(
    recorded: RecordedPoints,
    after?: Readonly<Record<string, number>>,
    limits: RunWaitingLimits = usualLimits,
  ) {
    this.#recorded = recorded;
    this.#limits = limits;
    if (!after) return;
    for (const key of recorded.keys()) {
      this.#last.set(key, Object.hasOwn(after, key) ? after[key] : -1);
      this.#behind.add(key);
    }
  }

  get size(): number {
    return this.#queue.length;
  }

  add(items: StreamItem<'run'>): void {
    for (const item of items) this.#addOne(item);
    if (this.#pointsWaiting > this.#limits.points) this.#fallBehind();
  }

  /** What was said comes first: that a run began anew at an earlier step (`ready`) before points that come after it. */
  take(): StreamItem<'run'> | undefined {
    const said = this.#queue;
    this.#queue = [];
    this.#pointsWaiting = 0;
    const points = this.#readPage();
    if (points.length > 0) said.push({ type: 'metrics', ...this.#pace, points });
    return said.length > 0 ? said : undefined;
  }

  #addOne(item: RunStreamItem): void {
    switch (item.type) {
      case 'metrics': {
        const { type: _, points, ...pace } = item;
        this.#pace = pace;
        return this.#addPoints(points);
      }
      case 'checkpoint':
        this.#pace = { ...this.#pace, step: item.step };
        this.#addPoints(item.points);
        this.#queue.push({ ...item, points: [] });
        return undefined;
      case 'ready':
        this.#rewind(item.step);
        this.#queue.push(item);
        return undefined;
      case 'progress':
        return this.#replace(item, (other) => other.type === 'progress' && other.what === item.what);
      case 'norms':
      case 'paused':
        return this.#replace(item, (other) => other.type === item.type);
      case 'insight':
        return this.#replace(
          item,
          (other) => other.type === 'insight' && other.insight.kind === item.insight.kind && other.split === item.split,
        );
      case 'artifact':
      case 'event':
      case 'ended':
      case 'failed':
        this.#queue.push(item);
        return undefined;
      default:
        return item satisfies never;
    }
  }

  /** Only how it is now is shown. */
  #replace(item: RunStreamItem, isOlder: (other: RunStreamItem) => boolean): void {
    this.#queue = this.#queue.filter((other) => !isOlder(other));
    this.#queue.push(item);
  }

  #addPoints(points: readonly MetricPoint[]): void {
    const fresh = points.filter((point) => this.#isFresh(point));
    this.#pointsWaiting += fresh.length;
    const newest = this.#queue.at(-1);
    if (newest?.type === 'metrics') {
      this.#queue[this.#queue.length - 1] = { type: 'metrics', ...this.#pace, points: newest.points };
      // Every list in the queue was made by the filter above, so it is this object's own to add to.
      for (const point of fresh) (newest.points as MetricPoint[]).push(point);
    } else {
      this.#queue.push({ type: 'metrics', ...this.#pace, points: fresh });
    }
  }

  /** Remembers the point's step; false when it was there before or will be read from the store. */
  #isFresh({ key, step }: MetricPoint): boolean {
    if (this.#behind.has(key) || step <= (this.#last.get(key) ?? -1)) return false;
    this.#last.set(key, step);
    return true;
  }

  /** Training goes on from an earlier step: what came after it is made again, with other values perhaps. */
  #rewind(step: number): void {
    for (const [key, last] of this.#last) if (last > step) this.#last.set(key, step);
    this.#cursor = undefined;
  }

  /** Forgets the points that wait and remembers from where each metric must be read. */
  #fallBehind(): void {
    for (const item of this.#queue) {
      if (item.type !== 'metrics') continue;
      for (const { key, step } of item.points) {
        this.#last.set(key, Math.min(this.#last.get(key) ?? step, step - 1));
        this.#behind.add(key);
      }
    }
    this.#queue = this.#queue.filter((item) => item.type !== 'metrics');
    this.#pointsWaiting = 0;
    this.#cursor = undefined;
  }

  #readPage(): readonly MetricPoint[] {
    const page: MetricPoint[] = [];
    while (page.length < this.#limits.page) {
      const cursor = this.#openCursor();
      if (!cursor) break;
      const { key, series } = cursor;
      const end = Math.min(series.steps.length, cursor.next + this.#limits.page - page.length);
      for (let i = cursor.next; i < end; i++)
        page.push({ key, step: series.steps[i], value: series.values[i], elapsedMs: series.elapsedMs[i] });
      cursor.next = end;
      this.#last.set(key, series.steps[end - 1]);
      if (end === series.steps.length) this.#cursor = undefined;
    }
    return page;
  }

  /** The metric being read, or the next that has points to read; undefined when all are up to date. */
  #openCursor(): Cursor | undefined {
    if (this.#cursor) return this.#cursor;
    for (const key of this.#behind) {
      const series = this.#recorded.read(key, (this.#last.get(key) ?? -1) + 1);
      if (series.steps.length > 0) return (this.#cursor = { key, series, next: 0 });
      this.#behind.delete(key);
    }
    return undefined;
  }
}
