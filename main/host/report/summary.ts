/** The comparison as JSON, for programs: what each run is, how good, how fast, and how its curves went. */
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { ReportCurve, ReportRun } from './report-data.ts';
import { meanOf } from './series.ts';

/** Share of a curve's points whose means are compared to say which way it went. */
const endShare = 0.1;

/** How a curve went: means of its first and last tenth, and whether it moved the way its goal says. */
export interface CurveTrend {
  readonly key: string;
  readonly goal: 'min' | 'max';
  readonly first: number;
  readonly last: number;
  readonly improved: boolean;
  readonly points: number;
}

/** Of every curve with a goal and at least two points. */
export function trendsOf(curves: readonly ReportCurve[]): readonly CurveTrend[] {
  return curves.flatMap(({ key, goal, series }) => {
    const { values } = series;
    if (!goal || values.length < 2) return [];
    const end = Math.max(1, Math.floor(values.length * endShare));
    const first = meanOf(values, 0, end);
    const last = meanOf(values, values.length - end, values.length);
    return [{ key, goal, first, last, improved: goal === 'min' ? last < first : last > first, points: values.length }];
  });
}

/** Everything the page shows in numbers. */
export function summaryOf(
  runs: readonly ReportRun[],
  about: { readonly seed: number; readonly version: string; readonly seconds?: number },
): JsonValue {
  return {
    lathe: about.version,
    seed: about.seed,
    ...(about.seconds !== undefined && { seconds: about.seconds }),
    runs: runs.map((run) => ({
      id: run.run.id,
      name: run.run.name,
      family: run.run.family,
      status: run.run.status,
      data: { source: run.run.dataSource, hash: run.run.dataHash },
      document: run.run.documentHash,
      parameters: run.parameters,
      multiplyAddsPerSample: run.multiplyAdds,
      steps: run.run.currentStep,
      samplesSeen: run.run.currentStep * run.batchSize,
      trainingSeconds: run.trainingSeconds,
      stepsPerSecond: run.run.currentStep / Math.max(1e-3, run.trainingSeconds),
      threads: run.run.threads,
      engine: run.run.engineBuild,
      scores: Object.fromEntries(
        run.scores.map(({ metric, value, low, high, n, seed, extractorHash, resize }) => [
          metric,
          {
            value: finiteOrNull(value),
            low: finiteOrNull(low),
            high: finiteOrNull(high),
            n,
            seed,
            extractor: extractorHash,
            resize,
          },
        ]),
      ),
      curves: Object.fromEntries(
        trendsOf(run.curves).map(({ key, ...trend }) => [
          key,
          { ...trend, first: finiteOrNull(trend.first), last: finiteOrNull(trend.last) },
        ]),
      ),
    })),
  };
}

/** JSON has no infinities. */
const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
