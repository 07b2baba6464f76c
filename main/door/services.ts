/**
 * What stands behind the door: an answer for every request and a source for every stream of the boundary. Inputs have
 * been parsed before they come here; what is thrown here becomes a fault that the screen can show.
 */
import type { MetricSeries } from '../../core/protocol/records.ts';
import type { HostOptions } from '../host/host.ts';
import type { MethodName, MethodOutput, ParsedInput } from '../../core/protocol/methods.ts';
import type { ParsedStreamInput, StreamItem, StreamName } from '../../core/protocol/streams.ts';

/** What a request knows about itself. */
export interface RequestContext {
  /** The number its screen gave it. */
  readonly request: number;
  /** Aborted when the request is cancelled or its screen goes away. Work that outlives a screen (a run) ignores it. */
  readonly signal: AbortSignal;
  /** Tells the screen that asked (over its `jobs` stream) how far the work is; `total` is null when it is not known. */
  progress(what: string, done: number, total: number | null): void;
}

/**
 * Every request by its name. Throw errors with a `code` of lower-case words, a `message` in plain words and, where there
 * are any, `hint`, `path` (an array) and `issues`: they reach the screen. Any other error is shown as a fault of the program.
 */
export type MethodHandlers = {
  readonly [Name in MethodName]: (
    input: ParsedInput<Name>,
    context: RequestContext,
  ) => MethodOutput<Name> | Promise<MethodOutput<Name>>;
};

/** Something that speaks of itself until it is told to stop. */
export interface StreamSource<Name extends StreamName> {
  /**
   * Starts to `emit`, now or later, in order; `emit` never throws and never waits: the door keeps what a slow screen has
   * not taken in. @returns a function that stops it. @throws what a request throws, when there is no such thing.
   */
  subscribe(input: ParsedStreamInput<Name>, emit: (item: StreamItem<Name>) => void): () => void;
}

/** Updates of one run, for runs of this process and of others alike. */
export interface RunStreamSource extends StreamSource<'run'> {
  /**
   * Recorded points of one metric, both ends included, ordered by step; empty when there are none. A point must be
   * readable here before it is emitted: of a screen far behind, only where to read on is remembered.
   */
  readPoints(run: string, key: string, fromStep: number, toStep: number): MetricSeries;
  /** Names of all metrics recorded so far. */
  metricKeys(run: string): readonly string[];
}

export interface HostServices {
  readonly methods: MethodHandlers;
  /** `jobs` is missing: the door makes it from the progress of each screen's own requests. */
  readonly streams: {
    /** Emits changes from now on; a screen asks for `runs.list` after it has subscribed. */
    readonly runs: StreamSource<'runs'>;
    /** Emits updates from now on; ignores `after`, which the door answers with `readPoints`. */
    readonly run: RunStreamSource;
    /** Emits the settings at once and at each change. */
    readonly settings: StreamSource<'settings'>;
  };
}

export interface ServicesOptions {
  /** Folder of the home; LATHE_HOME or the platform's place when absent. */
  readonly home?: string;
  /** How workers are started; Node child processes when absent. */
  readonly spawnWorker?: HostOptions['spawnWorker'];
  /** Whether a worker is kept started and waiting, so that training begins sooner. */
  readonly keepsSpareWorker?: boolean;
  readonly log?: (line: string) => void;
}

/** Services with the home they hold. `createServices` of main/services/create-services.ts opens them for every shell. */
export interface OpenedServices extends HostServices {
  /** Lets go of the home; runs in progress write a checkpoint and are left interrupted. */
  close(): Promise<void>;
}
