/** A compiled model with its state in memory: runs training steps and the programs that sample and evaluate. */
import { emaName } from '../../../core/optim/minimise.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Placement } from '../../../core/protocol/placement.ts';
import type { OutputTarget, Program, ProgramInput } from '../../../core/program/program.ts';
import { cut, inParts } from '../../../core/program/state-parts.ts';
import type { CompiledModel } from '../../../core/tasks/task.ts';
import { zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import type {
  ComputeSession,
  DeviceTensor,
  Feeds,
  MemoryAllowance,
  SessionOptions,
} from '../compute/compute-session.ts';
import { createSession, deviceMemory } from '../compute/create-session.ts';
import { VerifiedSession } from '../compute/verified-session.ts';
import { findFirstBadNode, firstNotFinite, type BadNode, type BadTensor } from './forensics.ts';
import { HeldState } from './held-state.ts';
import { fillNoise } from './noise.ts';
import { sumOfSquares } from './sum-of-squares.ts';

export interface EngineOptions {
  /** Folder that sessions are kept in; see `SessionOptions`. */
  readonly cache?: string;
  readonly threads: number;
  readonly device: DeviceId;
  /** Whether what the device lacks may run on the CPU; refused when absent. */
  readonly mayUseCpu?: boolean;
  /** What the process may take while it trains; as much as it likes when absent. */
  readonly memory?: Omit<MemoryAllowance, 'besidesBytes'>;
}

export type State = ReadonlyMap<string, Tensor<'float32'>>;

/** What one training step needs from outside: its batches and scalars. */
export interface StepFeeds {
  /** Samples and targets of batch `index` of this step. */
  readonly batch: (index: number) => { readonly x: Tensor<'float32'>; readonly y?: Tensor };
  readonly scalar: (name: string) => number;
  /** Receives the sum of squares of each watched parameter's gradient; without it they are not fetched. */
  readonly watched?: Map<string, number>;
}

/** A step whose curves or gradients were not finite; the state is still what it was before the step. */
export interface Divergence {
  readonly metrics: Readonly<Record<string, number>>;
  /** The first node, in execution order, that made a value that is not finite from finite ones. */
  readonly node?: BadNode;
  /** The state tensor or batch that already was not finite before the step, if one was. */
  readonly input?: BadTensor;
}

export class Engine {
  readonly #model: CompiledModel;
  readonly #options: EngineOptions;
  readonly #sessions = new Map<string, Promise<ComputeSession>>();
  /** State as of the last finished step, and buffers for the next one: they swap, so a step copies nothing. */
  readonly #current = new Map<string, Tensor<'float32'>>();
  readonly #spare = new Map<string, Tensor<'float32'>>();
  /** Where the device keeps the state itself; `#spare` is not used then. */
  readonly #held: HeldState | undefined;
  readonly #noise = new Map<string, Tensor>();
  readonly #scalars = new Map<string, Tensor<'float32'>>();
  #onPlacement: (placement: Placement) => void = () => {};
  /** Buffers for the training step's curves and watched numbers. */
  readonly #figures: ReadonlyMap<string, Tensor>;
  /** Names of the training step's outputs that are fetched every time. */
  readonly #usualOutputs: readonly string[];

  /** @param state every tensor of the model's registry. */
  constructor(model: CompiledModel, state: State, options: EngineOptions) {
    this.#model = model;
    this.#options = options;
    this.#usualOutputs = model.train.outputs.filter(({ target }) => target.kind !== 'watch').map(({ name }) => name);
    this.#figures = figureBuffers(model.train);
    for (const spec of model.registry.all) {
      const value = state.get(spec.name);
      if (!value) throw new Error(`the state has no tensor '${spec.name}'`);
      this.#current.set(spec.name, value);
    }
    const memory = deviceMemory(options.device);
    if (memory) this.#held = new HeldState(memory, this.#current);
    for (const output of model.train.outputs) {
      if (memory || output.target.kind !== 'state') continue;
      const spec = model.registry.get(output.target.state);
      if (spec) this.#spare.set(spec.name, zeros('float32', spec.shape));
    }
  }

  /** Hears where each program's nodes ran, after its first run; on the CPU there is nothing to hear. */
  watchPlacement(listener: (placement: Placement) => void): void {
    this.#onPlacement = listener;
  }

  /** The state as of the last finished step, in memory. Valid until the next step begins. */
  async readState(): Promise<State> {
    await this.#held?.bringHome();
    return this.#current;
  }

  /** As `readState`, by the names that files and people know: what is kept for several parameters by parameter. */
  async readParts(): Promise<State> {
    return inParts(this.#model.registry.all, await this.readState());
  }

  /** As `readState`, where nothing has to be fetched for it: on the CPU, and before the first step. */
  get state(): State {
    if (this.#held && !this.#held.isHome) throw new Error('the state is on the device: use readState');
    return this.#current;
  }

  /**
   * Runs one training step and keeps its result, unless a figure is not finite.
   * @returns the step's curves, or what went wrong.
   */
  async trainStep(
    step: number,
    seed: number,
    feeds: StepFeeds,
  ): Promise<Readonly<Record<string, number>> | Divergence> {
    const { train } = this.#model;
    const session = await this.#session(train);
    await this.#held?.take(stateInputs(train));
    const inputs = this.#trainInputs(train, step, seed, feeds);
    const wanted = feeds.watched ? undefined : this.#usualOutputs;
    const { values: outputs, held } =
      session.runHeld && this.#held
        ? await session.runHeld(inputs, wanted)
        : { values: await session.run(inputs, this.#fetches(train), wanted), held: {} };
    const metrics: Record<string, number> = {};
    for (const { name, target } of train.outputs) {
      if (target.kind === 'metric') metrics[target.metric] = Number(outputs[name].data[0]);
    }
    if (Object.values(metrics).some((value) => !Number.isFinite(value))) {
      for (const value of Object.values(held)) value.dispose();
      return this.#diverged(step, seed, feeds, metrics);
    }
    if (feeds.watched) this.#readWatched({ ...outputs, ...(await this.#watchedHeld(held)) }, feeds.watched);
    if (this.#held) this.#keep(train, held);
    else this.#swap(train);
    return metrics;
  }

  /**
   * Runs a program that takes what the training step takes, and changes nothing: on the state as it is, with the random
   * numbers of a step.
   */
  async probe(
    program: Program,
    step: number,
    seed: number,
    feeds: StepFeeds,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const session = await this.#session(program);
    await this.#held?.take(stateInputs(program));
    return session.run(this.#trainInputs(program, step, seed, feeds));
  }

  /** Runs a program by name; state comes from the moving averages where there are any. */
  async run(name: string, args: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const program = this.#model.programs.get(name);
    if (!program) throw new Error(`this model has no program '${name}'`);
    const session = await this.#session(program);
    await this.#held?.take(stateInputs(program).map((state) => this.#averaged(state)));
    return session.run(Object.fromEntries(program.inputs.map((input) => [input.name, this.#inputValue(input, args)])));
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release();
    this.#sessions.clear();
    await this.#held?.release();
  }

  #session(program: Program): Promise<ComputeSession> {
    const known = this.#sessions.get(program.name);
    if (known) return known;
    const { threads, device, cache } = this.#options;
    const created = this.#verified(program, {
      program: program.name,
      threads,
      device,
      ...(cache !== undefined && { cache }),
      ...(this.#model.without && { without: this.#model.without }),
      spinning: program === this.#model.train ? 'between-runs' : 'within-runs',
      ...(program === this.#model.train && this.#allowance()),
      buffered: program === this.#model.train && !this.#held,
      ...(this.#held && {
        // What is fetched only now and then stays there too, or it would be fetched in every step.
        held: program.outputs.filter(({ target }) => staysThere(target)).map(({ name }) => name),
      }),
    });
    this.#sessions.set(program.name, created);
    return created;
  }

  /** What training may take; the buffers for the next state are not written before the first step. */
  #allowance(): Pick<SessionOptions, 'memory'> {
    const { memory } = this.#options;
    const besidesBytes = [...this.#spare.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    return memory ? { memory: { ...memory, besidesBytes } } : {};
  }

  /** On another device than the CPU, where the nodes run is read back and held against what was asked for. */
  async #verified({ name, graph }: Program, options: SessionOptions): Promise<ComputeSession> {
    const { device, mayUseCpu = false } = this.#options;
    if (device === 'cpu') return createSession(graph, options);
    return new VerifiedSession(await createSession(graph, { ...options, placement: true }), {
      program: name,
      device,
      cpuFallback: mayUseCpu,
      onPlacement: (placement) => this.#onPlacement(placement),
    });
  }

  #trainInputs({ inputs }: Program, step: number, seed: number, feeds: StepFeeds): Feeds {
    return Object.fromEntries(inputs.map((input) => [input.name, this.#trainInput(input, step, seed, feeds)]));
  }

  #trainInput(input: ProgramInput, step: number, seed: number, feeds: StepFeeds): Tensor | DeviceTensor {
    const { source } = input;
    switch (source.kind) {
      case 'state':
        return this.#stateValue(source.state);
      case 'batch': {
        const value = feeds.batch(source.index)[source.field];
        if (!value) throw new Error(`the training step needs targets, and the data has none`);
        return value;
      }
      case 'noise': {
        const buffer = this.#buffer(input);
        fillNoise(input, buffer, seed, step);
        return buffer;
      }
      case 'scalar':
        return this.#scalar(source.scalar, feeds.scalar(source.scalar));
      case 'argument':
        throw new Error(`the training step cannot have the argument '${input.name}'`);
    }
  }

  #inputValue(input: ProgramInput, args: Readonly<Record<string, Tensor>>): Tensor | DeviceTensor {
    if (input.source.kind === 'state') return this.#stateValue(this.#averaged(input.source.state));
    const value = args[input.name];
    if (!value) throw new Error(`program input '${input.name}' was not given`);
    return value;
  }

  /** The moving average of a state tensor where there is one, else the tensor itself. */
  #averaged(state: string): string {
    return this.#current.has(emaName(state)) ? emaName(state) : state;
  }

  #stateValue(name: string): Tensor<'float32'> | DeviceTensor {
    const value = this.#held?.get(name) ?? this.#current.get(name);
    if (!value) throw new Error(`the state has no tensor '${name}'`);
    return value;
  }

  #buffer(input: ProgramInput): Tensor {
    const known = this.#noise.get(input.name);
    if (known) return known;
    const made = zeros('float32', input.shape as readonly number[]);
    this.#noise.set(input.name, made);
    return made;
  }

  #scalar(name: string, value: number): Tensor<'float32'> {
    const known = this.#scalars.get(name) ?? zeros('float32', []);
    known.data[0] = value;
    this.#scalars.set(name, known);
    return known;
  }

  #fetches(program: Program): Record<string, Tensor> {
    const fetches: Record<string, Tensor> = {};
    for (const { name, target } of program.outputs) {
      const buffer = target.kind === 'state' ? this.#spare.get(target.state) : this.#figures.get(name);
      if (buffer) fetches[name] = buffer;
    }
    return fetches;
  }

  /** A step's inputs, all in memory. */
  async #inputsAtHome(step: number, seed: number, feeds: StepFeeds): Promise<Record<string, Tensor>> {
    const state = await this.readState();
    return Object.fromEntries(
      this.#model.train.inputs.map((input) => {
        const { source } = input;
        const value = source.kind === 'state' ? state.get(source.state) : this.#trainInput(input, step, seed, feeds);
        return [input.name, value as Tensor];
      }),
    );
  }

  #keep(program: Program, held: Readonly<Record<string, DeviceTensor>>): void {
    for (const { name, target } of program.outputs)
      if (target.kind === 'state') this.#held?.replace(target.state, held[name]);
  }

  /** Brings what was watched home from the device; leaves state there. */
  async #watchedHeld(held: Readonly<Record<string, DeviceTensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const names = this.#model.train.outputs.filter(({ target, name }) => target.kind === 'watch' && held[name]);
    if (!this.#held || names.length === 0) return {};
    return this.#held.readOnce(Object.fromEntries(names.map(({ name }) => [name, held[name]])));
  }

  #readWatched(outputs: Readonly<Record<string, Tensor>>, watched: Map<string, number>): void {
    for (const { name, target } of this.#model.train.outputs) {
      if (target.kind !== 'watch') continue;
      if (target.watch === 'gradientSquare') watched.set(target.of, Number(outputs[name].data[0]));
      else
        for (const [parameter, gradient] of cut(outputs[name] as Tensor<'float32'>, target.of))
          watched.set(parameter, sumOfSquares(gradient.data));
    }
  }

  #swap(program: Program): void {
    for (const { target } of program.outputs) {
      if (target.kind !== 'state') continue;
      const fresh = this.#spare.get(target.state);
      const old = this.#current.get(target.state);
      if (!fresh || !old) continue;
      this.#current.set(target.state, fresh);
      this.#spare.set(target.state, old);
    }
  }

  /** @param feeds the very ones of the step that diverged */
  async #diverged(step: number, seed: number, feeds: StepFeeds, metrics: Record<string, number>): Promise<Divergence> {
    const inputs = await this.#inputsAtHome(step, seed, feeds);
    const given = this.#model.train.inputs.map(
      ({ name, source }) => [source.kind === 'state' ? source.state : name, inputs[name]] as const,
    );
    const input = firstNotFinite(inParts(this.#model.registry.all, new Map(given)));
    if (input) return { metrics, input };
    const { threads, device } = this.#options;
    const node = await findFirstBadNode(this.#model.train.graph, inputs, { threads, device });
    return { metrics, ...(node && { node }) };
  }
}

function figureBuffers({ graph, outputs }: Program): ReadonlyMap<string, Tensor> {
  return new Map(
    graph.outputs.flatMap(({ name, value: { type } }, at) =>
      isFigure(outputs[at].target) ? [[name, zeros(type.dtype, type.shape as readonly number[])] as const] : [],
    ),
  );
}

const isFigure = ({ kind }: OutputTarget): boolean => kind === 'metric' || kind === 'watch';

/** Whether an output is left on a device that keeps tensors. */
const staysThere = ({ kind }: OutputTarget): boolean => kind === 'state' || kind === 'watch';

const stateInputs = (program: Program): readonly string[] =>
  program.inputs.flatMap(({ source }) => (source.kind === 'state' ? [source.state] : []));

/** Whether a training step came back with curves. */
export function isDivergence(result: Readonly<Record<string, number>> | Divergence): result is Divergence {
  return 'metrics' in result && typeof result.metrics === 'object';
}
