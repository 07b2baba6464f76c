/** Compiles a document to the programs of its family, each optimised. */
import type { DataInfo } from '../data/data-info.ts';
import type { Value } from '../graph/graph.ts';
import { layerTable } from '../nn/layer-table.ts';
import { applyNetwork, type InputKind, type Network } from '../nn/network.ts';
import { withDataSizes } from '../nn/data-sizes.ts';
import { resolveNetwork } from '../nn/resolve-network.ts';
import type { OptimisationName, Without } from '../ops/optimisations.ts';
import { optimise } from '../ops/optimise.ts';
import { StateRegistry } from '../program/program-builder.ts';
import type { Program } from '../program/program.ts';
import { dataSizes } from '../tasks/common.ts';
import { taskTable } from '../tasks/task-table.ts';
import type { CompileContext, CompiledModel, TaskDefinition, TrainingPlan } from '../tasks/task.ts';
import type { ModelDocument } from './parse.ts';

export interface CompiledDocument extends CompiledModel {
  readonly task: TaskDefinition;
  /** The task section, parsed by the task's schema. */
  readonly config: unknown;
  readonly plan: TrainingPlan;
  readonly networks: ReadonlyMap<string, Network>;
}

export interface CompileOptions {
  /** Optimisations to leave out (core/ops/optimisations.ts), to measure what each is worth. */
  readonly without?: readonly OptimisationName[];
}

/**
 * Compiles a document that `checkDocument` found no error in, for data of this shape.
 * @throws NetworkError or GraphError when it does not fit this data after all.
 */
export function compileDocument(
  document: ModelDocument,
  data: DataInfo,
  options: CompileOptions = {},
): CompiledDocument {
  const built = buildDocument(document, data, options);
  const without: Without = new Set(options.without);
  const programs = new Map([...built.programs].map(([name, program]) => [name, optimiseProgram(program, without)]));
  return { ...built, train: optimiseProgram(built.train, without), programs };
}

/** The programs as the family and the gradient rules make them, before any pass. @throws as `compileDocument` does */
export function buildDocument(document: ModelDocument, data: DataInfo, options: CompileOptions = {}): CompiledDocument {
  const without: Without = new Set(options.without);
  const task = taskTable[document.task.type];
  const config = task.schema.parse(document.task);
  const networks = resolveAll(document, data);
  const compileFor = (plan: TrainingPlan): CompiledModel =>
    task.compile(compileContext(networks, data, plan, without), config);
  const first = planOf(document, data, 1);
  const compiled = compileFor(first);
  // Epochs count batches, and how many a step reads is known only now: its schedules need the plan once more.
  const plan = planOf(document, data, compiled.batchesPerStep);
  const model = plan.steps === first.steps ? compiled : compileFor(plan);
  return { ...model, without, task, config, plan, networks };
}

/** What the training section asks for, with epochs turned to steps that read `batchesPerStep` batches each. */
function planOf(document: ModelDocument, data: DataInfo, batchesPerStep: number): TrainingPlan {
  const { training } = document;
  const { batchSize } = document.data;
  const batchesPerEpoch = Math.max(1, Math.floor(data.counts.train / batchSize));
  const steps = training.steps ?? Math.max(1, Math.ceil(((training.epochs ?? 1) * batchesPerEpoch) / batchesPerStep));
  return {
    steps,
    batchSize,
    seed: training.seed,
    optimizerOf: (network) => training.optimizers?.[network] ?? training.optimizer,
    ...(training.ema && { emaDecay: training.ema.decay }),
  };
}

function resolveAll(document: ModelDocument, data: DataInfo): ReadonlyMap<string, Network> {
  return new Map(
    Object.entries(document.networks).map(([name, spec]) => {
      const { network, issues } = resolveNetwork(name, spec, document.blocks ?? {}, layerTable, ['networks', name]);
      if (!network || issues.length > 0)
        throw new Error(`network '${name}' was not checked: ${issues[0]?.message ?? 'it cannot be resolved'}`);
      return [name, withDataSizes(network, dataSizes(data))];
    }),
  );
}

function compileContext(
  networks: ReadonlyMap<string, Network>,
  data: DataInfo,
  plan: TrainingPlan,
  without: Without,
): CompileContext {
  const registry = new StateRegistry();
  const named = (name: string): Network => {
    const network = networks.get(name);
    if (!network) throw new Error(`the document has no network '${name}'`);
    return network;
  };
  return {
    data,
    plan,
    registry,
    without,
    takes: (name, kind) => [...(networks.get(name)?.inputs.values() ?? [])].includes(kind),
    apply: (program, name, inputs, options) => {
      const network = named(name);
      return applyNetwork(program, network, bindInputs(network, inputs), options) as readonly Value[];
    },
    parametersOf: (name) =>
      registry.all.filter((spec) => spec.role === 'parameter' && spec.name.startsWith(`${name}/`)),
  };
}

/** Gives each input of the network the value of its kind. */
function bindInputs(network: Network, values: Partial<Record<InputKind, Value>>): ReadonlyMap<string, Value> {
  return new Map(
    [...network.inputs].map(([name, kind]) => {
      const value = values[kind];
      if (!value)
        throw new Error(
          `input '${name}' of network '${network.name}' asks for '${kind}', which its task does not give`,
        );
      return [name, value];
    }),
  );
}

/** The same program over its optimised graph; inputs that nothing needs any more are dropped from graph and table. */
function optimiseProgram(program: Program, without: Without): Program {
  const graph = optimise(program.graph, { without });
  const used = new Set([...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.map((output) => output.value)]);
  const inputs = graph.inputs.filter((input) => used.has(input));
  const names = new Set(inputs.map((input) => input.name));
  return { ...program, graph: { ...graph, inputs }, inputs: program.inputs.filter((input) => names.has(input.name)) };
}
