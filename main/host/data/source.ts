/** What every kind of source gives the importer: what it is, how it is split, and its rows as a stream. */
import type { DataInfo, Split } from '../../../core/data/data-info.ts';

/** How a source's image rows are to be made: pictures are cut and scaled to this size, in this many channels. */
export interface ImageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly channels?: 1 | 3;
}

/** How many samples to hold back: below 1 a share of what can be divided, from 1 a number of samples. */
export interface SplitOptions {
  readonly validation?: number;
  readonly test?: number;
}

/** Tells how far a long import is; `total` is undefined while unknown, `what` says what is being counted. */
export type DataProgress = (done: number, total: number | undefined, what: string) => void;

/** The words of a request that sources read; `path` is absolute (or the name after `builtin:`). */
export interface SourceRequest {
  /** As the document has it: goes into `DataInfo.source`. */
  readonly source: string;
  readonly path: string;
  readonly seed: number;
  readonly split: SplitOptions;
  readonly image: ImageOptions;
  readonly target: string | undefined;
  /** Tokens of a text that a model sees at once. */
  readonly context: number | undefined;
  readonly onProgress: DataProgress;
}

/** Consecutive rows. `samples` holds `count` rows; `targets` one value a row, or nothing. */
export interface Chunk {
  readonly count: number;
  readonly samples: Uint8Array | Float32Array;
  readonly targets: Int32Array | Float32Array | undefined;
}

/** Row numbers of each split. */
export type SplitRows = Readonly<Record<Split, Uint32Array>>;

/** A source ready to be imported. */
export interface PreparedSource {
  readonly description: Omit<DataInfo, 'counts' | 'contentHash'>;
  /** Type of one stored value: `uint8` for pictures (0 … 255), else `float32`. */
  readonly storage: 'uint8' | 'float32';
  readonly splits: SplitRows;
  readonly rows: number;
  /** All rows, in order, once. */
  chunks(): AsyncIterable<Chunk>;
}

/** A source found and looked at, not yet read: enough to know whether its import is already in the cache. */
export interface SourcePlan {
  /** Everything besides file contents that the imported rows depend on; plain JSON. */
  readonly identity: unknown;
  /** Files whose change (size or time) calls for a new import. */
  readonly files: readonly string[];
  prepare(): Promise<PreparedSource>;
}
