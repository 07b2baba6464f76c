/** Scores of a classifier from predicted classes and class probabilities. */
import { checkedValues } from './feature-matrix.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { classCounts } from './modes.ts';

export interface ClassScores {
  /** Rows whose class is this. */
  readonly support: number;
  /** Share of the rows predicted as this class that are; 0 when none is predicted. */
  readonly precision: number;
  /** Share of this class's rows that are predicted so; 0 when it has no rows. */
  readonly recall: number;
  /** Harmonic mean of the two; 0 when both are 0. */
  readonly f1: number;
}

export interface ClassificationReport {
  readonly accuracy: number;
  /** Mean F1 over classes that occur among labels or predictions. */
  readonly macroF1: number;
  /** Mean recall over classes that have rows: accuracy as if all were equally frequent. */
  readonly balancedAccuracy: number;
  readonly classes: readonly ClassScores[];
  /** `confusion[actual][predicted]`, in rows. */
  readonly confusion: readonly Uint32Array[];
}

function checkLengths(labels: ArrayLike<number>, others: number, what: string): void {
  if (labels.length !== others) throw new RangeError(`${labels.length} labels against ${others} ${what}`);
  if (labels.length === 0) throw new RangeError(`no ${what} to score`);
}

/** The most probable class of each row; the first among equals. */
export function predictedClasses(probabilities: FeatureMatrix): Uint32Array {
  const { rows, columns, data } = probabilities;
  const classes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let c = 1; c < columns; c++) if (data[row * columns + c] > data[row * columns + best]) best = c;
    classes[row] = best;
  }
  return classes;
}

/** Rows counted by actual and predicted class: `confusion[actual][predicted]`. */
function confusionMatrix(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Uint32Array[] {
  checkLengths(labels, predicted.length, 'predictions');
  // Both are counted once to refuse numbers that are no class.
  classCounts(labels, classes);
  classCounts(predicted, classes);
  const confusion = Array.from({ length: classes }, () => new Uint32Array(classes));
  for (let i = 0; i < labels.length; i++) confusion[labels[i]][predicted[i]]++;
  return confusion;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Accuracy, per-class scores and their means from actual and predicted class numbers. */
export function classificationReport(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): ClassificationReport {
  const confusion = confusionMatrix(labels, predicted, classCount);
  const predictedCounts = classCounts(predicted, classCount);
  let correct = 0;
  const classes = confusion.map((row, c): ClassScores => {
    const hits = row[c];
    const support = row.reduce((a, b) => a + b, 0);
    correct += hits;
    return {
      support,
      precision: predictedCounts[c] > 0 ? hits / predictedCounts[c] : 0,
      recall: support > 0 ? hits / support : 0,
      f1: support + predictedCounts[c] > 0 ? (2 * hits) / (support + predictedCounts[c]) : 0,
    };
  });
  const present = classes.filter((scores, c) => scores.support + predictedCounts[c] > 0);
  const supported = classes.filter((scores) => scores.support > 0);
  return {
    accuracy: correct / labels.length,
    macroF1: mean(present.map((scores) => scores.f1)),
    balancedAccuracy: mean(supported.map((scores) => scores.recall)),
    classes,
    confusion,
  };
}

/** Share of rows predicted right. */
export function accuracy(labels: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkLengths(labels, predicted.length, 'predictions');
  let correct = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === predicted[i]) correct++;
  return correct / labels.length;
}

/** Probabilities below this count as it, so that one sure mistake does not make the loss infinite. */
const smallestProbability = 1e-15;

/** −ln of the actual class's probability for each row, in nats. Rows of `probabilities` sum to 1. */
export function logLossRows(labels: ArrayLike<number>, probabilities: FeatureMatrix): Float64Array {
  checkLengths(labels, probabilities.rows, 'rows of probabilities');
  const values = checkedValues(probabilities, 'probabilities');
  classCounts(labels, probabilities.columns);
  return Float64Array.from(labels, (label, row) => {
    return -Math.log(Math.max(smallestProbability, values[row * probabilities.columns + label]));
  });
}

/** Mean cross-entropy in nats; smaller is better. */
export function logLoss(labels: ArrayLike<number>, probabilities: FeatureMatrix): number {
  return logLossRows(labels, probabilities).reduce((a, b) => a + b, 0) / labels.length;
}

/**
 * Expected calibration error (Guo et al. 2017, arXiv 1706.04599): Σ over bins of (rows in bin ÷ rows) ×
 * |accuracy − mean confidence|, the confidence being the top probability, in equal bins ((b − 1)/B, b/B].
 * @param bins default 15.
 */
export function expectedCalibrationError(labels: ArrayLike<number>, probabilities: FeatureMatrix, bins = 15): number {
  checkLengths(labels, probabilities.rows, 'rows of probabilities');
  const values = checkedValues(probabilities, 'probabilities');
  // A bin's rows × |accuracy − confidence| is |Σ (hit − confidence)| over its rows.
  const gaps = new Float64Array(bins);
  predictedClasses(probabilities).forEach((predicted, row) => {
    const confidence = values[row * probabilities.columns + predicted];
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    gaps[bin] += (predicted === labels[row] ? 1 : 0) - confidence;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / labels.length;
}
