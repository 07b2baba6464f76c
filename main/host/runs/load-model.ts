/** Loads what a job works on: the document compiled for its data, and the state it starts from. */
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { ScalarTurn } from '../../../core/protocol/run-updates.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { StateSpec } from '../../../core/program/program.ts';
import { fromParts } from '../../../core/program/state-parts.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument, type ModelDocument } from '../../../core/spec/parse.ts';
import { sameShape } from '../../../core/graph/graph.ts';
import type { Shape, Tensor } from '../../../core/tensor/tensor.ts';
import type { OptimisationName } from '../../../core/ops/optimisations.ts';
import { formsLacking } from '../compute/create-session.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open.ts';
import type { DataProgress } from '../data/source.ts';
import { readCheckpoint } from '../files/checkpoint.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { TaskFailure } from './failure.ts';
import type { DataJobRequest, ModelSource } from './messages.ts';

/** What a checkpoint says besides its tensors. Nothing here depends on the clock, so equal runs write equal bytes. */
export interface CheckpointMeta {
  readonly [key: string]: JsonValue;
  readonly step: number;
  readonly seed: number;
  readonly documentHash: string;
  readonly dataHash: string;
  readonly engineBuild: string;
  readonly threads: number;
  /** The held-out figure at this step, when it was just measured. */
  readonly score: number | null;
  readonly turns: readonly { readonly step: number; readonly name: string; readonly value: number | null }[];
}

export interface LoadedModel {
  readonly document: ModelDocument;
  readonly model: CompiledDocument;
  readonly dataset: Dataset;
  readonly engine: Engine;
  /** Finished steps of the state: 0 when it was drawn from the seed. */
  readonly step: number;
  readonly turns: readonly ScalarTurn[];
  /** Names of state tensors a fork could not take over and drew anew. */
  readonly redrawn: readonly string[];
}

/** Opens the data a document asks for. */
function openDocumentData(
  document: ModelDocument,
  source: Pick<ModelSource, 'baseDir' | 'dataCache'>,
  onProgress?: DataProgress,
): Promise<Dataset> {
  return openDataset({ ...documentData(document, source), ...(onProgress && { onProgress }) });
}

/** What a document's data section asks for, as a request for data. */
export function documentData(
  { data }: ModelDocument,
  source: Pick<ModelSource, 'baseDir' | 'dataCache'>,
): DataJobRequest {
  return {
    source: data.source,
    baseDir: source.baseDir,
    cacheDir: source.dataCache,
    ...(data.split && { split: data.split }),
    ...(data.image && { image: data.image }),
    ...(data.target !== undefined && { target: data.target }),
    ...(data.context !== undefined && { context: data.context }),
  };
}

export interface LoadOptions {
  /** Take over what fits of the checkpoint and draw the rest anew, instead of asking for an exact match. */
  readonly fork?: boolean;
  /** Optimisations to do without, besides those that the device has no use for. */
  readonly without?: readonly OptimisationName[];
  /** What training may take. */
  readonly memory?: EngineOptions['memory'];
}

/**
 * Loads a job's model.
 * @throws TaskFailure when the document has errors or the checkpoint does not fit it.
 */
export async function loadModel(
  source: ModelSource,
  onProgress: DataProgress,
  { fork = false, without = [], memory }: LoadOptions = {},
): Promise<LoadedModel> {
  const { document, issues } = parseDocument(source.document);
  if (!document) throw new TaskFailure('document', issues[0]?.message ?? 'the document cannot be read');
  const dataset = await openDocumentData(document, source, onProgress);
  const model = compileDocument(document, dataset.info, { without: [...formsLacking(source.device), ...without] });
  const specs = model.registry.all;
  const drawn = initialState(specs, model.plan.seed);
  const start = source.checkpoint
    ? await restore(source.checkpoint, specs, drawn, fork)
    : { state: drawn, step: 0, turns: [], redrawn: [] };
  const { threads, device, mayUseCpu = false, sessionCache: cache } = source;
  const engine = new Engine(model, start.state, {
    threads,
    device,
    mayUseCpu,
    ...(cache !== undefined && { cache }),
    ...(memory && { memory }),
  });
  return { document, model, dataset, engine, step: start.step, turns: start.turns, redrawn: start.redrawn };
}

async function restore(
  checkpoint: NonNullable<ModelSource['checkpoint']>,
  specs: readonly StateSpec[],
  /** One for each spec, in their order. */
  drawn: ReadonlyMap<string, Tensor<'float32'>>,
  fork: boolean,
) {
  const { tensors, meta } = await readCheckpoint(checkpoint.path, checkpoint.sha256);
  const redrawn: string[] = [];
  const saved = (name: string, shape: Shape): Tensor<'float32'> | undefined => {
    const found = tensors.get(name);
    if (found?.dtype === 'float32' && sameShape(found.shape, shape)) return found as Tensor<'float32'>;
    redrawn.push(name);
    return undefined;
  };
  const initial = [...drawn.values()];
  const state = new Map(specs.map((spec, at) => [spec.name, fromParts(spec, initial[at], saved)]));
  if (redrawn.length > 0 && !fork) {
    throw new TaskFailure(
      'checkpoint',
      `${checkpoint.path} does not fit the document: it lacks ${redrawn.slice(0, 5).join(', ')}${redrawn.length > 5 ? ', …' : ''}`,
    );
  }
  const { step, turns } = meta as CheckpointMeta;
  return { state, step, turns, redrawn };
}

/** Elements of all trained parameters. */
export function parameterCount(specs: readonly StateSpec[]): number {
  return specs
    .filter((spec) => spec.role === 'parameter')
    .reduce((sum, spec) => sum + spec.shape.reduce((size, dim) => size * dim, 1), 0);
}
