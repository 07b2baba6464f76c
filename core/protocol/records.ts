/**
 * What is recorded of experiments and runs, in MLflow's words: the shapes the store returns and every screen and
 * command reads.
 */

export const runStatuses = ['queued', 'running', 'finished', 'failed', 'diverged', 'interrupted', 'stopped'] as const;
/**
 * `interrupted`: its process died, it can resume; `stopped`: a person ended it, it can resume; `diverged`: a value was
 * not finite; `failed`: any other error.
 */
export type RunStatus = (typeof runStatuses)[number];

/** Anything JSON holds. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface Experiment {
  readonly name: string;
  readonly createdMs: number;
  readonly runCount: number;
}

/** Why a run ended badly, as data. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
  /** The step in progress. */
  readonly step?: number;
  /** The first graph node that produced a value that is not finite. */
  readonly node?: string;
  readonly hint?: string;
}

export interface Run {
  /** 12 characters, sortable by creation. */
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  /** The task's type: `vae`, `gan`, `diffusion`, … */
  readonly family: string;
  readonly status: RunStatus;
  /** Times in milliseconds since 1970. */
  readonly createdMs: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  readonly documentHash: string;
  readonly dataSource: string;
  /** The folder that relative data paths are taken from. */
  readonly baseDir: string;
  readonly dataHash: string;
  readonly seed: number;
  readonly threads: number;
  /** `cpu`, `cuda`, … */
  readonly device: string;
  /** Name and version of what computed it, for example `onnxruntime 1.30.0 linux-x64`. */
  readonly engineBuild: string;
  /** Set on a fork: the run it started from (which may since have been deleted) and the step it left it at. */
  readonly parent: { readonly run: string; readonly step: number } | null;
  readonly totalSteps: number;
  /** Steps completed and flushed. */
  readonly currentStep: number;
  readonly error: RunFailure | null;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly pinned: boolean;
  /** A CSS colour for its curves; null lets the screen choose. */
  readonly colour: string | null;
}

/** A run with the text of its document, which listings leave out. */
export interface RunDetail extends Run {
  readonly document: string;
}

/** One field of a run's document, by its dotted path. */
export interface Param {
  readonly key: string;
  readonly value: string | number | boolean | null;
}

export interface MetricPoint {
  readonly key: string;
  /** A whole number from 0. */
  readonly step: number;
  /** NaN and infinities are kept. */
  readonly value: number;
  /** Training time since the run began, summed over resumes, in milliseconds. */
  readonly elapsedMs: number;
}

/** All points of one metric, ordered by step: three arrays of one length. */
export interface MetricSeries {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly elapsedMs: Float64Array;
}

export type ArtifactKind = 'checkpoint' | 'samples' | 'report' | 'export' | 'score' | 'log';

export interface Artifact {
  readonly id: number;
  readonly kind: ArtifactKind;
  readonly name: string;
  readonly step: number | null;
  /** Relative to the run's folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly meta: JsonValue;
  readonly createdMs: number;
}

export interface Score {
  readonly step: number;
  /** For example `frechet`, `precision`, `modesCovered`. */
  readonly metric: string;
  readonly value: number;
  /** The bootstrap interval; null when none was made. */
  readonly low: number | null;
  readonly high: number | null;
  readonly extractorHash: string | null;
  /** Samples it was computed from. */
  readonly n: number;
  readonly seed: number;
  /** How images were resized for the extractor, for example `bilinear-antialias 32`. */
  readonly resize: string | null;
  readonly extra: JsonValue;
  readonly createdMs: number;
}

export type EventLevel = 'info' | 'warning' | 'error';

export interface RunEvent {
  readonly timeMs: number;
  readonly level: EventLevel;
  /** A stable word to match on: `resumed`, `checkpoint`, `diverged`, … */
  readonly code: string;
  readonly message: string;
  readonly data: JsonValue;
}

/** What running a run again has shown. */
export interface ReplayOutcome {
  readonly run: string;
  /** The run that the replay was recorded as. */
  readonly replay: string;
  readonly step: number;
  /** Whether every tensor of the state is equal bit for bit. */
  readonly identical: boolean;
  readonly sameEngine: boolean;
  /** How many tensors differ, and the largest differences. */
  readonly differing: number;
  readonly largest: readonly { readonly tensor: string; readonly largest: number; readonly relative: number }[];
  /** All of it in one sentence. */
  readonly words: string;
}

/** A run in the queue, and what it waits for, in words: `2 cores: 1 of 4 is free`. */
export interface WaitingRun {
  readonly run: string;
  readonly reason: string;
}
