/** What a stream's subscriber has not taken in yet, brought together so that a slow screen costs little and loses nothing. */
import type { RunsStreamItem, StreamItem } from '../../core/protocol/streams.ts';

/** Items on their way to one subscriber. */
export interface Waiting<Item> {
  add(item: Item): void;
  /** All that waits (or a bounded part of it) as one item, which then no longer waits; undefined when nothing does. */
  take(): Item | undefined;
  /** Things kept in memory that cannot be brought together any further. */
  readonly size: number;
}

/** Only the newest counts. */
export class LatestWaiting<Item> implements Waiting<Item> {
  readonly size = 0;
  #item: Item | undefined;

  add(item: Item): void {
    this.#item = item;
  }

  take(): Item | undefined {
    const item = this.#item;
    this.#item = undefined;
    return item;
  }
}

/** Lists of things that have a name: of each only the newest counts, in the order of their last change. */
class LatestByKeyWaiting<Part> implements Waiting<readonly Part[]> {
  readonly #parts = new Map<string | number, Part>();
  readonly #keyOf: (part: Part) => string | number;

  constructor(keyOf: (part: Part) => string | number) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#parts.size;
  }

  add(parts: readonly Part[]): void {
    for (const part of parts) {
      const key = this.#keyOf(part);
      this.#parts.delete(key);
      this.#parts.set(key, part);
    }
  }

  take(): readonly Part[] | undefined {
    if (this.#parts.size === 0) return undefined;
    const parts = [...this.#parts.values()];
    this.#parts.clear();
    return parts;
  }
}

export function runsWaiting(): Waiting<StreamItem<'runs'>> {
  return new LatestByKeyWaiting((part: RunsStreamItem) => (part.type === 'run' ? part.run.id : part.run));
}

export function jobsWaiting(): Waiting<StreamItem<'jobs'>> {
  return new LatestByKeyWaiting((part: StreamItem<'jobs'>[number]) => part.request);
}
