/** Scores of a classifier's predictions, each with an interval. */
import { bootstrap, bootstrapMean, type Estimate } from '../../../core/metrics/bootstrap.ts';
import {
  classificationReport,
  expectedCalibrationError,
  logLossRows,
  predictedClasses,
} from '../../../core/metrics/classification.ts';
import { selectRows, type FeatureMatrix } from '../../../core/metrics/feature-matrix.ts';
import { scoreOf, type Score, type ScoreStamp } from '../../../core/metrics/score.ts';

export interface ClassReport {
  readonly scores: readonly Score[];
  /** `confusion[actual][predicted]`, in samples. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly {
    readonly name: string;
    readonly support: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
}

export interface ClassReportOptions {
  readonly classes: readonly string[];
  readonly stamp: ScoreStamp;
  /** Of the resampling. */
  readonly seed: number;
  /** Resamples; 200 unless given. */
  readonly repeats?: number;
}

/**
 * Accuracy, macro F1, balanced accuracy, log loss, calibration error, and the recall of each class that occurs.
 * @param labels actual classes; @param probabilities one row a sample, one column a class, rows sum to 1
 */
export function scoreClasses(
  labels: readonly number[],
  probabilities: FeatureMatrix,
  options: ClassReportOptions,
): ClassReport {
  const { classes, stamp, seed, repeats = 200 } = options;
  const predicted = predictedClasses(probabilities);
  const report = classificationReport(labels, predicted, classes.length);
  const hits = Float64Array.from(predicted, (found, i) => (found === labels[i] ? 1 : 0));
  const drawn = { seed, repeats };
  const onRows = (statistic: (labels: number[], rows: Uint32Array) => number, recentred = false): Estimate =>
    bootstrap(
      (rows) =>
        statistic(
          Array.from(rows, (row) => labels[row]),
          rows,
        ),
      labels.length,
      { ...drawn, recentred },
    );
  const reportOf = (actual: number[], rows: Uint32Array) =>
    classificationReport(
      actual,
      Uint32Array.from(rows, (row) => predicted[row]),
      classes.length,
    );
  const score = (name: string, goal: 'min' | 'max', estimate: Estimate, n = labels.length): Score =>
    scoreOf(estimate, { name, goal, n, seed, stamp });
  // Resampling alone raises the calibration error, as it does any distance.
  const calibration = onRows((actual, rows) => expectedCalibrationError(actual, selectRows(probabilities, rows)), true);
  return {
    scores: [
      score('accuracy', 'max', bootstrapMean(hits, drawn)),
      score(
        'macroF1',
        'max',
        onRows((actual, rows) => reportOf(actual, rows).macroF1),
      ),
      score(
        'balancedAccuracy',
        'max',
        onRows((actual, rows) => reportOf(actual, rows).balancedAccuracy),
      ),
      score('logLoss', 'min', bootstrapMean(logLossRows(labels, probabilities), drawn)),
      score('calibrationError', 'min', {
        ...calibration,
        low: Math.max(0, calibration.low),
        high: Math.max(0, calibration.high),
      }),
      ...classes.flatMap((name, number) => {
        const own = hits.filter((_, i) => labels[i] === number);
        return own.length > 0 ? [score(`recall.${name}`, 'max', bootstrapMean(own, drawn), own.length)] : [];
      }),
    ],
    confusion: report.confusion.map((row) => Array.from(row)),
    perClass: report.classes.map((scores, number) => ({ name: classes[number], ...scores })),
  };
}
