/** Curves that grow while one looks on: typed arrays with room to spare, so that a point costs no copy of those before it. */
import type { MetricLine } from '../../../core/protocol/metric-lines.ts';
import type { MetricPoint } from '../../../core/protocol/records.ts';

const firstRoom = 256;
const columns = ['steps', 'values', 'elapsedMs', 'low', 'high'] as const;
type Column = (typeof columns)[number];

/** What a plot takes: views on the first `length` numbers, by step ascending. */
export interface CurveView {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Training time since the run began, in milliseconds. */
  readonly elapsedMs: Float64Array;
  /** Lowest and highest value of what each point stands for; null when each stands for itself. */
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
}

/** One metric of a run. */
export class Curve {
  #columns: Record<Column, Float64Array>;
  #length = 0;
  /** Points at its beginning that each stand for several recorded ones. */
  #thinned = 0;

  constructor(room = firstRoom) {
    this.#columns = Object.fromEntries(columns.map((name) => [name, new Float64Array(room)])) as Record<
      Column,
      Float64Array
    >;
  }

  static of(line: MetricLine): Curve {
    const curve = new Curve(Math.max(firstRoom, 2 * line.steps.length));
    const { steps, values, elapsedMs } = line;
    const parts = { steps, values, elapsedMs, low: line.low ?? values, high: line.high ?? values };
    for (const name of columns) curve.#columns[name].set(parts[name]);
    curve.#length = steps.length;
    curve.#thinned = line.low ? steps.length : 0;
    return curve;
  }

  get length(): number {
    return this.#length;
  }

  /** The last step it has; −1 of none. */
  get lastStep(): number {
    return this.#length > 0 ? this.#columns.steps[this.#length - 1]! : -1;
  }

  get lastValue(): number | undefined {
    return this.#length > 0 ? this.#columns.values[this.#length - 1] : undefined;
  }

  /** Adds a point beyond the last one. @returns false for one that is there already */
  add({ step, value, elapsedMs }: Omit<MetricPoint, 'key'>): boolean {
    if (step <= this.lastStep) return false;
    if (this.#length === this.#columns.steps.length) this.#grow();
    const point: Record<Column, number> = { steps: step, values: value, elapsedMs, low: value, high: value };
    for (const name of columns) this.#columns[name][this.#length] = point[name];
    this.#length++;
    return true;
  }

  /** Forgets what came after a step. @returns whether points that stand for several were among it */
  rewind(step: number): boolean {
    while (this.lastStep > step) this.#length--;
    const cut = this.#thinned > this.#length;
    this.#thinned = Math.min(this.#thinned, this.#length);
    return cut;
  }

  view(): CurveView {
    const part = (name: Column): Float64Array => this.#columns[name].subarray(0, this.#length);
    const isThinned = this.#thinned > 0;
    return {
      steps: part('steps'),
      values: part('values'),
      elapsedMs: part('elapsedMs'),
      low: isThinned ? part('low') : null,
      high: isThinned ? part('high') : null,
    };
  }

  #grow(): void {
    for (const name of columns) {
      const larger = new Float64Array(2 * this.#columns[name].length);
      larger.set(this.#columns[name]);
      this.#columns[name] = larger;
    }
  }
}

/** All metrics of a run, and which of them changed when. */
export class CurveStore {
  readonly #curves = new Map<string, Curve>();
  readonly #turns = new Map<string, number>();
  #turn = 0;

  /** Another number after each change of a metric. */
  turnOf(key: string): number {
    return this.#turns.get(key) ?? 0;
  }

  /** Sorted by name. */
  get keys(): readonly string[] {
    return [...this.#curves.keys()].toSorted();
  }

  get(key: string): Curve | undefined {
    return this.#curves.get(key);
  }

  /** Takes recorded history in place of what there is of these metrics. */
  load(lines: readonly MetricLine[]): void {
    for (const line of lines) this.#put(line.key, Curve.of(line));
  }

  add(points: readonly MetricPoint[]): void {
    for (const point of points) {
      const curve = this.#curves.get(point.key) ?? new Curve();
      if (curve.add(point)) this.#put(point.key, curve);
    }
  }

  /** Forgets what came after a step, which is made again. @returns whether the record must be read again to be whole */
  rewind(step: number): boolean {
    let cut = false;
    for (const [key, curve] of this.#curves) {
      if (curve.lastStep <= step) continue;
      cut = curve.rewind(step) || cut;
      this.#put(key, curve);
    }
    return cut;
  }

  /** The last step there is of each metric, for asking for what follows. */
  lastSteps(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#curves].map(([key, curve]) => [key, curve.lastStep]));
  }

  #put(key: string, curve: Curve): void {
    this.#curves.set(key, curve);
    this.#turns.set(key, ++this.#turn);
  }
}
