/** Jobs that are no runs (drawing, evaluating, exporting, importing data): each in a worker of its own, until it is given up. */
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { JobOptions } from '../options.ts';
import { TaskFailure } from './failure.ts';
import type { Job } from './messages.ts';
import type { SpareWorker } from './spare-worker.ts';
import { runJob, type SpawnWorker } from './worker-process.ts';

export class Jobs {
  readonly #worker: SpawnWorker;
  readonly #spare: SpareWorker | undefined;
  /** Ends each job in progress. */
  readonly #cancels = new Set<() => void>();

  /** @param worker starts a worker, or gives the one that waits: `spare`, where one is kept */
  constructor(worker: SpawnWorker, spare?: SpareWorker) {
    this.#worker = worker;
    this.#spare = spare;
  }

  /** Does a job that ends in one result. @throws TaskFailure `cancelled`, and whatever the job throws */
  async do<Result = JsonValue>(job: Job, { onUpdate = () => {}, signal }: JobOptions = {}): Promise<Result> {
    const cancelled = (): TaskFailure => new TaskFailure('cancelled', 'it was cancelled');
    if (signal?.aborted) throw cancelled();
    const { done, cancel } = runJob<Result>(this.#worker, job, onUpdate);
    // Data is imported for a run, as a rule, which then wants a worker too.
    if (job.kind === 'data') this.#spare?.startNow();
    this.#cancels.add(cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await done;
    } catch (error) {
      throw signal?.aborted ? cancelled() : error;
    } finally {
      this.#cancels.delete(cancel);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends all of them at once. */
  interrupt(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
