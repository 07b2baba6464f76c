/**
 * What a model family is: one interface, so that no screen, command or runner knows a family by name.
 *
 * A family declares its configuration, checks the document's networks against the data, compiles to programs, and says
 * how samples are drawn and how well it does, in terms of those programs.
 */
import type { z } from 'zod';
import type { DataInfo, DataKind, DataRange, Split } from '../data/data-info.ts';
import type { TensorType, Value } from '../graph/graph.ts';
import type { ApplyOptions, DocumentPath, InputKind, Network } from '../nn/network.ts';
import type { Without } from '../ops/optimisations.ts';
import type { OptimizerConfig } from '../optim/optimizers.ts';
import type { ProgramBuilder, StateRegistry } from '../program/program-builder.ts';
import type { Program, StateSpec } from '../program/program.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Name of the symbolic batch dimension of every program but the training step. */
export const batchDim = 'N';

/** A curve a family draws. */
export interface MetricSpec {
  readonly name: string;
  readonly label: string;
  /** Which way is better; absent for figures that are only watched. */
  readonly goal?: 'min' | 'max';
  /** Whether it is measured on held-out data by `evaluate` rather than on each training batch. */
  readonly heldOut?: boolean;
}

/** A number that the training step reads each time: a learning rate, a loss weight. The user may turn it live. */
export interface ScalarSpec {
  readonly name: string;
  readonly label: string;
  /** Its value at a step (0 is the first) when nobody turned it. */
  readonly valueAt: (step: number) => number;
}

/** Something a user may choose when drawing samples. */
export type SampleOption =
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: 'integer' | 'number';
      readonly fallback: number;
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: 'choice';
      readonly fallback: string;
      readonly choices: readonly string[];
    }
  | {
      readonly name: string;
      readonly label: string;
      readonly kind: 'text';
      readonly fallback: string;
      /** Most characters. */
      readonly longest: number;
    };

/** What a family shows, by kind: views are chosen by it. Later kinds: series, sound. */
export type OutputKind = 'image' | 'points' | 'table' | 'text' | 'classScores';

export interface OutputSpec {
  /** `samples`, `reconstructions`, `predictions`. */
  readonly name: string;
  readonly label: string;
  readonly kind: OutputKind;
}

/** Drawn samples; `data` is [n, …] in the data's own shape and range, [n, length] tokens for texts, [n, classes] probabilities for class scores. */
export interface SampleOutput extends OutputSpec {
  readonly data: Tensor<'float32'>;
  readonly range: DataRange;
  /** What each was made from (the original of a reconstruction, the picture of its class scores, the prompt of a text). */
  readonly reference?: Tensor<'float32'>;
  /** Class of each sample: asked for (conditional models) or true (predictions). */
  readonly labels?: readonly number[];
}

export interface SampleRequest {
  readonly count: number;
  /** Sample i depends on (seed, i) alone: the same seeds show the same noise in every family. */
  readonly seed: number;
  readonly options: Readonly<Record<string, number | string>>;
  /**
   * Of families that make samples step by step: hears the states [rows, …] of samples from number `first` on after `done`
   * of `total` sampler steps, 0 (pure noise) included. It must not keep or change the buffer.
   */
  readonly onState?: (state: Tensor<'float32'>, first: number, done: number, total: number) => void;
}

/** Real examples in the family's range. */
export interface Examples {
  readonly x: Tensor<'float32'>;
  /** Class numbers (int64) or real targets (float32); absent when the data has none. */
  readonly y?: Tensor;
}

/** What an evaluation notes example by example, for what its means do not show. The host counts it up and keeps it. */
export type Finding =
  | { readonly kind: 'classes'; readonly actual: ArrayLike<number>; readonly predicted: ArrayLike<number> }
  /** @param population one of those the model's insight names */
  | { readonly kind: 'scores'; readonly population: string; readonly values: ArrayLike<number> };

/** What can be seen of a model besides its figures; views are chosen by kind. */
export type InsightSpec =
  /** Which class is taken for which; made of `classes` findings. */
  | { readonly kind: 'confusion' }
  /** How scores of populations that the model is to tell apart are spread; made of `scores` findings. */
  | {
      readonly kind: 'scores';
      readonly label: string;
      readonly populations: readonly { readonly name: string; readonly label: string }[];
    };

/** What a family may use while sampling and evaluating. */
export interface TaskSession {
  /** Runs one of the model's programs; its state inputs come from the checkpoint, averaged weights if it has them. */
  run(program: string, args: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** Up to `count` examples of a split from `start` on, in stored order. */
  examples(split: Split, start: number, count: number): Examples;
  /** Called between chunks of long work; throws when the user cancelled. */
  progress(done: number, total: number): void;
  /** Hears what `evaluate` finds, where somebody wants to know. */
  note?(finding: Finding): void;
}

/** Where one optimizer's settings come from: the document's `training.optimizer`, overridden by network. */
export interface TrainingPlan {
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly optimizerOf: (network: string) => OptimizerConfig;
  /** Decay of the moving average of the weights, when the document asks for one. */
  readonly emaDecay?: number;
}

/** A network to be exported for inference by itself. */
export interface InferenceExport {
  /** File name without ending: `decoder`. */
  readonly name: string;
  readonly program: string;
}

/** The space of codes a model goes through or starts from, for maps of it and ways through it. */
export interface LatentSpace {
  /** Of one code. */
  readonly shape: readonly number[];
  /** Codes of samples, their means where they are random: [n, …shape]. Absent when the model only makes samples. */
  readonly encode?: (session: TaskSession, examples: Examples) => Promise<Tensor<'float32'>>;
  /** Samples of codes [n, …shape]; @param labels a class for each, for conditional models. */
  readonly decode: (session: TaskSession, codes: Tensor<'float32'>, labels: readonly number[]) => Promise<SampleOutput>;
}

/** How examples are judged, one by one: what the model says of them, and what in them it says that for. */
export interface Judge {
  /** Probabilities [n, classes] of samples [n, …]. */
  readonly probabilities: (session: TaskSession, x: Tensor<'float32'>) => Promise<Tensor<'float32'>>;
  /** Ways to weigh input values, by the names `saliency` takes. */
  readonly methods: readonly { readonly name: string; readonly label: string }[];
  /**
   * What each value of `x` weighs in the score of the class named for its sample: signed, shaped like `x`.
   * @param method one of `methods`. @throws RangeError for another
   */
  readonly saliency: (
    session: TaskSession,
    x: Tensor<'float32'>,
    classes: readonly number[],
    method: string,
  ) => Promise<Tensor<'float32'>>;
}

export interface CompiledModel {
  readonly registry: StateRegistry;
  /** Optimisations it was compiled without, and is to run without; none when absent. */
  readonly without?: Without;
  /** One training step, whole: forward, backward and update, with a fixed batch. */
  readonly train: Program;
  /** How many batches of data one training step reads. */
  readonly batchesPerStep: number;
  /** Everything else the family runs, by name, with a symbolic batch. */
  readonly programs: ReadonlyMap<string, Program>;
  readonly scalars: readonly ScalarSpec[];
  readonly outputs: readonly OutputSpec[];
  readonly sampleOptions: readonly SampleOption[];
  readonly exports: readonly InferenceExport[];
  /** Absent when the family has no codes, as denoisers and classifiers. */
  readonly latent?: LatentSpace;
  /** Of models that judge examples rather than make some. */
  readonly judge?: Judge;
  /** What `evaluate` notes; none unless given. At most one of each kind. */
  readonly insights?: readonly InsightSpec[];
  /** Draws what `outputs` lists. */
  sample(session: TaskSession, request: SampleRequest): Promise<readonly SampleOutput[]>;
  /** Held-out figures, by the names of the family's `metrics` marked `heldOut`, over at most `limit` examples of a split. */
  evaluate(session: TaskSession, split: Split, limit: number): Promise<Readonly<Record<string, number>>>;
}

/** What a family sees while the document is checked: each network is built once, faults are collected. */
export interface Probe {
  readonly data: DataInfo;
  /** The network, or undefined after an issue was reported because the document has none of that name. */
  network(name: string): Network | undefined;
  /** Whether the network takes an input of this kind. */
  takes(network: string, kind: InputKind): boolean;
  /** Builds a network on inputs of these types; gives its output types, undefined where a layer is at fault. */
  apply(network: string, inputs: Partial<Record<InputKind, TensorType>>): readonly (TensorType | undefined)[];
  /** Reports an issue at a place of the document. */
  issue(path: DocumentPath, message: string, hint?: string): void;
  /** Reports what is likely a slip but may stay. */
  warn(path: DocumentPath, message: string, hint?: string): void;
}

/** What a family compiles with, once the document is known to be right. */
export interface CompileContext {
  readonly data: DataInfo;
  readonly plan: TrainingPlan;
  readonly registry: StateRegistry;
  /** Optimisations to leave out; none when absent. */
  readonly without?: Without;
  takes(network: string, kind: InputKind): boolean;
  /** Applies a network within a program. @throws NetworkError when it does not fit after all. */
  apply(
    program: ProgramBuilder,
    network: string,
    inputs: Partial<Record<InputKind, Value>>,
    options: ApplyOptions,
  ): readonly Value[];
  /** Trained parameters of a network, once it has been applied. */
  parametersOf(network: string): readonly StateSpec[];
}

/** A network of a family: what it is for, and what it takes. */
export interface NetworkRole {
  readonly purpose: string;
  /** Its inputs by the names people give them; a conditional family's label comes on top. */
  readonly inputs: Readonly<Record<string, InputKind>>;
}

export interface TaskDefinition<Config = unknown> {
  readonly type: string;
  /** The name people use: `Variational autoencoder`. */
  readonly label: string;
  readonly summary: string;
  /** `generative` families draw samples of the data's own kind whose features can be compared by the same scores. */
  readonly group: 'predictive' | 'generative';
  /** Kinds of data it learns from. */
  readonly data: readonly DataKind[];
  readonly schema: z.ZodType<Config>;
  /** The curves every model of the family draws, in the order people look at them. */
  readonly metrics: readonly MetricSpec[];
  /** The networks the document must have, by name. */
  readonly networks: Readonly<Record<string, NetworkRole>>;
  /** The range samples are read in. */
  range(config: Config): DataRange;
  check(probe: Probe, config: Config): void;
  compile(context: CompileContext, config: Config): CompiledModel;
}
