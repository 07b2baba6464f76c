/** The checkpoints of a run in training: written with all that resuming needs, and which of them are kept. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ScalarTurn } from '../../../core/protocol/run-updates.ts';
import { canonicalDocument } from '../../../core/spec/document-hash.ts';
import { engineBuildId } from '../compute/build-id.ts';
import { checkpointName, writeCheckpoint } from '../files/checkpoint.ts';
import { planRetention, type RetainedCheckpoint } from '../files/retention.ts';
import type { MeasuredEnergy } from './energy.ts';
import type { CheckpointMeta, LoadedModel } from './load-model.ts';
import type { TrainJob, WorkerMessage } from './messages.ts';
import { watchedMetric } from './watched-metric.ts';

/** What the record keeps of a checkpoint. */
export interface CheckpointFigures {
  /** The held-out figure at this step, when it was just measured. */
  readonly score: number | null;
  readonly elapsedMs: number;
  readonly energy: MeasuredEnergy | null;
  readonly gpuEnergy: MeasuredEnergy | null;
}

type CheckpointMessage = Extract<WorkerMessage, { readonly type: 'checkpoint' }>;

export class RunCheckpoints {
  readonly #job: TrainJob;
  readonly #loaded: LoadedModel;
  readonly #documentHash: string;
  #kept: readonly RetainedCheckpoint[];
  #lastStep: number;

  constructor(job: TrainJob, loaded: LoadedModel) {
    this.#job = job;
    this.#loaded = loaded;
    this.#documentHash = createHash('sha256').update(canonicalDocument(loaded.document)).digest('hex');
    this.#kept = job.checkpoints;
    // A run's own checkpoint is already there; that of a fork's parent is not.
    this.#lastStep = job.source.checkpoint && !job.fork ? loaded.step : -1;
  }

  /** Whether the last one is of this step. */
  has(step: number): boolean {
    return this.#lastStep === step;
  }

  /** Writes the state as it is now. @param turns those before `step` @throws FileError */
  async write(
    step: number,
    figures: CheckpointFigures,
    turns: readonly ScalarTurn[],
  ): Promise<Pick<CheckpointMessage, 'artifact' | 'superseded'>> {
    const name = checkpointName(step);
    const { bytes, sha256 } = await writeCheckpoint(join(this.#job.runFolder, 'checkpoints'), name, {
      tensors: await this.#loaded.engine.readParts(),
      meta: this.#meta(step, figures.score, turns),
    });
    const path = `checkpoints/${name}`;
    const superseded = this.#retain(step, path, figures.score);
    this.#lastStep = step;
    return { artifact: { kind: 'checkpoint', name, step, path, bytes, sha256, meta: { ...figures } }, superseded };
  }

  #meta(step: number, score: number | null, turns: readonly ScalarTurn[]): CheckpointMeta {
    const { model, dataset } = this.#loaded;
    return {
      step,
      seed: model.plan.seed,
      documentHash: this.#documentHash,
      dataHash: dataset.info.contentHash,
      engineBuild: engineBuildId(this.#job.source.device),
      threads: this.#job.source.threads,
      score,
      turns: turns.map((turn) => ({ ...turn })),
    };
  }

  /** Adds a checkpoint to those kept. @returns paths of those that are no longer needed. */
  #retain(step: number, path: string, score: number | null): string[] {
    const goal = watchedMetric(this.#loaded)?.goal ?? null;
    const added = { step, path, ...(score !== null && { score }) };
    const others = this.#kept.filter((checkpoint) => checkpoint.path !== path);
    const { keep, superseded } = planRetention([...others, added], {
      everySteps: this.#loaded.document.training.keepEvery,
      best: goal,
    });
    this.#kept = keep;
    return superseded.map((checkpoint) => checkpoint.path);
  }
}
