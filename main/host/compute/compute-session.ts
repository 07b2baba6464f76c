/** What every engine offers that can run a graph: ONNX Runtime today, others beside it. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';

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
}

/** Tensors by the name of the graph input or output they belong to. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

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
  run(feeds: NamedTensors, fetches?: NamedTensors, wanted?: readonly string[]): Promise<Record<string, Tensor>>;
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
