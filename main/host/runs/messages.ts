/** What a host and its worker say to each other. Bulk goes through files; messages carry words and numbers, and drawn samples. */
import type { Split } from '../../../core/data/data-info.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Judged } from '../../../core/protocol/insights.ts';
import type { Explained, Samples } from '../../../core/protocol/samples.ts';
import type { RunFailure } from '../../../core/protocol/records.ts';
import type { ImageOptions, SplitOptions } from '../data/source.ts';
import type { MeasuredEnergy } from './energy.ts';
import type { RetainedCheckpoint } from '../files/retention.ts';
import type { RunUpdate, ScalarTurn } from '../../../core/protocol/run-updates.ts';

/** A model and where its weights are: what every job starts from. */
export interface ModelSource {
  readonly document: string;
  /** Folder that relative data paths are taken from. */
  readonly baseDir: string;
  readonly dataCache: string;
  readonly extractorCache: string;
  /** Folder that sessions made ready are kept in; nothing is kept without. */
  readonly sessionCache?: string;
  readonly threads: number;
  readonly device: DeviceId;
  /** Whether what the device lacks may run on the CPU; refused when absent. */
  readonly mayUseCpu?: boolean;
  /** A checkpoint file with its registered sha256; without one the state is drawn from the seed. */
  readonly checkpoint?: { readonly path: string; readonly sha256: string };
}

export interface TrainJob {
  readonly kind: 'train';
  readonly source: ModelSource;
  readonly runFolder: string;
  /** Training time of the steps before the checkpoint, in milliseconds. */
  readonly elapsedMs: number;
  /** What the steps before the checkpoint have cost; null when that was not measured. */
  readonly energy: MeasuredEnergy | null;
  /** As `energy`, of graphics processors. */
  readonly gpuEnergy: MeasuredEnergy | null;
  /** A fork takes over from its parent what fits: tensors of the same name and shape. */
  readonly fork: boolean;
  /** Checkpoints the run has already, so that the best one is not forgotten. */
  readonly checkpoints: readonly RetainedCheckpoint[];
  /** Turns to replay, besides those in the checkpoint. */
  readonly turns: readonly ScalarTurn[];
  /** The memory that training may take, in bytes, as a person set it; what is free on the machine when absent. */
  readonly memoryBytes?: number;
  /** Stop after this many steps of this job (for `step` and tests); Infinity otherwise. */
  readonly stepLimit?: number;
}

export interface SampleJob {
  readonly kind: 'sample';
  readonly source: ModelSource;
  readonly outFolder: string;
  /** File names start with it. */
  readonly prefix: string;
  readonly count: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, number | string>>;
}

export interface EvaluateJob {
  readonly kind: 'evaluate';
  readonly source: ModelSource;
  /** Samples drawn, and real ones compared with. */
  readonly count: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, number | string>>;
}

export interface ExportJob {
  readonly kind: 'export';
  readonly source: ModelSource;
  readonly outFolder: string;
}

/** Keeps a model loaded and answers requests about it until it is told to stop. */
export interface ServeJob {
  readonly kind: 'serve';
  readonly source: ModelSource;
}

/** Brings a data set into the cache (the first time), and describes it where asked to. */
export interface DataJob {
  readonly kind: 'data';
  readonly request: DataJobRequest;
  readonly describe: boolean;
}

/** `OpenOptions` of a data set that can be sent. */
export interface DataJobRequest {
  readonly source: string;
  readonly baseDir: string;
  readonly cacheDir: string;
  readonly target?: string;
  readonly image?: ImageOptions;
  readonly split?: SplitOptions;
}

/** Proves a device; native code may end the process when a driver is missing. */
export interface ProbeJob {
  readonly kind: 'probe';
  readonly provider: DeviceId;
}

/** Learns where a training step would run. */
export interface PlacementJob {
  readonly kind: 'placement';
  readonly source: ModelSource;
}

/** Measures how fast this machine computes. */
export interface RatesJob {
  readonly kind: 'rates';
  readonly threads: number;
}

export type Job =
  | TrainJob
  | SampleJob
  | EvaluateJob
  | ExportJob
  | ServeJob
  | DataJob
  | ProbeJob
  | PlacementJob
  | RatesJob;

/** What a drawn sample depends on. */
export interface Draw {
  readonly count: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, number | string>>;
}

/** What can be asked of a served model. */
export type ServeRequest =
  | ({ readonly kind: 'sample' } & Draw)
  | ({ readonly kind: 'strip'; readonly moments: number } & Draw)
  | ({ readonly kind: 'nearest' } & Draw)
  | { readonly kind: 'decode'; readonly latents: Float32Array; readonly count: number; readonly label: number }
  | { readonly kind: 'encode'; readonly of: Split; readonly count: number }
  | { readonly kind: 'judge'; readonly of: Split; readonly count: number }
  | ({ readonly kind: 'explain' } & Explaining);

/** Whose class scores are explained, and how. */
export interface Explaining {
  readonly of: Split;
  /** Places of examples in their split. */
  readonly indices: readonly number[];
  /** A class's number, or of each example the class it was taken for, or its own. */
  readonly score: number | 'predicted' | 'actual';
  /** One of the ways the model knows. */
  readonly method: string;
}

/** The answer to each kind of request. */
export interface ServeAnswers {
  readonly sample: readonly Samples[];
  readonly strip: Samples;
  readonly nearest: { readonly samples: Samples; readonly neighbours: Samples; readonly distances: Float64Array };
  readonly decode: Samples;
  readonly encode: {
    readonly size: number;
    readonly latents: Float32Array;
    readonly labels: Int32Array | null;
    readonly indices: Int32Array;
  };
  readonly judge: Judged;
  readonly explain: Explained;
}

export type HostMessage =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'stop'; readonly reason: 'stopped' | 'interrupted' }
  | { readonly type: 'pause' }
  | { readonly type: 'continue' }
  /** One more step, then pause. */
  | { readonly type: 'step' }
  | { readonly type: 'request'; readonly id: number; readonly request: ServeRequest }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'turn'; readonly name: string; readonly value: number | null };

/** What a serving worker says of one request. Answers hold the numbers themselves: they go from the engine to the screen. */
export type ServeMessage =
  | { readonly type: 'answered'; readonly id: number; readonly answer: ServeAnswers[keyof ServeAnswers] }
  | { readonly type: 'refused'; readonly id: number; readonly failure: RunFailure }
  | {
      readonly type: 'working';
      readonly id: number;
      readonly what: string;
      readonly done: number;
      readonly total: number;
    };

export function isServeMessage(message: WorkerMessage): message is ServeMessage {
  return message.type === 'answered' || message.type === 'refused' || message.type === 'working';
}

/** Most of what a worker tells its host is what the host tells everyone who watches the run. */
export type WorkerMessage = RunUpdate | ServeMessage;
