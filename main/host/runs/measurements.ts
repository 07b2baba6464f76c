/** What a run in training looks at besides its losses: samples, held-out figures, scores, norms of layers, silent units. */
import { shuffled } from '../evaluation/shuffled.ts';
import { writeSampleArtifacts } from '../images/sample-artifacts.ts';
import { ActivityWatch } from './activity.ts';
import type { AlarmWatch } from './alarm-watch.ts';
import type { Batches } from './batches.ts';
import { Findings } from './findings.ts';
import { LiveScores } from './live-scores.ts';
import type { LoadedModel } from './load-model.ts';
import type { TrainJob, WorkerMessage } from './messages.ts';
import { NormWatch } from './norms.ts';
import { taskSession } from './task-session.ts';
import type { TurnedScalars } from './turned-scalars.ts';
import { watchedValue } from './watched-metric.ts';

/** Held-out examples an evaluation during training looks at. */
const evaluationLimit = 1024;

/** The training that is looked at. */
export interface Measured {
  readonly job: TrainJob;
  readonly loaded: LoadedModel;
  readonly batches: Batches;
  readonly scalars: TurnedScalars;
  readonly alarms: AlarmWatch;
  /** Adds a point to a curve, at the run's present step. */
  readonly record: (key: string, value: number) => void;
  readonly send: (message: WorkerMessage) => void;
}

/** Whether something done every so many steps (never when 0), and after the last one, is to be done now. */
export function isDue(every: number, step: number, isLast: boolean): boolean {
  return every > 0 && (isLast || step % every === 0);
}

export class Measurements {
  readonly #run: Measured;
  readonly #norms: NormWatch;
  readonly #activity: ActivityWatch;
  #scores: LiveScores | undefined;
  /** The watched held-out figure, when it was last measured. */
  #score: { readonly step: number; readonly value: number } | null = null;

  constructor(run: Measured) {
    const { model } = run.loaded;
    this.#run = run;
    this.#norms = new NormWatch(model.registry.all);
    this.#activity = new ActivityWatch(model.train, model.plan.batchSize);
  }

  /** Samples, evaluates and scores where the document says so, and at the end. @param step finished steps */
  async measure(step: number, isLast: boolean): Promise<void> {
    const { training } = this.#run.loaded.document;
    if (isDue(training.sampleEvery, step, isLast)) await this.#sample(step);
    if (isDue(training.evaluateEvery, step, isLast)) await this.#evaluate(step);
    if (isDue(training.scoreEvery, step, isLast)) await this.#scoreSamples();
    if (isLast || this.#activity.due) await this.#lookAtUnits(step);
  }

  /** The watched held-out figure, if it was measured after this very step. */
  scoreAt(step: number): number | null {
    return this.#score?.step === step ? this.#score.value : null;
  }

  /** Where the next step is to put the sums of squares of its gradients, when it is time to look at them. */
  watchGradients(): Map<string, number> | undefined {
    return this.#norms.due ? new Map<string, number>() : undefined;
  }

  /** @param squares sums of squares of the parameters' gradients, by name */
  async norms(step: number, squares: ReadonlyMap<string, number>): Promise<void> {
    const { loaded, send, alarms } = this.#run;
    const layers = this.#norms.measure(await loaded.engine.readState(), squares);
    send({ type: 'norms', step, layers });
    alarms.norms(layers);
  }

  async release(): Promise<void> {
    await this.#scores?.release();
  }

  async #sample(step: number): Promise<void> {
    const { job, loaded, send } = this.#run;
    const { model, dataset, document } = loaded;
    const { seed, sampleCount: count } = document.training;
    const outputs = await model.sample(taskSession(loaded), { count, seed, options: {} });
    for (const artifact of await writeSampleArtifacts(job.runFolder, step, seed, dataset.info, outputs))
      send({ type: 'artifact', artifact });
  }

  async #evaluate(step: number): Promise<void> {
    const { loaded, record, send } = this.#run;
    const { model, dataset } = loaded;
    if (dataset.info.counts.validation === 0) return;
    // Stored order may be class by class: the first of them would stand for nothing.
    const ordered = { ...loaded, dataset: shuffled(dataset) };
    const findings = new Findings();
    const session = taskSession(ordered, undefined, findings.note);
    const figures = await model.evaluate(session, 'validation', evaluationLimit);
    for (const insight of findings.insights(model, dataset.info.classes))
      send({ type: 'insight', step, split: 'validation', insight });
    for (const [name, value] of Object.entries(figures)) record(`validation.${name}`, value);
    const value = watchedValue(loaded, figures);
    this.#score = value === undefined ? null : { step, value };
  }

  async #scoreSamples(): Promise<void> {
    const { job, loaded, record, send } = this.#run;
    if (!LiveScores.fits(loaded)) return;
    const { extractorCache: cacheDir, threads } = job.source;
    const onProgress = (done: number, total: number): void =>
      send({ type: 'progress', what: 'training the feature extractor', done, total });
    this.#scores ??= await LiveScores.create(loaded, { cacheDir, threads, onProgress });
    for (const [name, value] of Object.entries(await this.#scores.measure())) record(name, value);
  }

  async #lookAtUnits(finished: number): Promise<void> {
    const { loaded, batches, scalars, send, alarms } = this.#run;
    const { engine, model } = loaded;
    const insight = await this.#activity.measure((program, ahead) => {
      const step = finished + ahead;
      const read = batches.read(step);
      return engine.probe(program, step, model.plan.seed, {
        batch: (index) => read[index],
        scalar: (name) => scalars.at(name, step),
      });
    });
    if (!insight) return;
    send({ type: 'insight', step: finished, split: 'train', insight });
    alarms.activity(insight);
  }
}
