/** The door to ONNX Runtime: sessions that run our tensors without copying them. The only file that imports it. */
import { env, InferenceSession, listSupportedBackends, Tensor as OrtTensor } from 'onnxruntime-node';
import { originOfNodeName } from '../../../core/onnx/encode.ts';
import type { ExecutionProvider } from '../../../core/protocol/devices.ts';
import type { Without } from '../../../core/ops/optimisations.ts';
import { dtypes, numbersOf, tensorOf, type DType, type Tensor } from '../../../core/tensor/tensor.ts';
import {
  EngineError,
  isOnDevice,
  type ComputeSession,
  type DeviceTensor,
  type Feeds,
  type NamedTensors,
  type PlacedNode,
  type SessionOptions,
} from '../compute/compute-session.ts';
import { Profile } from './profile.ts';

export interface OrtSessionOptions extends SessionOptions {
  readonly device: ExecutionProvider;
  /** Where to write the graph as ONNX Runtime has optimised it, as an ONNX file. */
  readonly saveOptimised?: string;
}

/** Execution providers the installed package was built with. Whether one works here is another question. */
export function supportedProviders(): readonly { readonly name: string; readonly bundled: boolean }[] {
  return listSupportedBackends();
}

export function onnxRuntimeVersion(): string {
  return env.versions.node ?? 'unknown';
}

/** A model loaded into ONNX Runtime. `run` blocks the thread it is called on: use it in a process of its own. */
export class OrtSession implements ComputeSession {
  readonly #session: InferenceSession;
  readonly outputNames: readonly string[];
  readonly #program: string;
  readonly #held: ReadonlySet<string>;
  readonly #profile: Profile | undefined;
  /** Element types of the model's inputs, where they are told. */
  readonly #inputTypes: ReadonlyMap<string, string>;
  /** For looking up: a large model has thousands. */
  readonly #inputNames: ReadonlySet<string>;
  readonly #outputNames: ReadonlySet<string>;
  readonly #mayHandNothingOver: boolean;
  #released = false;

  private constructor(session: InferenceSession, options: OrtSessionOptions, profile?: Profile) {
    this.#session = session;
    this.#inputNames = new Set(session.inputNames);
    this.#outputNames = new Set(session.outputNames.filter((name) => name !== handsNothingOver));
    this.#mayHandNothingOver = session.outputNames.length > this.#outputNames.size;
    this.outputNames = [...this.#outputNames];
    this.#program = options.program;
    this.#held = new Set(options.held);
    this.#profile = profile;
    this.#inputTypes = new Map(
      session.inputMetadata.flatMap((input) => (input.isTensor ? [[input.name, input.type] as const] : [])),
    );
  }

  /** @throws EngineError when the model does not load: not a model, an operator unknown to the device, wrong types. */
  static async create(model: Uint8Array, options: OrtSessionOptions): Promise<OrtSession> {
    const { program, threads } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new EngineError(program, '', `threads must be a whole number from 1 up, got ${threads}`);
    }
    try {
      const profile = options.placement ? await Profile.create() : undefined;
      return new OrtSession(await InferenceSession.create(model, sessionOptions(options, profile)), options, profile);
    } catch (error) {
      throw engineError(program, error);
    }
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  async run(
    feeds: Feeds,
    fetches: NamedTensors = {},
    wanted: readonly string[] = this.outputNames,
  ): Promise<Record<string, Tensor>> {
    const results = await this.#run(feeds, fetches, wanted);
    return this.#guarded(() => {
      const outputs: Record<string, Tensor> = {};
      for (const name of wanted) outputs[name] = fetches[name] ?? fromOrt(results[name]);
      for (const name of Object.keys(fetches)) discard(results[name], fetches[name]);
      return outputs;
    });
  }

  async runHeld(feeds: Feeds, wanted: readonly string[] = this.outputNames) {
    // A session that leaves outputs on its device is to be asked for the same ones every time: once it was asked for more,
    // ONNX Runtime 1.30 refuses fewer (`Output count mismatch`).
    const results = await this.#run(feeds, {}, this.outputNames);
    return this.#guarded(() => {
      const [values, held]: [Record<string, Tensor>, Record<string, DeviceTensor>] = [{}, {}];
      for (const name of this.outputNames) {
        if (!wanted.includes(name)) results[name].dispose();
        else if (this.#held.has(name)) held[name] = new OrtDeviceTensor(results[name]);
        else values[name] = fromOrt(results[name]);
      }
      return { values, held };
    });
  }

  async #run(feeds: Feeds, fetches: NamedTensors, wanted: readonly string[]): Promise<Record<string, OrtTensor>> {
    if (this.#released) throw new EngineError(this.#program, '', 'its session was released');
    try {
      return (await this.#session.run(this.#ortFeeds(feeds), this.#ortFetches(fetches, wanted))) as Record<
        string,
        OrtTensor
      >;
    } catch (error) {
      if (isNothingHandedOver(error)) return {};
      throw engineError(this.#program, error);
    }
  }

  #guarded<Result>(convert: () => Result): Result {
    try {
      return convert();
    } catch (error) {
      throw engineError(this.#program, error);
    }
  }

  async endPlacement(): Promise<readonly PlacedNode[]> {
    if (!this.#profile) throw new Error(`the session of ${this.#program} was not asked for its placement`);
    this.#session.endProfiling();
    return this.#profile.take();
  }

  /** Frees the native session; afterwards only `release` may be called again. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#session.release();
  }

  #ortFeeds(feeds: Feeds): Record<string, OrtTensor> {
    const unknown = Object.keys(feeds).filter((name) => !this.#inputNames.has(name));
    const missing = this.inputNames.filter((name) => feeds[name] === undefined);
    if (unknown.length > 0 || missing.length > 0) {
      const problems = [
        ...(missing.length > 0 ? [`inputs without a tensor: ${missing.join(', ')}`] : []),
        ...(unknown.length > 0 ? [`no such inputs: ${unknown.join(', ')}`] : []),
      ];
      throw new EngineError(this.#program, '', problems.join('; '));
    }
    return Object.fromEntries(this.inputNames.map((name) => [name, this.#ortFeed(name, feeds[name])]));
  }

  #ortFeed(name: string, value: Feeds[string]): OrtTensor {
    if (value instanceof OrtDeviceTensor) return value.value;
    if (isOnDevice(value)) throw new EngineError(this.#program, '', `input '${name}' lies on another engine's device`);
    const narrow = value.dtype === 'int64' && this.#inputTypes.get(name) === 'int32';
    return toOrt(narrow ? tensorOf('int32', value.shape, numbersOf(value)) : value);
  }

  #ortFetches(fetches: NamedTensors, wanted: readonly string[]): Record<string, OrtTensor | null> {
    const unknown = Object.keys(fetches).filter((name) => !this.#outputNames.has(name));
    if (unknown.length > 0) throw new EngineError(this.#program, '', `no such outputs: ${unknown.join(', ')}`);
    const given = wanted.map((name): [string, OrtTensor | null] => [name, fetches[name] ? toOrt(fetches[name]) : null]);
    const handsOver = given.some(([, tensor]) => tensor === null);
    return Object.fromEntries([
      ...(this.#mayHandNothingOver && !handsOver ? [[handsNothingOver, null] as const] : []),
      ...given,
    ]);
  }
}

/**
 * Settings for a graph that runs as one chain of operators, many times over. `session.set_denormal_as_zero` is left off
 * on purpose: in 1.30 it reaches the pool's threads but not the calling one, so the bits of a result would depend on
 * which thread took which share of the work. Measured on an AMD Zen 5: multiplying 2^20 denormals takes 0.29 ms, as
 * many normal numbers 0.27 ms, so there is nothing to win there.
 * Spinning, measured on the update of a 784-512-256-10 network with batch 128 on 2 threads: median 0.50 ms a run
 * (9 of 10 within 0.7) between runs, 0.53 (1.0) within runs, 0.59 (1.0) never; 0.84 on one thread.
 */
function sessionOptions(options: OrtSessionOptions, profile?: Profile): InferenceSession.SessionOptions {
  const without: Without = options.without ?? new Set();
  return {
    executionProviders: [options.device],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.optimisation ?? 'all',
    enableCpuMemArena: true,
    enableMemPattern: without.has('piecewise-memory'),
    // Errors come back as exceptions; only what ends the process is printed.
    logSeverityLevel: 4,
    extra: {
      optimization: { disable_specified_optimizers: leftOut(without).join(';') },
      session: {
        intra_op: { allow_spinning: options.spinning === 'never' ? '0' : '1' },
        force_spinning_stop: options.spinning === 'within-runs' ? '1' : '0',
        ...(options.cpuFallback === false && { disable_cpu_ep_fallback: '1' }),
      },
    },
    ...(options.held && { preferredOutputLocation: locations(options.held) }),
    ...(profile && { enableProfiling: true, profileFilePrefix: profile.prefix }),
    ...(options.saveOptimised !== undefined && { optimizedModelFilePath: options.saveOptimised }),
  };
}

/**
 * Rewrites that find nothing in any graph of ours, and go through each node, for all that, two or three times: of quantised
 * and half-precision operators and of Dropout, which we do not have, and of attention whose weights are constants.
 */
const aimlessRewrites = [
  'DoubleQDQPairsRemover',
  'QDQPropagationTransformer',
  'WeightBiasQuantization',
  'EnsureUniqueDQForNodeUnit',
  'WhereDummyDq',
  'QDQS8ToU8Transformer',
  'QDQSelectorActionTransformer',
  'QDQFinalCleanupTransformer',
  'MatMulIntegerToFloatFusion',
  'MatMulNBitsFusion',
  'DynamicQuantizeMatMulFusion',
  'FuseFp16InitializerToFp32NodeTransformer',
  'GroupQueryAttentionFusion',
  'GroupQueryAttentionPreNormFusion',
  'AttentionFusion',
  'EmbedLayerNormFusion',
  'BiasDropoutFusion',
];

/** Rewrites of ONNX Runtime that a session does without, by the names it gives them; those it does not know it ignores. */
const leftOut = (without: Without): readonly string[] => [
  ...(without.has('plain-layout') ? [] : ['NchwcTransformer']),
  ...(without.has('fewer-rewrites') ? [] : aimlessRewrites),
];

const locations = (held: readonly string[]): Record<string, 'gpu-buffer'> =>
  Object.fromEntries(held.map((name) => [name, 'gpu-buffer']));

/** A tensor in the memory of the device, by ONNX Runtime's handle. */
class OrtDeviceTensor implements DeviceTensor {
  readonly value: OrtTensor;

  constructor(value: OrtTensor) {
    this.value = value;
  }

  get dtype(): DType {
    return this.value.type as DType;
  }

  get shape(): readonly number[] {
    return this.value.dims;
  }

  dispose(): void {
    this.value.dispose();
  }
}

/**
 * Name of an output that keeps onnxruntime-node 1.30 from copying all others into new arrays, also those it has written
 * where it was told to. When a run has ended it goes through the outputs in the model's order, and at one that is no tensor it
 * gives up, with an error. A package that can hand such an output over copies again, and `discard` frees the copies.
 */
export const handsNothingOver = 'lathe.handsNothingOver';

const isNothingHandedOver = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('Non tensor type is temporarily not supported');

/**
 * Frees the copy that onnxruntime-node 1.30 makes of every output, also of one it has written where it was told to. Left
 * to the collector, copies of all weights make it run every few dozen steps: a third of a step of a small network.
 */
function discard(copy: OrtTensor | undefined, original: Tensor): void {
  const data: unknown = copy?.data;
  if (!ArrayBuffer.isView(data) || !(data.buffer instanceof ArrayBuffer)) return;
  if (data.buffer !== original.data.buffer) data.buffer.transfer(0);
}

/** Wrappers by the buffer they stand for, so that feeding the same buffers every step allocates nothing. */
const wrappers = new WeakMap<object, OrtTensor>();

function toOrt(tensor: Tensor): OrtTensor {
  const known = wrappers.get(tensor.data);
  if (known && known.type === tensor.dtype && sameDims(known.dims, tensor.shape)) return known;
  const wrapper = new OrtTensor(tensor.dtype, tensor.data, tensor.shape);
  wrappers.set(tensor.data, wrapper);
  return wrapper;
}

const sameDims = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

function fromOrt(value: OrtTensor): Tensor {
  if (!(dtypes as readonly string[]).includes(value.type)) {
    throw new Error(`an output has the element type ${value.type}; Lathe reads ${dtypes.join(', ')}`);
  }
  return { dtype: value.type as DType, shape: value.dims, data: value.data as Tensor['data'] };
}

/** Places where ONNX Runtime's messages name a node. */
const nodeNamePatterns = [/Name:'([^']+)'/, /Node:? ?\(([^)]+)\)/, /node with name '([^']+)'/i];

/** What ONNX Runtime puts before the words of a failed check: its source line and the condition. The cause keeps it. */
const checkPrefix = /^\/\S+\.(?:cc|h):\d+ .* was false\.\s*/s;

function engineError(program: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const name = nodeNamePatterns.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined);
  const origin = name === undefined ? '' : originOfNodeName(name);
  return new EngineError(program, origin, message.replace(checkPrefix, '').trim(), error);
}
