/** Scores a model's samples while it trains: one curve that means the same for every family. */
import { predictedClasses } from '../../../core/metrics/classification.ts';
import type { FeatureMatrix } from '../../../core/metrics/feature-matrix.ts';
import { frechetDistance } from '../../../core/metrics/frechet.ts';
import { classCounts, modesOfCounts, modesOfMixture } from '../../../core/metrics/modes.ts';
import { loadExtractor, type Extractor } from '../evaluation/extractor.ts';
import { shuffled } from '../evaluation/shuffled.ts';
import type { LoadedModel } from './load-model.ts';
import { readExamples, taskSession } from './task-session.ts';

/** Draws samples and compares them with the validation split. */
export class LiveScores {
  readonly #loaded: LoadedModel;
  readonly #extractor: Extractor;
  readonly #real: FeatureMatrix;

  private constructor(loaded: LoadedModel, extractor: Extractor, real: FeatureMatrix) {
    this.#loaded = loaded;
    this.#extractor = extractor;
    this.#real = real;
  }

  /** Loads (or trains, the first time) the data's feature extractor. */
  static async create(
    loaded: LoadedModel,
    options: {
      readonly cacheDir: string;
      readonly threads: number;
      readonly onProgress: (done: number, total: number) => void;
    },
  ): Promise<LiveScores> {
    const { dataset, document } = loaded;
    const extractor = await loadExtractor({ dataset, ...options });
    const count = Math.min(document.training.scoreCount, dataset.info.counts.validation);
    const { features } = await extractor.extract(
      readExamples(shuffled(dataset), 'unit', 'validation', 0, count).x,
      'unit',
    );
    return new LiveScores(loaded, extractor, features);
  }

  /** Whether a model can be scored so: it draws samples like the data, and some of the data is held out. */
  static fits({ model, dataset }: LoadedModel): boolean {
    return model.task.group === 'generative' && dataset.info.counts.validation >= 10;
  }

  /** `score.frechetDistance`, and `score.classesCovered` or `score.modesCovered` where the data tells. */
  async measure(): Promise<Readonly<Record<string, number>>> {
    const { model, document, dataset } = this.#loaded;
    const request = { count: document.training.scoreCount, seed: document.training.seed, options: {} };
    const outputs = await model.sample(taskSession(this.#loaded), request);
    const drawn = outputs.find((output) => output.name === 'samples');
    if (!drawn) return {};
    const { features, classProbabilities } = await this.#extractor.extract(drawn.data, drawn.range);
    const frechet = frechetDistance(this.#real, features).value;
    const { classes, modes } = dataset.info;
    return {
      'score.frechetDistance': frechet,
      ...(classProbabilities && {
        'score.classesCovered': modesOfCounts(
          classCounts(predictedClasses(classProbabilities), classes.length),
          features.rows,
        ).covered,
      }),
      ...(modes && { 'score.modesCovered': modesOfMixture(features, modes).covered }),
    };
  }

  release(): Promise<void> {
    return this.#extractor.release();
  }
}
