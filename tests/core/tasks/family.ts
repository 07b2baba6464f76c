/** A family without a document or an engine: compiled for networks given as functions, run by the reference interpreter. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Value } from '../../../core/graph/graph.ts';
import type { InputKind } from '../../../core/nn/network.ts';
import { optimizerSchema } from '../../../core/optim/optimizers.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { StateRegistry, type ProgramBuilder } from '../../../core/program/program-builder.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { Program, StateSpec } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';
import type { CompiledModel, Examples, TaskSession, TrainingPlan } from '../../../core/tasks/task.ts';
import { sizeOf, tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';

export type Inputs = Partial<Record<InputKind, Value>>;

/** A network: which inputs it takes besides the first, and its outputs. */
export interface MadeNetwork {
  readonly takes: readonly InputKind[];
  readonly apply: (p: ProgramBuilder, inputs: Inputs, training: boolean) => readonly Value[];
}

/** A trained parameter of a made network, starting at the given values. */
export function parameter(p: ProgramBuilder, name: string, shape: readonly number[], start = 1): Value {
  return p.state({ name, shape, role: 'parameter', decay: true, init: { type: 'constant', scale: start } });
}

export const pointsInfo: DataInfo = {
  source: 'test',
  kind: 'points',
  shape: [2],
  target: 'class',
  classes: ['a', 'b', 'c'],
  counts: { train: 1000, validation: 100, test: 100 },
  contentHash: '',
};

export const plan: TrainingPlan = {
  steps: 10,
  batchSize: 4,
  seed: 1,
  optimizerOf: () => sgd,
};
const sgd = optimizerSchema.parse({ type: 'sgd', learningRate: 1 });

export interface Made {
  readonly model: CompiledModel;
  readonly state: Map<string, Tensor>;
}

/** Compiles a family for made networks. Parameters start as they were declared; change them in `state`. */
export function make(
  config: { readonly type: string } & Readonly<Record<string, unknown>>,
  networks: Readonly<Record<string, MadeNetwork>>,
  given: { readonly data?: DataInfo; readonly plan?: TrainingPlan } = {},
): Made {
  const task = taskTable[config.type];
  const registry = new StateRegistry();
  const model = task.compile(
    {
      data: given.data ?? pointsInfo,
      plan: given.plan ?? plan,
      registry,
      takes: (name, kind) => networks[name].takes.includes(kind),
      apply: (p, name, inputs, options) => networks[name].apply(p, inputs, options.training),
      parametersOf: (name): readonly StateSpec[] =>
        registry.all.filter((spec) => spec.role === 'parameter' && spec.name.startsWith(`${name}/`)),
    },
    task.schema.parse(config),
  );
  return { model, state: new Map<string, Tensor>(initialState(registry.all, 1)) };
}

/** Runs a program; every input without a value in `feeds` comes from the state. */
function runProgram(
  program: Program,
  state: ReadonlyMap<string, Tensor>,
  feeds: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const given = program.inputs.map(({ name, source }): [string, Tensor] => {
    const value = source.kind === 'state' ? state.get(source.state) : feeds[name];
    if (!value) throw new Error(`no value for '${name}'`);
    return [name, value];
  });
  return Object.fromEntries(evaluateGraph(program.graph, new Map(given)));
}

/** A training step's results, with the named inputs, fixed random numbers for noise and 1 for other scalars. */
export function trainOnce(
  { model, state }: Made,
  feeds: Readonly<Record<string, Tensor>>,
): { readonly outputs: Readonly<Record<string, Tensor>>; readonly inputs: Readonly<Record<string, Tensor>> } {
  const inputs: Record<string, Tensor> = {};
  for (const { name, dtype, shape, source } of model.train.inputs) {
    if (source.kind === 'state') continue;
    const made = zeros('float32', shape as readonly number[]);
    if (source.kind === 'noise') {
      const random = new RandomStream(5, source.stream);
      if (source.distribution === 'normal') random.fillNormal(made.data);
      else random.fillUniform(made.data);
    }
    if (source.kind === 'scalar')
      made.data[0] = model.scalars.find((scalar) => scalar.name === source.scalar)!.valueAt(0);
    if (source.kind === 'batch' && !feeds[name]) throw new Error(`no ${dtype} batch '${name}'`);
    inputs[name] = feeds[name] ?? made;
  }
  return { outputs: runProgram(model.train, state, inputs), inputs };
}

/** A session that runs the programs by the reference interpreter and has the given examples in every split. */
export function sessionOf({ model, state }: Made, examples?: Examples): TaskSession & { readonly runs: string[] } {
  const runs: string[] = [];
  return {
    runs,
    run: (name, args) => {
      runs.push(name);
      return Promise.resolve(runProgram(model.programs.get(name)!, state, args));
    },
    examples: (_, start, count) => {
      if (!examples) throw new Error('no examples');
      const { x, y } = examples;
      const end = Math.min(x.shape[0], start + count);
      const each = sizeOf(x.shape.slice(1));
      const some = tensorOf('float32', [end - start, ...x.shape.slice(1)], x.data.subarray(start * each, end * each));
      if (!y) return { x: some };
      return { x: some, y: { ...y, shape: [end - start], data: y.data.slice(start, end) } as Tensor };
    },
    progress: () => {},
  };
}

export const floats = (shape: readonly number[], values: readonly number[]): Tensor<'float32'> =>
  tensorOf('float32', shape, values);

/** Standard normal numbers of a fixed stream. */
export function normals(shape: readonly number[], stream: string): Tensor<'float32'> {
  const made = zeros('float32', shape);
  new RandomStream(11, stream).fillNormal(made.data);
  return made;
}

export function meanAndVariance(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
  return { mean, variance: list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (list.length - 1) };
}
