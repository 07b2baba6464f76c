/**
 * The whole boundary between the host and its screens, in one table: every request with the schema its input is parsed by
 * and the type of its answer. What a screen may subscribe to instead stands in `streams.ts`.
 *
 * Answers may hold typed arrays: they travel as bytes, never as JSON text.
 */
import { z } from 'zod';
import type { DataInfo } from '../data/data-info.ts';
import type { Insight } from '../metrics/insight.ts';
import type { AppInfo } from './app-info.ts';
import type { DataSummary } from './data-summary.ts';
import type { DeviceInfo } from './devices.ts';
import type { Draft, FolderListing, OpenedDocument, RecentDocument, Template } from './documents.ts';
import {
  cpuConsent,
  dataRequest,
  documentText,
  drawRequest,
  floats,
  none,
  oneRun,
  oneRunAgain,
  path,
  rawBytes,
  runFilter,
  runId,
  seed,
  split,
  startRun,
} from './inputs.ts';
import type { InsightMoment, Judged, NormMoment } from './insights.ts';
import type { MachineRates } from './machine-rates.ts';
import { answers } from './method-spec.ts';
import { mostLines, type MetricLine } from './metric-lines.ts';
import type {
  Artifact,
  Experiment,
  JsonValue,
  MetricPoint,
  Param,
  ReplayOutcome,
  Run,
  RunDetail,
  RunEvent,
  Score,
  WaitingRun,
} from './records.ts';
import type { RunModel } from './run-model.ts';
import type { Explained, SampleMoment, Samples } from './samples.ts';
import { settingsChange, type Settings } from './settings.ts';

/** Every request. Names say the room and what is done there. */
export const hostMethods = {
  'app.info': answers<AppInfo>()(none),
  'app.devices': answers<readonly DeviceInfo[]>()(none),
  /** For predicting times, with the threads of a run unless told; `busy` while a run trains and none are known. */
  'machine.rates': answers<MachineRates>()(z.strictObject({ threads: z.int().min(1).max(256).optional() })),
  'settings.get': answers<Settings>()(none),
  'settings.set': answers<Settings>()(settingsChange),

  'documents.templates': answers<readonly Template[]>()(none),
  'documents.recent': answers<readonly RecentDocument[]>()(none),
  'documents.open': answers<OpenedDocument>()(z.strictObject({ path })),
  /** `expectedMs`: refuse (code `changed`) when another program wrote the file since. */
  'documents.save': answers<OpenedDocument>()(
    z.strictObject({ path, text: documentText, expectedMs: z.number().optional() }),
  ),
  'drafts.list': answers<readonly Draft[]>()(none),
  'drafts.save': answers<null>()(
    z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/), path: path.nullable(), text: documentText }),
  ),
  'drafts.remove': answers<null>()(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/) })),

  /** Folders a person picks from; `''` is their own. */
  'files.list': answers<FolderListing>()(
    z.strictObject({ path: z.string().max(4096), endings: z.array(z.string().max(16)).max(16).optional() }),
  ),
  /** Brings a dropped file into the home, in pieces; the last piece gives the file's path. */
  'files.upload': answers<{ readonly path: string; readonly folder: string }>()(
    z.strictObject({
      batch: z.string().regex(/^[a-z0-9-]{1,64}$/),
      name: z.string().min(1).max(1024),
      bytes: rawBytes,
      offset: z.int().min(0),
      last: z.boolean(),
    }),
  ),

  'data.sources':
    answers<readonly { readonly source: string; readonly title: string; readonly kind: string }[]>()(none),
  /** Shape, classes and counts; imports the data the first time. */
  'data.info': answers<DataInfo>()(dataRequest),
  'data.summary': answers<DataSummary>()(dataRequest),
  'data.samples': answers<Samples>()(
    z.strictObject({
      ...dataRequest.shape,
      of: split,
      start: z.int().min(0),
      count: z.int().min(1).max(1024),
      class: z.int().min(0).optional(),
    }),
  ),

  'runs.list': answers<readonly Run[]>()(runFilter),
  'runs.get': answers<RunDetail>()(oneRun),
  /** What waits to train, in the order it came. */
  'runs.queue': answers<readonly WaitingRun[]>()(none),
  'runs.experiments': answers<readonly Experiment[]>()(none),
  'runs.params': answers<Readonly<Record<string, readonly Param[]>>>()(
    z.strictObject({ runs: z.array(runId).max(10_000) }),
  ),
  /** The newest value of each metric of each run. */
  'runs.lastMetrics': answers<Readonly<Record<string, readonly MetricPoint[]>>>()(
    z.strictObject({ runs: z.array(runId).max(10_000) }),
  ),
  'runs.metricKeys': answers<readonly string[]>()(oneRun),
  /** All metrics where `keys` are absent. `buckets`: thin to about twice so many points, keeping extremes; absent: every point. */
  'runs.metrics': answers<readonly MetricLine[]>()(
    z.strictObject({
      run: runId,
      keys: z.array(z.string().max(200)).max(mostLines).optional(),
      fromStep: z.number().optional(),
      toStep: z.number().optional(),
      buckets: z.int().min(10).max(10_000).optional(),
    }),
  ),
  'runs.events': answers<readonly RunEvent[]>()(oneRun),
  'runs.scores': answers<Readonly<Record<string, readonly Score[]>>>()(
    z.strictObject({ runs: z.array(runId).max(10_000) }),
  ),
  /** Norms of layers while it trained, thinned, by step. */
  'runs.norms': answers<readonly NormMoment[]>()(oneRun),
  'runs.insights': answers<readonly InsightMoment[]>()(oneRun),
  'runs.insight': answers<Insight>()(
    z.strictObject({ run: runId, kind: z.enum(['confusion', 'scores', 'activity']), split, step: z.int().min(0) }),
  ),
  'runs.artifacts': answers<readonly Artifact[]>()(oneRun),
  'runs.model': answers<RunModel>()(oneRun),
  'runs.moments': answers<readonly SampleMoment[]>()(oneRun),
  'runs.momentSamples': answers<Samples>()(
    z.strictObject({ run: runId, step: z.int().min(0), output: z.string().max(64) }),
  ),
  'runs.edit': answers<Run>()(
    z.strictObject({
      run: runId,
      name: z.string().min(1).max(200).optional(),
      notes: z.string().max(20_000).optional(),
      tags: z.array(z.string().min(1).max(64)).max(50).optional(),
      pinned: z.boolean().optional(),
      colour: z
        .string()
        .regex(/^#[0-9a-f]{6}$/)
        .nullable()
        .optional(),
    }),
  ),
  'runs.delete': answers<null>()(z.strictObject({ runs: z.array(runId).max(1000) })),

  'runs.start': answers<Run>()(startRun),
  'runs.resume': answers<Run>()(oneRunAgain),
  /** Trains a run again from its seed, beside what the queue does, and compares; the outcome becomes an event of the run. */
  'runs.replay': answers<ReplayOutcome>()(oneRunAgain),
  'runs.fork': answers<Run>()(
    z.strictObject({
      run: runId,
      step: z.int().min(0).optional(),
      text: documentText,
      name: z.string().max(200).optional(),
      ...cpuConsent,
    }),
  ),
  /** Makes exactly one more step and pauses. */
  'runs.step': answers<null>()(oneRun),
  'runs.pause': answers<null>()(oneRun),
  'runs.continue': answers<null>()(oneRun),
  'runs.stop': answers<null>()(oneRun),
  'runs.turn': answers<null>()(
    z.strictObject({ run: runId, scalar: z.string().max(200), value: z.number().nullable() }),
  ),

  'runs.sample': answers<readonly Samples[]>()(drawRequest),
  /** What the model makes of latents: `count` rows of the model's `latentSize`; of a conditional model, `label` −1 is its first class. */
  'runs.decode': answers<Samples>()(
    z.strictObject({
      run: runId,
      step: z.int().min(0).optional(),
      latents: floats,
      count: z.int().min(1).max(1024),
      label: z.int().min(-1).default(-1),
    }),
  ),
  /** Latent means of examples, for the latent map; `indices` are the examples' places in their split. */
  'runs.encode': answers<{
    readonly size: number;
    readonly latents: Float32Array;
    readonly labels: Int32Array | null;
    readonly indices: Int32Array;
  }>()(z.strictObject({ run: runId, step: z.int().min(0).optional(), of: split, count: z.int().min(1).max(5000) })),
  /** The classes that examples are taken for, in the order evaluations look at them. */
  'runs.judge': answers<Judged>()(
    z.strictObject({ run: runId, step: z.int().min(0).optional(), of: split, count: z.int().min(1).max(10_000) }),
  ),
  /** What in examples a class's score hangs on; `method` is one of the model's `saliencyMethods`. */
  'runs.explain': answers<Explained>()(
    z.strictObject({
      run: runId,
      step: z.int().min(0).optional(),
      of: split,
      indices: z.array(z.int().min(0)).min(1).max(64),
      score: z.union([z.int().min(0), z.enum(['predicted', 'actual'])]),
      method: z.string().max(64),
    }),
  ),
  /**
   * The states of a sampler on its way, from pure noise to the sample, evenly spaced: the denoising strip. Sample i's
   * `moments` states stand together: row i·moments + k.
   */
  'runs.strip': answers<Samples>()(z.strictObject({ ...drawRequest.shape, moments: z.int().min(2).max(50) })),
  /** Training samples nearest to drawn ones, by the distance between their values (pictures as the model sees them). */
  'runs.nearest': answers<{
    readonly samples: Samples;
    readonly neighbours: Samples;
    readonly distances: Float64Array;
  }>()(drawRequest),
  'runs.evaluate': answers<JsonValue>()(drawRequest),
  'runs.export': answers<JsonValue>()(z.strictObject({ run: runId, step: z.int().min(0).optional(), folder: path })),
  'runs.report': answers<{ readonly html: string; readonly picture: string | null; readonly summary: string }>()(
    z.strictObject({
      runs: z.array(runId).min(1).max(50),
      folder: path,
      title: z.string().max(200),
      seed,
      count: z.int().min(1).max(256),
    }),
  ),
} as const;

export type HostMethods = typeof hostMethods;
export type MethodName = keyof HostMethods;
export type MethodInput<Name extends MethodName> = z.input<HostMethods[Name]['input']>;
export type ParsedInput<Name extends MethodName> = z.output<HostMethods[Name]['input']>;
export type MethodOutput<Name extends MethodName> = Exclude<HostMethods[Name]['output'], undefined>;
