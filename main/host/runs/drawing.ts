/** What draws from a run's model, once: samples into a folder, and the scores that are recorded with the run. */
import type { JsonValue, RunDetail } from '../../../core/protocol/records.ts';
import { evaluationRows, type Evaluation } from '../evaluation/evaluation.ts';
import type { DrawOptions } from '../options.ts';
import type { Store } from '../store/store.ts';
import type { Admission } from './admission.ts';
import type { Jobs } from './jobs.ts';
import type { ModelSource } from './messages.ts';
import type { RunModels } from './run-models.ts';

export class Drawing {
  readonly #store: Store;
  readonly #jobs: Jobs;
  readonly #models: RunModels;
  readonly #admission: Admission;

  constructor(store: Store, jobs: Jobs, models: RunModels, admission: Admission) {
    this.#store = store;
    this.#jobs = jobs;
    this.#models = models;
    this.#admission = admission;
  }

  /** Draws samples of a run into a folder. */
  async sample(reference: string, outFolder: string, draw: DrawOptions): Promise<JsonValue> {
    const run = this.#store.getRun(reference);
    const job = {
      kind: 'sample',
      source: await this.#drawn(run, draw),
      outFolder,
      prefix: 'samples',
      ...drawFields(draw),
    } as const;
    return this.#jobs.do(job, draw);
  }

  /** Evaluates a run and records its scores. */
  async evaluate(reference: string, draw: DrawOptions): Promise<Evaluation> {
    const run = this.#store.getRun(reference);
    const job = { kind: 'evaluate', source: await this.#drawn(run, draw), ...drawFields(draw) } as const;
    const result = await this.#jobs.do<Evaluation>(job, draw);
    if (!this.#store.readOnly) this.#record(run.id, result);
    return result;
  }

  #record(id: string, result: Evaluation): void {
    const insights = result.insights.map((found) => ({ ...found, step: result.step }));
    this.#store.transaction(() => {
      this.#store.addScores(id, evaluationRows(result));
      this.#store.addInsights(id, insights);
    });
  }

  async #drawn(run: RunDetail, { step, device, mayUseCpu }: DrawOptions): Promise<ModelSource> {
    const source = this.#models.source(run, step);
    await this.#admission.requireDevice(device ?? source.device);
    return { ...source, ...(device && { device }), ...(mayUseCpu !== undefined && { mayUseCpu }) };
  }
}

function drawFields({ count, seed, options }: DrawOptions) {
  return { count, seed, options };
}
