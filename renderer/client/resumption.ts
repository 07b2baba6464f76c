/** What a subscription must say when it is made again after the host was lost, so that nothing is missed or comes twice. */
import type { RunStreamItem, StreamInput, StreamItem, StreamName } from '../../core/protocol/streams.ts';
import type { MetricPoint } from '../../core/protocol/records.ts';

export interface Resumption<Name extends StreamName> {
  /** Notes what an item that was taken in brought. */
  taken(item: StreamItem<Name>): void;
  /** The input to subscribe with, the first time and each time after. */
  input(): StreamInput<Name>;
}

/** Only a run's stream has something to remember: the last step it has of each metric. */
export function resumptionOf<Name extends StreamName>(stream: Name, input: StreamInput<Name>): Resumption<Name> {
  if (stream !== 'run') return { taken: () => {}, input: () => input };
  return new RunResumption(input as StreamInput<'run'>) as unknown as Resumption<Name>;
}

class RunResumption implements Resumption<'run'> {
  readonly #input: StreamInput<'run'>;
  readonly #last: Map<string, number>;

  constructor(input: StreamInput<'run'>) {
    this.#input = input;
    this.#last = new Map(Object.entries(input.after ?? {}));
  }

  taken(items: readonly RunStreamItem[]): void {
    for (const item of items) {
      if (item.type === 'metrics' || item.type === 'checkpoint') this.#add(item.points);
      else if (item.type === 'ready') this.#rewind(item.step);
    }
  }

  input(): StreamInput<'run'> {
    // One that began with what is to come and has seen nothing yet begins so again.
    return this.#last.size > 0 ? { ...this.#input, after: Object.fromEntries(this.#last) } : this.#input;
  }

  #add(points: readonly MetricPoint[]): void {
    for (const { key, step } of points) if (step > (this.#last.get(key) ?? -1)) this.#last.set(key, step);
  }

  #rewind(step: number): void {
    for (const [key, last] of this.#last) if (last > step) this.#last.set(key, step);
  }
}
