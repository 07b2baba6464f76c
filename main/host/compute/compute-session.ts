/** What every engine offers that can run a graph: ONNX Runtime today, others beside it. */
import type { Without } from '../../../core/ops/optimisations.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { DType, Shape, Tensor } from '../../../core/tensor/tensor.ts';

export interface SessionOptions {
  /** What this session computes, in words; named in its errors. */
  readonly program: string;
  /** Threads one operator is spread over, the caller's included. Bits of the result depend on it. */
  readonly threads: number;
  readonly device: DeviceId;
  /** How far the engine may rewrite the graph; `all` unless told otherwise. */
  readonly optimisation?: 'disabled' | 'basic' | 'extended' | 'all';
  /**
   * When threads without work spin rather than sleep. `between-runs` unless told otherwise: steps follow each other at
   * once, and after the last one threads spin for some 30 ms more. `within-runs` suits a session that often rests.
   */
  readonly spinning?: 'between-runs' | 'within-runs' | 'never';
  /** false: fail at creation when an operator would run on the CPU although another device was asked for. */
  readonly cpuFallback?: boolean;
  /** Whether each run will bring a tensor for every output it wants: the engine may then see to it that nothing is copied. */
  readonly buffered?: boolean;
  /** Outputs that stay on the device, for `runHeld`; only where there is a `DeviceMemory`. */
  readonly held?: readonly string[];
  /** Whether `endPlacement` is to tell where the nodes of the first runs were placed. */
  readonly placement?: boolean;
  /** A folder for what engines can keep of a graph made ready, so that the same one is ready sooner; nothing is kept without. */
  readonly cache?: string;
  /** Optimisations to do without; none when absent. */
  readonly without?: Without;
  /** How much memory a session on the CPU is to leave the process with, and who hears what that takes; as much as it likes when absent. */
  readonly memory?: MemoryAllowance;
}

/** What a process may take, and what is told when a session had to be fitted into it. */
export interface MemoryAllowance {
  /** Of the whole process. */
  readonly limitBytes: number;
  /** Whether a person set the limit: what does not fit is then refused, and else only warned of. */
  readonly isAsked: boolean;
  /** What the process will take besides, from its first step on: buffers that are not written yet. */
  readonly besidesBytes: number;
  readonly onFitted: (fitted: FittedMemory) => void;
}

/** How a session was fitted into a limit; bytes are of the whole process, as foretold. */
export interface FittedMemory {
  readonly limitBytes: number;
  readonly usualBytes: number;
  readonly bytes: number;
  /** Values made again in a step, and the parts of the document they belong to. */
  readonly values: number;
  readonly parts: number;
  /** More work for a step, as a share of what it was. */
  readonly moreWork: number;
}

/** Tensors by the name of the graph input or output they belong to. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A tensor that stays where the device computes; give it back with `dispose` or it stays there for ever. */
export interface DeviceTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  dispose(): void;
}

export type DeviceTensors = Readonly<Record<string, DeviceTensor>>;

/** What a run is given: tensors in memory, or on the session's device. */
export type Feeds = Readonly<Record<string, Tensor | DeviceTensor>>;

export const isOnDevice = (value: Tensor | DeviceTensor): value is DeviceTensor => 'dispose' in value;

/** Brings tensors to a device and back. */
export interface DeviceMemory {
  hold(tensors: NamedTensors): Promise<Record<string, DeviceTensor>>;
  /** Copies; what is held stays held. */
  read(tensors: DeviceTensors): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** What a session did with one node of its graph. */
export interface PlacedNode {
  /** The node's name in the model, or the engine's own for what it put there itself. */
  readonly name: string;
  readonly op: string;
  /** Where it ran, in the engine's words: `CPUExecutionProvider`. */
  readonly provider: string;
  /** Whether it only works out sizes (a few int64 elements): engines do that on the CPU, whatever the device. */
  readonly isSizes: boolean;
}

/** A graph made ready to run on one device. `run` may block the thread it is called on: use it in a process of its own. */
export interface ComputeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Buffers may be handed to the engine as they are: leave them alone until the promise resolves.
   * @param feeds a tensor for every input.
   * @param fetches tensors that the engine writes outputs into; they must have the output's type and shape. The other
   *   outputs come in new tensors.
   * @param wanted names of the outputs to give, all when absent; an output nobody wants costs nothing.
   * @returns the wanted outputs; those in `fetches` are the very tensors given.
   * @throws EngineError naming the program, and the document part when the engine names the operator.
   */
  run(feeds: Feeds, fetches?: NamedTensors, wanted?: readonly string[]): Promise<Record<string, Tensor>>;
  /** As `run`, but outputs named by `SessionOptions.held` stay on the device; absent where there is no `DeviceMemory`. */
  runHeld?(
    feeds: Feeds,
    wanted?: readonly string[],
  ): Promise<{ readonly values: Record<string, Tensor>; readonly held: Record<string, DeviceTensor> }>;
  /** Where each node ran since the session began, as the engine itself wrote down; it writes no more. Absent where it cannot tell. */
  endPlacement?(): Promise<readonly PlacedNode[]>;
  /** Frees what the session holds; afterwards only `release` may be called again. */
  release(): Promise<void>;
}

/** What the engine could not do: in which program, and from which part of the document where that is known. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly program: string;
  /** Document part of the operator that failed, for example `encoder/mean`; empty when unknown. */
  readonly origin: string;

  constructor(program: string, origin: string, message: string, cause?: unknown) {
    super(`${program}${origin && ` (${origin})`}: ${message}`, { cause });
    this.program = program;
    this.origin = origin;
  }
}
