/** Checks a document whole: its text, its layers against each other and the data, and what its task needs of them. */
import type { DataInfo, DataKind } from '../data/data-info.ts';
import type { TensorType, Value } from '../graph/graph.ts';
import {
  applyNetwork,
  type DocumentPath,
  type InputKind,
  type Network,
  type NetworkIssue,
  type NetworkLayer,
} from '../nn/network.ts';
import { withDataSizes } from '../nn/data-sizes.ts';
import { ProgramBuilder, StateRegistry } from '../program/program-builder.ts';
import { dataSizes } from '../tasks/common.ts';
import { batchDim, type Probe, type TaskDefinition } from '../tasks/task.ts';
import { builtinDataInfo } from './builtin-data.ts';
import type { Finding, Issue, Severity } from './issue.ts';
import type { NetworkSection } from './network-section.ts';
import { parseParts, type DocumentParts } from './parse.ts';
import type { DataSection } from './schema.ts';
import { orderIssues } from './source-text.ts';
import { suggestion } from './suggest.ts';
import { SummaryWriter, totals, type NetworkSummary, type Summary } from './summary.ts';

export interface CheckResult {
  /** Errors and warnings in the order of the text. */
  readonly issues: readonly Issue[];
  /** Of the networks the task could apply, as far as they could be built; undefined when the data's shape is not known. */
  readonly summary?: Summary;
}

/**
 * Checks a document's text. @param data what the document's source holds; known without it for `builtin:` sources,
 * while for others shapes are not checked when it is left out.
 */
export function checkDocument(text: string, data?: DataInfo): CheckResult {
  const { parts, issues, locate } = parseParts(text);
  const info = data ?? (parts?.data && builtinDataInfo(parts.data));
  if (!parts || !info) return { issues: orderIssues(issues) };
  const probe = new DocumentProbe(parts, info);
  if (parts.task?.config && learnsFrom(probe, parts.task.definition))
    parts.task.definition.check(probe, parts.task.config);
  probe.checkUnreached();
  const summary = probe.summary();
  const findings = [
    ...probe.findings,
    ...largeLayers(summary, parts.data?.batchSize ?? 1),
    ...unusedLayers(parts.networks),
    ...(parts.data ? checkCounts(parts.data, info) : []),
    ...checkBestMetric(parts),
  ];
  const all = orderIssues([...issues, ...findings.map(locate)]);
  return { issues: all, summary };
}

const kindWords: Readonly<Record<DataKind, string>> = {
  image: 'pictures',
  points: 'points',
  table: 'tables',
  text: 'texts',
};

/** Whether the family learns from data of this kind; reports it when not. */
function learnsFrom(probe: DocumentProbe, task: TaskDefinition): boolean {
  const { kind } = probe.data;
  if (task.data.includes(kind)) return true;
  const wanted = task.data.map((each) => kindWords[each]).join(', ');
  const message = `task '${task.type}' learns from ${wanted}, and this data is ${kindWords[kind]}`;
  probe.issue(['data', 'source'], message, 'choose other data, or another task');
  return false;
}

/** Elements of one tensor: as float32 it has 8 GiB. A layer beyond it is a slip of the keyboard. */
const largestTensor = 2 ** 31;

/** Sizes tried for a latent that is not known: what is wrong with both does not depend on it. */
const latentGuesses = [16, 24] as const;

/** Builds networks in evaluation mode over a symbolic batch and remembers what went wrong and what came out. */
class DocumentProbe implements Probe {
  readonly data: DataInfo;
  readonly findings: Finding[] = [];
  readonly #parts: DocumentParts;
  readonly #networks: ReadonlyMap<string, Network>;
  readonly #summaries = new Map<string, NetworkSummary>();

  constructor(parts: DocumentParts, data: DataInfo) {
    this.data = data;
    this.#parts = parts;
    const sizes = dataSizes(data);
    const filled = [...parts.networks.resolved].map(
      ([name, network]) => [name, withDataSizes(network, sizes)] as const,
    );
    this.#networks = new Map(filled);
  }

  network(name: string): Network | undefined {
    return this.#networks.get(name);
  }

  takes(name: string, kind: InputKind): boolean {
    return [...(this.#networks.get(name)?.inputs.values() ?? [])].includes(kind);
  }

  apply(name: string, types: Partial<Record<InputKind, TensorType>>): readonly (TensorType | undefined)[] {
    const network = this.#networks.get(name);
    if (!network) return [];
    for (const [input, kind] of network.inputs)
      if (!types[kind]) this.#reportInput(network, input, kind, Object.keys(types));
    const built = buildNetwork(network, types);
    this.findings.push(...built.issues);
    if (!this.#summaries.has(name)) this.#summaries.set(name, built.summary);
    return built.outputs;
  }

  /** Checks the layers of networks that the task could not apply, because another network or its own settings are at fault. */
  checkUnreached(): void {
    for (const [name, network] of this.#networks) {
      if (this.#summaries.has(name)) continue;
      const [first, second] = latentGuesses.map((size) => buildNetwork(network, guessedTypes(this.data, size)));
      const sure = first.issues.filter((issue) => second.issues.some((other) => other.message === issue.message));
      this.findings.push(...sure);
    }
  }

  issue(path: DocumentPath, message: string, hint?: string): void {
    this.#report('error', path, message, hint);
  }

  warn(path: DocumentPath, message: string, hint?: string): void {
    this.#report('warning', path, message, hint);
  }

  /** Of the networks the task applied, in the document's order. */
  summary(): Summary {
    const networks = [...this.#networks.keys()].flatMap((name) => this.#summaries.get(name) ?? []);
    return { networks, ...totals(networks) };
  }

  #report(severity: Severity, path: DocumentPath, message: string, hint: string | undefined): void {
    if (path[0] === 'networks' && this.#parts.networks.open.has(String(path[1]))) return;
    const code = path[0] === 'data' ? 'unsuitableData' : 'task';
    this.findings.push({ severity, code, message, path, ...(hint !== undefined && { hint }) });
  }

  #reportInput(network: Network, name: string, kind: InputKind, given: readonly string[]): void {
    const task = this.#parts.task?.definition.type ?? '';
    const message = `input '${name}' of network '${network.name}' asks for ${kind}, which task '${task}' does not give it`;
    const path = [...network.path, 'inputs', name];
    this.findings.push({
      code: 'task',
      message,
      path,
      expected: given.join(', '),
      found: kind,
      hint: `it gives ${given.join(', ')}`,
    });
  }
}

/** Layers whose parameters, or whose output for a batch, could not be held. */
function largeLayers(summary: Summary, batchSize: number): readonly Finding[] {
  const layers = summary.networks.flatMap((network) => network.layers);
  return layers.flatMap(({ id, type, path, parameters, activationElements }): readonly Finding[] => {
    const limit = `at most ${largestTensor} can be held`;
    const output = activationElements * batchSize;
    const held =
      parameters > largestTensor
        ? `has ${parameters} parameters`
        : `gives ${output} numbers for a batch of ${batchSize}`;
    if (parameters <= largestTensor && output <= largestTensor) return [];
    return [{ code: 'layerTooLarge', message: `${type} '${id}' ${held}; ${limit}`, path }];
  });
}

interface BuiltNetwork {
  readonly issues: readonly Finding[];
  readonly outputs: readonly (TensorType | undefined)[];
  readonly summary: NetworkSummary;
}

/** Builds one network in evaluation mode; inputs without a type, and the layers behind them, are left out. */
function buildNetwork(network: Network, types: Partial<Record<InputKind, TensorType>>): BuiltNetwork {
  const program = new ProgramBuilder(`check ${network.name}`, new StateRegistry());
  const inputs = new Map<string, Value>();
  for (const [name, kind] of network.inputs) {
    const type = types[kind];
    if (type) inputs.set(name, program.argument(name, type.dtype, type.shape));
  }
  const issues: Finding[] = [];
  const onIssue = (issue: NetworkIssue): void => void issues.push({ code: 'layer', ...issue });
  const writer = new SummaryWriter(program);
  const outputs = applyNetwork(program, network, inputs, { training: false, onIssue, onLayer: writer.onLayer });
  return { issues, outputs: outputs.map((output) => output?.type), summary: writer.summary(network, inputs, outputs) };
}

function guessedTypes(data: DataInfo, latentSize: number): Readonly<Record<InputKind, TensorType>> {
  return {
    data:
      data.kind === 'text'
        ? { dtype: 'int64', shape: [batchDim, data.shape[0] - 1] }
        : { dtype: 'float32', shape: [batchDim, ...data.shape] },
    latent: { dtype: 'float32', shape: [batchDim, latentSize] },
    label: { dtype: 'int64', shape: [batchDim] },
    time: { dtype: 'float32', shape: [batchDim] },
  };
}

/** Layers that lead to no output; a block's layers stand together at the place where the block is used. */
function unusedLayers({ resolved, faulty }: NetworkSection): readonly Finding[] {
  const sound = [...resolved.values()].filter((network) => !faulty.has(network.name));
  return sound.flatMap((network) => {
    const used = new Set(network.outputs);
    for (const layer of network.layers.toReversed())
      if (used.has(layer.id)) for (const input of layer.inputs) used.add(input);
    const place = (layer: NetworkLayer): string => layer.path.join('/');
    const useful = new Set(network.layers.filter((layer) => used.has(layer.id)).map(place));
    const idle = new Map(
      network.layers.filter((layer) => !useful.has(place(layer))).map((layer) => [place(layer), layer]),
    );
    return [...idle.values()].map(({ id, definition, path }): Finding => {
      const message = `${definition.type} '${id}': nothing in network '${network.name}' uses its output`;
      return {
        severity: 'warning',
        code: 'unusedLayer',
        message,
        path,
        hint: 'name it in "inputs" or "outputs", or remove it',
      };
    });
  });
}

/** Whether the training split can fill batches. */
function checkCounts(section: DataSection, data: DataInfo): readonly Finding[] {
  const { train } = data.counts;
  if (train === 0) {
    const path = section.split ? ['data', 'split'] : ['data', 'source'];
    return [{ code: 'unsuitableData', message: 'nothing is left to train on', path, hint: 'hold back fewer samples' }];
  }
  if (section.batchSize <= train) return [];
  const message = `a batch of ${section.batchSize} repeats samples: the training split has ${train}`;
  return [
    { severity: 'warning', code: 'unsuitableData', message, path: ['data', 'batchSize'], hint: `use at most ${train}` },
  ];
}

/** The metric that says which checkpoint is best must be one the family measures on held-out data, with a better way. */
function checkBestMetric({ training, task }: DocumentParts): readonly Finding[] {
  const wanted = training?.bestMetric;
  if (wanted === undefined || !task) return [];
  const names = task.definition.metrics.filter((metric) => metric.heldOut && metric.goal).map((metric) => metric.name);
  if (names.includes(wanted.replace(/^validation\./, ''))) return [];
  const known =
    names.length > 0 ? `one of ${names.join(', ')}` : 'none: this family has no held-out metric with a goal';
  const hint = suggestion(wanted, names);
  return [
    {
      code: 'invalidValue',
      message: `training.bestMetric: expected ${known}, found "${wanted}"`,
      path: ['training', 'bestMetric'],
      expected: known,
      found: wanted,
      ...(hint && { hint }),
    },
  ];
}
