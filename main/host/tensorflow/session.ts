/** A graph run by an interpreter over TensorFlow.js, offering what every engine offers. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../../../core/graph/graph.ts';
import { nodeName } from '../../../core/onnx/encode.ts';
import type { TensorflowBackend } from '../../../core/protocol/devices.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import {
  EngineError,
  isOnDevice,
  type ComputeSession,
  type DeviceTensor,
  type Feeds,
  type NamedTensors,
  type PlacedNode,
} from '../compute/compute-session.ts';
import { loadBackend, useBackend } from './backends.ts';
import { carrierOf, copyInto, fromTf, toTf } from './convert.ts';
import { heldTensor, TfDeviceTensor } from './device-memory.ts';
import { interpret, NodeError, planOf, type Plan } from './interpret.ts';
import { Operand } from './kernel.ts';

export interface TfSessionOptions {
  /** What this session computes, in words; named in its errors. */
  readonly program: string;
  readonly device: TensorflowBackend;
  /** Outputs that stay on the backend, for `runHeld`. */
  readonly held?: readonly string[];
}

/** `run` blocks the thread it is called on while it computes: use it in a process of its own. */
export class TfSession implements ComputeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #graph: Graph;
  readonly #options: TfSessionOptions;
  readonly #constants: ReadonlyMap<Value, Operand>;
  readonly #held: ReadonlySet<string>;
  readonly #plans = new Map<string, Plan>();
  #released = false;

  private constructor(graph: Graph, options: TfSessionOptions) {
    this.#graph = graph;
    this.#held = new Set(options.held);
    this.#options = options;
    this.inputNames = graph.inputs.map(({ name }) => name);
    this.outputNames = graph.outputs.map(({ name }) => name);
    this.#constants = new Map([...graph.initializers].map(([value, tensor]) => [value, Operand.constant(tensor)]));
  }

  /** @throws EngineError when the backend cannot run here, or the graph computes in float64. */
  static async create(graph: Graph, options: TfSessionOptions): Promise<TfSession> {
    try {
      refuseFloat64(graph);
      await loadBackend(options.device);
      return new TfSession(graph, options);
    } catch (error) {
      throw engineError(options.program, error);
    }
  }

  /** See ComputeSession. The feeds are copied; int64 values must fit 32 bits. */
  async run(
    feeds: Feeds,
    fetches: NamedTensors = {},
    wanted: readonly string[] = this.outputNames,
  ): Promise<Record<string, Tensor>> {
    return this.#guarded(async () => {
      this.#checkNames(feeds, fetches);
      const known = this.#compute(feeds, wanted);
      return this.#read(known, fetches, wanted).finally(() => this.#free(known));
    });
  }

  async runHeld(feeds: Feeds, wanted: readonly string[] = this.outputNames) {
    return this.#guarded(async () => {
      this.#checkNames(feeds, {});
      const known = this.#compute(feeds, wanted);
      try {
        const held = this.#hold(known, wanted);
        const others = wanted.filter((name) => !this.#held.has(name));
        return { values: await this.#read(known, {}, others), held };
      } finally {
        this.#free(known);
      }
    });
  }

  /** The interpreter has one backend for all its nodes; what a backend's own kernels do inside is theirs. */
  async endPlacement(): Promise<readonly PlacedNode[]> {
    const provider = `TensorFlow.js ${this.#options.device.slice('tfjs-'.length)}`;
    const ran = new Set([...this.#plans.values()].flatMap(({ nodes }) => nodes));
    return [...ran].map(({ op, origin, outputs: [{ name }] }) => ({
      name: nodeName(origin, name),
      op,
      provider,
      isSizes: false,
    }));
  }

  async #guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    const { program } = this.#options;
    if (this.#released) throw new EngineError(program, '', 'its session was released');
    try {
      return await work();
    } catch (error) {
      throw engineError(program, error);
    }
  }

  /** Frees the constants on the backend; afterwards only `release` may be called again. */
  async release(): Promise<void> {
    this.#released = true;
    for (const constant of this.#constants.values()) constant.dispose();
  }

  /** From first to last node without a pause: the backend is one for the whole process. */
  #compute(feeds: Feeds, wanted: readonly string[]): ReadonlyMap<Value, Operand> {
    useBackend(this.#options.device);
    const known = new Map(this.#constants);
    try {
      for (const input of this.#graph.inputs)
        known.set(input, Operand.computed(input.type.dtype, onBackend(feeds[input.name])));
      interpret(this.#plan(wanted), known);
      return known;
    } catch (error) {
      this.#free(known);
      throw error;
    }
  }

  async #read(
    known: ReadonlyMap<Value, Operand>,
    fetches: NamedTensors,
    wanted: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const outputs: Record<string, Tensor> = {};
    for (const { name, value } of this.#graph.outputs) {
      if (!wanted.includes(name)) continue;
      const operand = known.get(value)!;
      const values = (await operand.tensor.data()) as ArrayLike<number>;
      const given = fetches[name];
      if (given) copyInto(given.data, values);
      outputs[name] = given ?? fromTf(operand.dtype, operand.shape, values);
    }
    return outputs;
  }

  /** A second handle on each result that stays: the first is freed with the run. */
  #hold(known: ReadonlyMap<Value, Operand>, wanted: readonly string[]): Record<string, DeviceTensor> {
    const staying = this.#graph.outputs.filter(({ name }) => this.#held.has(name) && wanted.includes(name));
    return Object.fromEntries(
      staying.map(({ name, value }) => {
        const { dtype, tensor } = known.get(value)!;
        return [name, new TfDeviceTensor(dtype, tensor.clone())];
      }),
    );
  }

  #free(known: ReadonlyMap<Value, Operand>): void {
    for (const [value, operand] of known) if (!this.#constants.has(value)) operand.dispose();
  }

  #plan(wanted: readonly string[]): Plan {
    const key = wanted.join('\n');
    const plan = this.#plans.get(key) ?? planOf(this.#graph, wanted);
    this.#plans.set(key, plan);
    return plan;
  }

  #checkNames(feeds: Feeds, fetches: NamedTensors): void {
    const missing = this.inputNames.filter((name) => feeds[name] === undefined);
    const unknown = Object.keys(feeds).filter((name) => !this.inputNames.includes(name));
    const unknownOutputs = Object.keys(fetches).filter((name) => !this.outputNames.includes(name));
    const problems = [
      ...(missing.length > 0 ? [`inputs without a tensor: ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`no such inputs: ${unknown.join(', ')}`] : []),
      ...(unknownOutputs.length > 0 ? [`no such outputs: ${unknownOutputs.join(', ')}`] : []),
    ];
    if (problems.length > 0) throw new EngineError(this.#options.program, '', problems.join('; '));
  }
}

/** What is on the backend already gets a second handle, for the run frees what it was given. */
const onBackend = (fed: Tensor | DeviceTensor): tf.Tensor =>
  isOnDevice(fed) ? heldTensor(fed).tensor.clone() : toTf(fed);

function refuseFloat64(graph: Graph): void {
  const values = [...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)];
  for (const { type } of values) carrierOf(type.dtype);
}

function engineError(program: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EngineError(program, error instanceof NodeError ? error.node.origin : '', message, error);
}
