/** What a shell may ask of the host. */
import type { DeviceId } from '../../core/protocol/devices.ts';
import type { RunUpdate } from '../../core/protocol/run-updates.ts';
import type { SpawnWorker } from './runs/worker-process.ts';

export interface HostOptions {
  /** Folder of the home; LATHE_HOME or the platform's place when absent. */
  readonly home?: string;
  /** Reads only: works beside another process that trains on the same home. */
  readonly readOnly?: boolean;
  readonly spawnWorker?: SpawnWorker;
  /** Whether a worker is kept started and waiting, for a person who looks on. */
  readonly keepsSpareWorker?: boolean;
  readonly now?: () => number;
}

export interface TrainOptions {
  readonly name?: string;
  readonly experiment?: string;
  readonly tags?: readonly string[];
  readonly notes?: string;
  readonly threads?: number;
  /** Threads when neither `threads` nor the document says how many; all cores when absent. */
  readonly usualThreads?: number;
  readonly device?: DeviceId;
  /** Consent to compute on the CPU what the device lacks; without it such a run is refused. */
  readonly mayUseCpu?: boolean;
  /** The memory that training may take on the CPU, in bytes: what does not fit is recomputed, or refused. What is free when absent. */
  readonly memoryBytes?: number;
  /** Stop (resumable) after this many steps. */
  readonly stepLimit?: number;
  readonly onUpdate?: (update: RunUpdate) => void;
}

/** How a run goes on; on the run's own device, and as its record allows, when absent. */
export type ResumeOptions = Pick<TrainOptions, 'device' | 'mayUseCpu' | 'memoryBytes' | 'stepLimit' | 'onUpdate'>;

/** A fork starts at this step's checkpoint; at the latest when absent. */
export type ForkOptions = TrainOptions & { readonly step?: number };

export interface DrawOptions {
  readonly count: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, number | string>>;
  /** A checkpoint's step; the latest when absent. */
  readonly step?: number;
  /** The run's own when absent. */
  readonly device?: DeviceId;
  readonly mayUseCpu?: boolean;
  readonly onUpdate?: (update: RunUpdate) => void;
  /** Gives the job up when aborted: it is refused as `cancelled`. */
  readonly signal?: AbortSignal;
}

/** How a job that is no run is watched and given up. */
export type JobOptions = Pick<DrawOptions, 'onUpdate' | 'signal'>;
