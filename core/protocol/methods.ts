/**
 * The whole boundary between the host and its screens, in one file: every request with the schema its input is parsed by
 * and the type of its answer, and every stream a screen may subscribe to.
 *
 * Answers may hold typed arrays: they travel as bytes, never as JSON text.
 */
import { z } from 'zod';
import type { MachineRates } from './machine-rates.ts';
import { settingsChange, type Settings } from './settings.ts';
import type { DataInfo, Split } from '../data/data-info.ts';
import type { Insight } from '../metrics/insight.ts';
import type { DeviceId } from './devices.ts';
import type { InsightMoment, Judged, NormMoment } from './insights.ts';
import type { Placement } from './placement.ts';
import type {
  Artifact,
  Experiment,
  JsonValue,
  MetricPoint,
  Param,
  Run,
  RunDetail,
  RunEvent,
  Score,
  ReplayOutcome,
  WaitingRun,
} from './records.ts';
import { runStatuses } from './records.ts';
import type { RunUpdate } from './run-updates.ts';

const runId = z.string().min(1).max(64);
const path = z.string().min(1).max(4096);
const documentText = z.string().max(1_000_000);
const optionValues = z.record(z.string().max(64), z.union([z.number(), z.string().max(4000)]));
const none = z.strictObject({});
const oneRun = z.strictObject({ run: runId });
/** Whether a person lets the CPU compute what the device lacks; the setting and what the run was allowed before when left out. */
const cpuConsent = { mayUseCpu: z.boolean().optional() };
const oneRunAgain = z.strictObject({ run: runId, ...cpuConsent });
const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const split = z.enum(['train', 'validation', 'test']);
/** Typed arrays over any kind of buffer. */
const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, 'expected a Float32Array');
const rawBytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array');

export interface AppInfo {
  readonly version: string;
  readonly home: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** What a person should know of how the home was found, in whole sentences: a damaged file kept aside, and such. */
  readonly notices: readonly string[];
}

export interface Template {
  /** File name without ending: `vae`. */
  readonly name: string;
  readonly title: string;
  readonly family: string;
  /** The comment at its top. */
  readonly about: string;
  readonly text: string;
  /** The folder its relative data paths are taken from. */
  readonly baseDir: string;
}

export interface OpenedDocument {
  readonly path: string;
  readonly text: string;
  /** Milliseconds since 1970 of the file's last change, for finding out that another program wrote it. */
  readonly modifiedMs: number;
}

export interface RecentDocument {
  readonly path: string;
  readonly name: string;
  readonly family: string;
  readonly openedMs: number;
  readonly exists: boolean;
}

/** Edits that were not saved when the window or the machine went away. */
export interface Draft {
  readonly id: string;
  /** The file it belongs to; null when it was never saved. */
  readonly path: string | null;
  readonly text: string;
  readonly changedMs: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface FolderListing {
  readonly path: string;
  readonly parent: string | null;
  readonly entries: readonly FolderEntry[];
}

/** Metrics that one request may ask for. */
export const mostLines = 200;

/** Points of one metric; thinned ones carry the lowest and highest value of each bucket. */
export interface MetricLine {
  readonly key: string;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly elapsedMs: Float64Array;
  /** Of thinned lines, as long as `values` (then the bucket's mean); null when every point is there. */
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
  /** Points recorded, thinned or not. */
  readonly total: number;
}

/** Samples with their real shape; `data` is [count, …shape] in `range`. */
export interface Samples {
  readonly name: string;
  readonly label: string;
  readonly kind: 'image' | 'points' | 'table' | 'text' | 'classScores';
  readonly shape: readonly number[];
  readonly range: 'unit' | 'symmetric';
  readonly data: Float32Array;
  /** What each was made from, shaped like the data's samples; null when there is none. */
  readonly reference: Float32Array | null;
  readonly referenceShape: readonly number[] | null;
  readonly labels: Int32Array | null;
}

/** What in examples a class's score hangs on. */
export interface Explained {
  /** Class scores, with the examples as their reference and true classes as labels. */
  readonly samples: Samples;
  /** Signed weights of the input values, shaped like `samples.reference`. */
  readonly saliency: Float32Array;
  /** The class explained, of each. */
  readonly classes: Int32Array;
}

/** One moment of a run at which it drew samples. */
export interface SampleMoment {
  readonly step: number;
  readonly outputs: readonly {
    readonly name: string;
    readonly kind: Samples['kind'];
    readonly count: number;
    readonly path: string;
  }[];
}

export interface SampleOptionInfo {
  readonly name: string;
  readonly label: string;
  readonly kind: 'integer' | 'number' | 'choice' | 'text';
  readonly fallback: number | string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Most characters of a text. */
  readonly longest?: number;
}

/** What can be asked of a run's model, without loading its weights. */
export interface RunModel {
  readonly outputs: readonly { readonly name: string; readonly label: string; readonly kind: Samples['kind'] }[];
  readonly sampleOptions: readonly SampleOptionInfo[];
  readonly scalars: readonly { readonly name: string; readonly label: string; readonly value: number }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly label: string;
    readonly goal: 'min' | 'max' | null;
    readonly heldOut: boolean;
  }[];
  readonly data: DataInfo;
  readonly checkpoints: readonly number[];
  /** Size of the latent vector a decoder or generator starts from; null when there is no such thing. */
  readonly latentSize: number | null;
  /** Ways in which it can say what in an example a class's score hangs on; none where it scores no classes. */
  readonly saliencyMethods: readonly { readonly name: string; readonly label: string }[];
}

export interface DeviceInfo {
  readonly provider: DeviceId;
  readonly label: string;
  readonly bundled: boolean;
  readonly proven: boolean;
  readonly reason: string;
}

export interface DataSummary {
  readonly info: DataInfo;
  readonly splits: Readonly<
    Record<
      Split,
      {
        readonly count: number;
        readonly perClass: readonly number[];
        readonly minimum: number;
        readonly mean: number;
        readonly maximum: number;
      }
    >
  >;
}

interface MethodSpec<Input extends z.ZodType, Output> {
  readonly input: Input;
  /** Only a type: answers come from the host, which is trusted. */
  readonly output?: Output;
}

const answers =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): MethodSpec<Input, Output> => ({ input });

const runFilter = z.strictObject({
  experiment: z.string().max(200).optional(),
  family: z.string().max(64).optional(),
  statuses: z.array(z.enum(runStatuses)).optional(),
  text: z.string().max(200).optional(),
  limit: z.int().min(1).max(100_000).optional(),
});

const dataRequest = z.strictObject({
  source: z.string().min(1).max(4096),
  baseDir: path,
  target: z.string().max(200).optional(),
  context: z.int().min(2).max(65_536).optional(),
  image: z
    .strictObject({
      width: z.int().min(1).max(1024).optional(),
      height: z.int().min(1).max(1024).optional(),
      channels: z.union([z.literal(1), z.literal(3)]).optional(),
    })
    .optional(),
  split: z.strictObject({ validation: z.number().min(0).optional(), test: z.number().min(0).optional() }).optional(),
});

const startRun = z.strictObject({
  text: documentText,
  baseDir: path,
  name: z.string().max(200).optional(),
  experiment: z.string().max(200).optional(),
  tags: z.array(z.string().max(64)).max(50).optional(),
  /** Threads of this run; what the document says, else the setting, when left out. */
  threads: z.int().min(1).max(256).optional(),
  ...cpuConsent,
});

const drawRequest = z.strictObject({
  run: runId,
  step: z.int().min(0).optional(),
  count: z.int().min(1).max(1024),
  seed,
  options: optionValues.default({}),
});

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

/** What a run's stream says; points are never left out, only brought together while the screen is busy. */
export type RunStreamItem = Exclude<RunUpdate, { readonly type: 'result' }>;

/** A change to the list of runs. */
export type RunsStreamItem =
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'deleted'; readonly run: string };

/** Every stream. A subscriber says when it has taken an item in; until then what follows is brought together. */
export const hostStreams = {
  runs: answers<readonly RunsStreamItem[]>()(none),
  /**
   * `after`: the last step the screen has of each metric; what is recorded beyond it comes first (of metrics not named:
   * everything), each point once. Absent: only what is measured from now on.
   */
  run: answers<readonly RunStreamItem[]>()(
    z.strictObject({ run: runId, after: z.record(z.string().max(200), z.number()).optional() }),
  ),
  /** Progress of jobs that are not runs (imports, evaluations, exports), by the id of the request they belong to. */
  jobs: answers<
    readonly { readonly request: number; readonly what: string; readonly done: number; readonly total: number | null }[]
  >()(none),
  settings: answers<Settings>()(none),
} as const;

export type HostStreams = typeof hostStreams;
export type StreamName = keyof HostStreams;
export type StreamInput<Name extends StreamName> = z.input<HostStreams[Name]['input']>;
export type ParsedStreamInput<Name extends StreamName> = z.output<HostStreams[Name]['input']>;
export type StreamItem<Name extends StreamName> = NonNullable<HostStreams[Name]['output']>;

/** Why a request was not answered, as data. */
export interface HostFault {
  /** A stable word: `bad-input`, `unknown-method`, `document`, `locked`, `disk-full`, … */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where in the input or the document. */
  readonly path?: readonly (string | number)[];
  /** A document's faults, each with its place. */
  readonly issues?: JsonValue;
  /** Of the fault `cpu-fallback`: what the CPU would have to compute. The same request with `mayUseCpu` allows it. */
  readonly placement?: Placement;
}
