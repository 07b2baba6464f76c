/** Evaluates a checkpoint: held-out figures of its family, and scores of what it draws or predicts. */
import type { Split } from '../../../core/data/data-info.ts';
import type { FeatureMatrix } from '../../../core/metrics/feature-matrix.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { SampleOutput, TaskSession } from '../../../core/tasks/task.ts';
import type { Evaluation, HeldOutFigure } from '../evaluation/evaluation.ts';
import { loadExtractor } from '../evaluation/extractor.ts';
import { realFeatures } from '../evaluation/real-features.ts';
import { scoreClasses } from '../evaluation/score-classes.ts';
import { scoreReference, scoreSamples } from '../evaluation/score-samples.ts';
import { shuffled } from '../evaluation/shuffled.ts';
import { TaskFailure } from './failure.ts';
import { Findings } from './findings.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import type { EvaluateJob, WorkerMessage } from './messages.ts';
import { tellPlacement } from './placement-event.ts';
import { checkSampleOptions } from './sample-options.ts';
import { taskSession } from './task-session.ts';

type Send = (message: WorkerMessage) => void;
type SessionFor = (what: string, note?: Findings['note']) => TaskSession;

const fewestSamples = 10;
const mostSamples = 20_000;
/** Held-out samples the family's own figures are measured on, at most, of each split. */
const figureLimit = 10_000;

/**
 * Does the job.
 * @returns an `Evaluation`.
 * @throws TaskFailure, FileError, DataError, EngineError; RangeError when samples are not finite.
 */
export async function evaluateJob(job: EvaluateJob, send: Send): Promise<JsonValue> {
  const started = performance.now();
  if (!(Number.isInteger(job.count) && job.count >= fewestSamples && job.count <= mostSamples)) {
    throw new TaskFailure(
      'option',
      `the number of samples must be a whole number from ${fewestSamples} to ${mostSamples}, found ${job.count}`,
    );
  }
  const loaded = await loadModel(job.source, (done, total, what) => send({ type: 'progress', what, done, total }));
  tellPlacement(loaded.engine, send);
  try {
    checkSampleOptions(loaded.model, job.options);
    // Stored order may be class by class: the first thousand then stand for nothing.
    const ordered = { ...loaded, dataset: shuffled(loaded.dataset) };
    const sessionFor: SessionFor = (what, note) =>
      taskSession(ordered, (done, total) => send({ type: 'progress', what, done, total }), note);
    const { heldOut, insights } = await heldOutFigures(loaded, sessionFor);
    const scored = { ...unscored, ...(await scoreOutputs(job, loaded, sessionFor, send)) };
    const seconds = (performance.now() - started) / 1000;
    const dataHash = loaded.dataset.info.contentHash;
    return asJson({ step: loaded.step, seed: job.seed, heldOut, insights, ...scored, dataHash, seconds });
  } finally {
    await loaded.engine.release();
    loaded.dataset.close();
  }
}

/** An evaluation is plain JSON already; interfaces only lack the index signature that says so. */
const asJson = (evaluation: Evaluation): JsonValue => evaluation as unknown as JsonValue;

type Scored = Omit<Evaluation, 'step' | 'seed' | 'heldOut' | 'insights' | 'dataHash' | 'seconds'>;

const unscored: Scored = {
  n: 0,
  scores: [],
  reference: [],
  warnings: [],
  extractor: null,
  classShares: null,
  classification: null,
};

async function heldOutFigures(
  { model, dataset }: LoadedModel,
  sessionFor: SessionFor,
): Promise<Pick<Evaluation, 'heldOut' | 'insights'>> {
  const figures: HeldOutFigure[] = [];
  const insights: Evaluation['insights'][number][] = [];
  const specs = model.task.metrics.filter((metric) => metric.heldOut);
  for (const split of ['validation', 'test'] as const satisfies readonly Split[]) {
    const n = Math.min(figureLimit, dataset.info.counts[split]);
    if (n === 0) continue;
    const findings = new Findings();
    const values = await model.evaluate(sessionFor(split, findings.note), split, n);
    for (const insight of findings.insights(model, dataset.info.classes)) insights.push({ split, insight });
    for (const { name, label, goal = null } of specs) {
      if (name in values) figures.push({ name: `${split}.${name}`, label, split, value: values[name], n, goal });
    }
  }
  return { heldOut: figures, insights };
}

/** Scores what can be scored, by the kind of what the model gives: predictions of classes, or samples like the data. */
async function scoreOutputs(
  job: EvaluateJob,
  loaded: LoadedModel,
  sessionFor: SessionFor,
  send: Send,
): Promise<Partial<Scored>> {
  const { model, dataset } = loaded;
  const predicts = model.outputs.some((output) => output.kind === 'classScores');
  if (!predicts && model.task.group !== 'generative') return {};
  const count = predicts ? Math.min(figureLimit, dataset.info.counts.test) : job.count;
  if (count === 0) return { warnings: ['the data has no test split: nothing to score predictions on'] };
  const outputs = await model.sample(sessionFor('samples'), { count, seed: job.seed, options: job.options });
  const predictions = outputs.find((output) => output.kind === 'classScores');
  if (predictions) return scorePredictions(job, loaded, predictions);
  const drawn = outputs.find((output) => output.kind === dataset.info.kind && !output.reference);
  return drawn ? scoreDrawn(job, loaded, drawn, send) : {};
}

function scorePredictions(job: EvaluateJob, { dataset }: LoadedModel, output: SampleOutput): Partial<Scored> {
  const { classes, contentHash } = dataset.info;
  const [rows, columns] = output.data.shape;
  const probabilities: FeatureMatrix = { rows, columns, data: output.data.data };
  const stamp = { extractor: 'classifier', resize: 'none', data: `${contentHash} test ${rows}` };
  const { scores, ...classification } = scoreClasses(output.labels ?? [], probabilities, {
    classes,
    stamp,
    seed: job.seed,
  });
  return { n: rows, scores, classification };
}

async function scoreDrawn(
  job: EvaluateJob,
  { dataset }: LoadedModel,
  drawn: SampleOutput,
  send: Send,
): Promise<Partial<Scored>> {
  const { source, seed, count } = job;
  const progress = (what: string) => (done: number, total: number) => send({ type: 'progress', what, done, total });
  const extractor = await loadExtractor({
    dataset,
    cacheDir: source.extractorCache,
    threads: source.threads,
    onProgress: progress('feature extractor'),
  });
  try {
    progress('scores')(0, 2);
    const real = await realFeatures(extractor, dataset, { count });
    const options = { seed };
    const found = await scoreSamples(extractor, dataset.info, real, drawn, options);
    progress('scores')(1, 2);
    // The reference is a line to read scores by: rough intervals do.
    const reference = scoreReference(extractor, dataset.info, real, { seed, repeats: 10 });
    progress('scores')(2, 2);
    const warnings = [...new Set([...found.warnings, ...reference.warnings])];
    const { scores, classShares = null } = found;
    return { n: count, scores, reference: reference.scores, warnings, extractor: extractor.info, classShares };
  } finally {
    await extractor.release();
  }
}
