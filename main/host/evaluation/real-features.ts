/** The real side of a comparison: features of held-out and of training samples, made once for any number of models. */
import type { DataRange, Split } from '../../../core/data/data-info.ts';
import type { FeatureMatrix } from '../../../core/metrics/feature-matrix.ts';
import type { ScoreStamp } from '../../../core/metrics/score.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { readExamples } from '../runs/task-session.ts';
import type { Extractor } from './extractor.ts';
import type { Extracted } from './extractor-training.ts';
import { shuffled } from './shuffled.ts';

export interface RealFeatures {
  /** Features of `count` held-out samples: of the test split, then of the validation split. */
  readonly holdout: FeatureMatrix;
  /** Features of training samples, for the memorisation meter. */
  readonly training: FeatureMatrix;
  /** Samples of each class in the training split; absent where the extractor knows no classes. */
  readonly classCounts?: Uint32Array;
  readonly stamp: ScoreStamp;
  /** More samples of the data, not among those above, for what a perfect model would score. */
  readonly more: Extracted;
  /** How many of `more` are training samples, as the held-out ones ran out. */
  readonly moreFromTraining: number;
}

export interface RealOptions {
  /** Held-out samples compared with; fewer where the data has fewer. */
  readonly count: number;
  /** Training samples the memorisation meter looks at; 5,000 unless given. */
  readonly trainingRows?: number;
}

const range: DataRange = 'unit';

/** Numbers read at once: what a set of large pictures would need as a whole can be more than there is memory. */
const blockSize = 8_000_000;

/** A part of a split. */
interface Stretch {
  readonly split: Split;
  readonly from: number;
  readonly count: number;
}

/** Samples `from` … `from + count` of splits laid one behind the other, as parts of those splits; fewer at their end. */
function stretchesOf({ info }: Dataset, order: readonly Split[], from: number, count: number): Stretch[] {
  const stretches: Stretch[] = [];
  let [skip, left] = [from, count];
  for (const split of order) {
    const taken = Math.max(0, Math.min(left, info.counts[split] - skip));
    if (taken > 0) stretches.push({ split, from: skip, count: taken });
    skip = Math.max(0, skip - info.counts[split]);
    left -= taken;
  }
  return stretches;
}

async function extractStretches(
  extractor: Extractor,
  dataset: Dataset,
  stretches: readonly Stretch[],
): Promise<Extracted> {
  const block = Math.max(1, Math.floor(blockSize / sizeOf(dataset.info.shape)));
  const parts: Extracted[] = [];
  for (const { split, from, count } of stretches) {
    for (let done = 0; done < count; done += block) {
      const { x } = readExamples(dataset, range, split, from + done, Math.min(block, count - done));
      parts.push(await extractor.extract(x, range));
    }
  }
  const features = joinedRows(parts.map((part) => part.features));
  const probabilities = parts.flatMap((part) => part.classProbabilities ?? []);
  return probabilities.length > 0 ? { features, classProbabilities: joinedRows(probabilities) } : { features };
}

function joinedRows(parts: readonly FeatureMatrix[]): FeatureMatrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = parts[0]?.columns ?? 0;
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { rows, columns, data };
}

/** Classes of the training split, counted over at most this many of its samples. */
const countedRows = 20_000;

function classCountsOf(dataset: Dataset): Uint32Array {
  const counts = new Uint32Array(dataset.info.classes.length);
  const block = 1000;
  for (let start = 0; start < Math.min(countedRows, dataset.info.counts.train); start += block) {
    const { y } = readExamples(dataset, range, 'train', start, Math.min(block, countedRows - start));
    for (const label of y?.data ?? []) counts[Number(label)]++;
  }
  return counts;
}

/** What was compared with, for the stamp: `<content hash> test 2000 + validation 500`. */
function describeHoldout(dataset: Dataset, count: number): string {
  const { contentHash, counts } = dataset.info;
  const fromTest = Math.min(count, counts.test);
  const parts = [
    ...(fromTest > 0 ? [`test ${fromTest}`] : []),
    ...(count > fromTest ? [`validation ${count - fromTest}`] : []),
  ];
  return `${contentHash} ${parts.join(' + ')}`;
}

/**
 * Reads and extracts the real samples. Which ones is fixed for a data set and a count, so that scores compare.
 * @throws RangeError when fewer than 10 samples are held out.
 */
export async function realFeatures(
  extractor: Extractor,
  dataset: Dataset,
  options: RealOptions,
): Promise<RealFeatures> {
  const { counts } = dataset.info;
  const available = counts.test + counts.validation;
  if (available < 10)
    throw new RangeError(
      `${dataset.info.source} holds out ${available} samples; scores need at least 10: give the data a test split`,
    );
  const ordered = shuffled(dataset);
  const count = Math.min(options.count, available);
  const trainingRows = Math.min(options.trainingRows ?? 5000, counts.train);
  const holdout = await extractStretches(extractor, ordered, stretchesOf(ordered, ['test', 'validation'], 0, count));
  const training = await extractStretches(extractor, ordered, stretchesOf(ordered, ['train'], 0, trainingRows));
  return {
    holdout: holdout.features,
    training: training.features,
    ...(await moreSamples(extractor, ordered, count, trainingRows)),
    ...(extractor.info.kind === 'classifier' && { classCounts: classCountsOf(ordered) }),
    stamp: { extractor: extractor.info.hash, resize: extractor.resize, data: describeHoldout(dataset, count) },
  };
}

async function moreSamples(
  extractor: Extractor,
  dataset: Dataset,
  count: number,
  trainingRows: number,
): Promise<Pick<RealFeatures, 'more' | 'moreFromTraining'>> {
  const { counts } = dataset.info;
  const heldOut = Math.min(count, counts.test + counts.validation - count);
  // Then training samples the memorisation meter does not look at; of a small set, any.
  const first = Math.min(trainingRows, Math.max(0, counts.train - (count - heldOut)));
  const stretches = [
    ...stretchesOf(dataset, ['test', 'validation'], count, heldOut),
    ...stretchesOf(dataset, ['train'], first, count - heldOut),
  ];
  const more = await extractStretches(extractor, dataset, stretches);
  return { more, moreFromTraining: more.features.rows - heldOut };
}
