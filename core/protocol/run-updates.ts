/** What is said about work in progress, from the worker to the host and from the host to everyone who watches. */
import type { DataInfo, Split } from '../data/data-info.ts';
import type { Insight } from '../metrics/insight.ts';
import type { JsonValue, MetricPoint, RunFailure } from './records.ts';

/** A scalar turned by hand: from this step on it has this value instead of its schedule's (null: the schedule again). */
export interface ScalarTurn {
  readonly step: number;
  readonly name: string;
  readonly value: number | null;
}

/** What a run's steps have cost by the machine's own counters, pauses left out, or why that is not known. */
export type RunEnergy =
  | { readonly joules: number; /** Steps in which it was measured. */ readonly steps: number }
  | { readonly reason: string };

export interface WrittenArtifact {
  readonly kind: 'checkpoint' | 'samples' | 'export';
  readonly name: string;
  readonly step: number | null;
  /** Relative to the run's folder (or the job's out folder), with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly meta: JsonValue;
}

/** Euclidean norms over all parameters of one layer. */
export interface LayerNorms {
  /** `encoder/mean`: the parameters' common name. */
  readonly name: string;
  readonly weight: number;
  /** Before clipping by norm; null where the step does not tell. */
  readonly gradient: number | null;
}

/** One message about a run in progress, or another job. */
export type RunUpdate =
  /** The model is loaded; training starts at `step`. */
  | {
      readonly type: 'ready';
      readonly step: number;
      readonly totalSteps: number;
      readonly engineBuild: string;
      readonly data: DataInfo;
      readonly parameters: number;
      readonly compileMs: number;
    }
  /** Everything measured since the last such message. `step` counts finished steps; `rssBytes` is what the worker holds in memory, absent where points come from the record. */
  | {
      readonly type: 'metrics';
      readonly step: number;
      readonly points: readonly MetricPoint[];
      readonly stepsPerSecond: number;
      readonly rssBytes?: number;
      readonly energy?: RunEnergy;
      /** Of graphics processors; absent where the run does not compute on one. */
      readonly gpuEnergy?: RunEnergy;
    }
  /** Now and then while training: how large each layer's weights are, and the gradient they got in the step that led to them. */
  | { readonly type: 'norms'; readonly step: number; readonly layers: readonly LayerNorms[] }
  /** What an evaluation found example by example. */
  | { readonly type: 'insight'; readonly step: number; readonly split: Split; readonly insight: Insight }
  /** Whether the run waits for a person. */
  | { readonly type: 'paused'; readonly paused: boolean; readonly step: number }
  | {
      readonly type: 'checkpoint';
      readonly step: number;
      readonly points: readonly MetricPoint[];
      readonly artifact: WrittenArtifact;
      readonly superseded: readonly string[];
    }
  | { readonly type: 'artifact'; readonly artifact: WrittenArtifact }
  | {
      readonly type: 'event';
      readonly level: 'info' | 'warning' | 'error';
      readonly code: string;
      readonly message: string;
      readonly data?: JsonValue;
    }
  | { readonly type: 'progress'; readonly what: string; readonly done: number; readonly total: number | undefined }
  /** A training job ended in order. */
  | {
      readonly type: 'ended';
      readonly status: 'finished' | 'stopped' | 'interrupted' | 'diverged';
      readonly step: number;
      readonly failure?: RunFailure;
    }
  /** Any other job's result. */
  | { readonly type: 'result'; readonly value: JsonValue }
  | { readonly type: 'failed'; readonly failure: RunFailure };
