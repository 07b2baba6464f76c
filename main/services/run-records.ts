/** What is recorded of runs, read for screens. */
import { readFile } from 'node:fs/promises';
import type { Insight } from '../../core/metrics/insight.ts';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import { mostLines, type MetricLine } from '../../core/protocol/metric-lines.ts';
import type { RunModel } from '../../core/protocol/run-model.ts';
import type { SampleMoment, Samples } from '../../core/protocol/samples.ts';
import type { Artifact, RunDetail } from '../../core/protocol/records.ts';
import { compileDocument, type CompiledDocument } from '../../core/spec/compile.ts';
import { parseDocument, type ModelDocument } from '../../core/spec/parse.ts';
import { decodeSafetensors } from '../../core/tensor/safetensors.ts';
import { numbersOf, sizeOf, type Tensor } from '../../core/tensor/tensor.ts';
import type { DataInfo } from '../../core/data/data-info.ts';
import type { RequestContext } from '../door/services.ts';
import { explainFileError } from '../host/files/atomic.ts';
import type { Host } from '../host/host.ts';
import { documentData } from '../host/runs/load-model.ts';
import { recordedTurns, scalarAt } from '../host/runs/scalars.ts';
import type { DataService } from './data.ts';
import { ServiceError } from './service-error.ts';
import { withoutUndefined } from './without-undefined.ts';

type Context = Pick<RequestContext, 'signal' | 'progress'>;
const mostModels = 16;

interface KnownModel {
  readonly model: CompiledDocument;
  readonly data: DataInfo;
}

export class RunRecords {
  readonly #host: Host;
  readonly #data: DataService;
  /** Compiled documents by document and data; newest use last. */
  readonly #models = new Map<string, KnownModel>();

  constructor(host: Host, data: DataService) {
    this.#host = host;
    this.#data = data;
  }

  metrics({ run, keys, fromStep, toStep, buckets }: ParsedInput<'runs.metrics'>): readonly MetricLine[] {
    const { store } = this.#host;
    const { id } = store.getRun(run);
    const range = withoutUndefined({ fromStep, toStep });
    const wanted = keys ?? store.metricKeys(id).slice(0, mostLines);
    return wanted.map((key): MetricLine => {
      const thinned = buckets === undefined ? undefined : store.thinnedMetrics(id, key, buckets, range);
      if (thinned) return { key, ...thinned };
      const series = store.metrics(id, key, range);
      return { key, ...series, low: null, high: null, total: series.steps.length };
    });
  }

  /** What can be asked of a run's model; compiled the first time. @throws ServiceError, DataError */
  async model({ run: reference }: ParsedInput<'runs.model'>, context: Context): Promise<RunModel> {
    const run = this.#host.run(reference);
    const { model, data } = await this.#compiled(run, context);
    const turns = recordedTurns(this.#host.events(run.id));
    return {
      outputs: model.outputs.map(({ name, label, kind }) => ({ name, label, kind })),
      sampleOptions: model.sampleOptions,
      scalars: model.scalars.map(({ name, label }) => ({
        name,
        label,
        value: scalarAt(model.scalars, turns, name, run.currentStep),
      })),
      metrics: metricsOf(model, data),
      data,
      checkpoints: this.#host.store.artifacts(run.id, 'checkpoint').flatMap(({ step }) => step ?? []),
      saliencyMethods: model.judge?.methods ?? [],
      latentSize: model.latent ? sizeOf(model.latent.shape) : null,
    };
  }

  /** @throws ServiceError when nothing of the kind was found of the split then */
  insight({ run, ...moment }: ParsedInput<'runs.insight'>): Insight {
    const found = this.#host.store.insight(this.#host.run(run).id, moment);
    if (found) return found;
    const { kind, split, step } = moment;
    throw new ServiceError('no-insight', `run ${run} has no ${kind} of the ${split} split at step ${step}`);
  }

  /** Moments at which the run drew samples, by step. */
  moments({ run }: ParsedInput<'runs.moments'>): readonly SampleMoment[] {
    const moments = new Map<number, SampleMoment['outputs'][number][]>();
    for (const artifact of this.#sampleFiles(run)) {
      const { output, kind, count } = artifact.meta as unknown as SampleFileMeta;
      const outputs = moments.get(artifact.step ?? 0) ?? [];
      outputs.push({ name: output, kind, count, path: artifact.path });
      moments.set(artifact.step ?? 0, outputs);
    }
    return [...moments].toSorted(([a], [b]) => a - b).map(([step, outputs]) => ({ step, outputs }));
  }

  /** @throws ServiceError when the run drew no such samples then; FileError */
  async momentSamples({ run, step, output }: ParsedInput<'runs.momentSamples'>): Promise<Samples> {
    const found = this.#sampleFiles(run).find(
      (artifact) => artifact.step === step && (artifact.meta as unknown as SampleFileMeta).output === output,
    );
    if (!found) throw new ServiceError('no-samples', `run ${run} drew no ${output} at step ${step}`);
    const file = this.#host.artifactPath(run, found);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw explainFileError(error, file, 'read');
    });
    return samplesIn(file, bytes, found.meta as unknown as SampleFileMeta);
  }

  #sampleFiles(run: string): readonly Artifact[] {
    return this.#host.store
      .artifacts(this.#host.run(run).id, 'samples')
      .filter(({ path }) => path.endsWith('.safetensors'));
  }

  async #compiled(run: RunDetail, context: Context): Promise<KnownModel> {
    const key = `${run.documentHash}/${run.dataHash}`;
    const known = this.#models.get(key) ?? (await this.#compile(run, context));
    this.#models.delete(key);
    this.#models.set(key, known);
    if (this.#models.size > mostModels) this.#models.delete([...this.#models.keys()][0]);
    return known;
  }

  async #compile(run: RunDetail, context: Context): Promise<KnownModel> {
    const document = documentOf(run);
    const data = await this.#data.ready(
      documentData(document, { baseDir: run.baseDir, dataCache: this.#host.home.dataCache }),
      context,
    );
    return { model: compileDocument(document, data), data };
  }
}

function documentOf(run: RunDetail): ModelDocument {
  const { document } = parseDocument(run.document);
  if (document) return document;
  throw new ServiceError('document', `the document of run ${run.id} cannot be read`);
}

/** The family's curves by the names they are recorded under, and the scores that every generative family shares. */
function metricsOf({ task }: CompiledDocument, data: DataInfo): RunModel['metrics'] {
  const own = task.metrics.map(({ name, label, goal = null, heldOut = false }) => ({
    name: heldOut ? `validation.${name}` : name,
    label,
    goal,
    heldOut,
  }));
  if (task.group !== 'generative') return own;
  const score = (name: string, label: string, goal: 'min' | 'max') => ({
    name: `score.${name}`,
    label,
    goal,
    heldOut: false,
  });
  return [
    ...own,
    score('frechetDistance', 'Fréchet distance of samples', 'min'),
    ...(data.classes.length > 0 ? [score('classesCovered', 'Classes covered by samples', 'max')] : []),
    ...(data.modes ? [score('modesCovered', 'Modes covered by samples', 'max')] : []),
  ];
}

/** What `sample-artifacts.ts` writes about the samples in a file. */
interface SampleFileMeta {
  readonly output: string;
  readonly kind: Samples['kind'];
  readonly count: number;
  readonly range: Samples['range'];
}

function samplesIn(file: string, bytes: Uint8Array, { output, kind, range }: SampleFileMeta): Samples {
  try {
    const { tensors } = decodeSafetensors(bytes);
    const [data, reference, labels] = [
      floats(tensors.get('data')),
      floats(tensors.get('reference')),
      tensors.get('labels'),
    ];
    if (!data) throw new Error('it holds no samples');
    return {
      name: output,
      label: output.charAt(0).toUpperCase() + output.slice(1),
      kind,
      range,
      shape: data.shape.slice(1),
      data: data.data,
      reference: reference?.data ?? null,
      referenceShape: reference?.shape.slice(1) ?? null,
      labels: labels ? Int32Array.from(numbersOf(labels)) : null,
    };
  } catch (error) {
    throw new ServiceError(
      'corrupt',
      `${file} cannot be understood: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function floats(value: Tensor | undefined): Tensor<'float32'> | undefined {
  return value?.dtype === 'float32' ? (value as Tensor<'float32'>) : undefined;
}
