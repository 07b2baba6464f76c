/** How fast this machine computes: measured once for an engine, a processor and a number of threads, then read from a file. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  measurementSchema,
  ratesSchema,
  type MachineRates,
  type Measurement,
} from '../../core/protocol/machine-rates.ts';
import type { Host } from '../host/host.ts';
import { readJsonFile, Sequence, writeJsonFile } from './json-file.ts';
import { ServiceError } from './service-error.ts';

/** What is measured on another machine, or by another engine, counts for nothing. */
const fileSchema = z.strictObject({
  machine: z.string(),
  /** By the number of threads. */
  byThreads: z.record(z.string().regex(/^\d+$/), ratesSchema),
});
type Kept = z.output<typeof fileSchema>;

/**
 * What was measured while something else used the processor stands this long before it is measured again, then twice as
 * long and so on: a machine that is busy for hours is not to be made busier.
 */
const doubtfulMs = { first: 20_000, most: 600_000 } as const;
/** How soon a measurement notices that a run has begun, and gives way to it. */
const lookEveryMs = 100;

export interface MachineRatesOptions {
  readonly file: string;
  /** Whether a run of this host trains now. */
  readonly isTraining: () => boolean;
  /** Names the engine's build and the processor. */
  readonly machine: () => Promise<string>;
  readonly measure: (threads: number, signal: AbortSignal) => Promise<unknown>;
  readonly now?: () => number;
}

interface Doubtful {
  readonly measured: Measurement;
  readonly waitMs: number;
  readonly untilMs: number;
}

export class MachineRatesService {
  readonly #options: MachineRatesOptions;
  readonly #now: () => number;
  readonly #sequence = new Sequence();
  /** By the number of threads: what is not kept. */
  readonly #doubtful = new Map<number, Doubtful>();

  constructor(options: MachineRatesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Of the host's own machine, kept in its home. */
  static of(host: Host): MachineRatesService {
    return new MachineRatesService({
      file: join(host.home.root, 'cache', 'machine-rates.json'),
      isTraining: () => host.isTraining,
      machine: thisMachine,
      measure: (threads, signal) => host.job({ kind: 'rates', threads }, { signal }),
    });
  }

  /** @throws ServiceError `busy` while a run trains and nothing is known yet, FileError, and what measuring throws */
  of(threads: number): Promise<MachineRates> {
    return this.#sequence.run(async () => {
      const machine = await this.#options.machine();
      const kept = this.#kept(machine);
      const known = kept.byThreads[threads];
      if (known) return { rates: known, threads, isSteady: true };
      const doubtful = this.#doubtful.get(threads);
      if (doubtful && (this.#options.isTraining() || this.#now() < doubtful.untilMs))
        return { ...doubtful.measured, threads };
      const measured = await this.#measure(threads);
      if (measured.isSteady) {
        this.#doubtful.delete(threads);
        const byThreads = { ...kept.byThreads, [threads]: measured.rates };
        await writeJsonFile(this.#options.file, { machine, byThreads } satisfies Kept);
      } else {
        const waitMs = doubtful ? Math.min(2 * doubtful.waitMs, doubtfulMs.most) : doubtfulMs.first;
        this.#doubtful.set(threads, { measured, waitMs, untilMs: this.#now() + waitMs });
      }
      return { ...measured, threads };
    });
  }

  /** A damaged file is kept aside. */
  #kept(machine: string): Kept {
    const none: Kept = { machine, byThreads: {} };
    const { value } = readJsonFile(this.#options.file, fileSchema, none);
    return value.machine === machine ? value : none;
  }

  /** Gives up when a run begins: it would slow the run down, and be wrong. */
  async #measure(threads: number): Promise<Measurement> {
    const { isTraining, measure } = this.#options;
    if (isTraining()) throw runIsTraining();
    const giveUp = new AbortController();
    const timer = setInterval(() => isTraining() && giveUp.abort(), lookEveryMs);
    try {
      const measured = measurementSchema.parse(await measure(threads, giveUp.signal));
      if (isTraining()) throw runIsTraining();
      return measured;
    } catch (error) {
      throw giveUp.signal.aborted ? runIsTraining() : error;
    } finally {
      clearInterval(timer);
    }
  }
}

const runIsTraining = (): ServiceError =>
  new ServiceError('busy', 'not measured: a run is training', {
    hint: 'the speed of this machine is measured when no run trains',
  });

/** Loads the engine's library, which starting need not wait for. */
async function thisMachine(): Promise<string> {
  const { engineBuildId } = await import('../host/compute/build-id.ts');
  const processors = cpus();
  return `${engineBuildId('cpu')}, ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`;
}
