/** What a report says of each run, gathered from the records: plain data that the page and the summary are made from. */
import type { MetricSeries, Run, Score } from '../../../core/protocol/records.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';
import type { MetricSpec } from '../../../core/tasks/task.ts';

export interface ReportCurve {
  /** Key in the records: `loss`, `validation.frechetDistance`. */
  readonly key: string;
  readonly label: string;
  readonly goal: 'min' | 'max' | undefined;
  readonly series: MetricSeries;
}

/** A picture with what it shows, as PNG bytes. */
export interface ReportPicture {
  readonly label: string;
  readonly png: Uint8Array;
  /** The samples in words, where they are texts: shown in place of the picture. */
  readonly text?: string;
}

export interface ReportRun {
  readonly run: Run;
  /** The family's name for people. */
  readonly family: string;
  readonly colour: string;
  /** Trained numbers, and multiply-adds of one sample through all networks. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly batchSize: number;
  /** Time spent training, pauses left out. */
  readonly trainingSeconds: number;
  readonly curves: readonly ReportCurve[];
  /** Scores at the newest step that has any. */
  readonly scores: readonly Score[];
  /** Samples drawn with the report's seed. */
  readonly samples: ReportPicture | undefined;
  /** Samples drawn on the way, oldest first. */
  readonly history: readonly ReportPicture[];
  /** Fields of the document, by dotted path. */
  readonly params: ReadonlyMap<string, string>;
}

/** Colours that people with any colour vision tell apart, on light and dark ground (Okabe and Ito 2008). */
export const runColours = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c6bb1',
  '#7f7f7f',
] as const;

type DescribedCurve = Omit<ReportCurve, 'series'>;

/** Curves that matter most first: quality of samples, then what the family improves in training, then held out, then the rest. */
export function orderCurves(keys: readonly string[], family: string): readonly DescribedCurve[] {
  const metrics = taskTable[family]?.metrics ?? [];
  const rank = ({ key, goal }: DescribedCurve): number =>
    key.startsWith('score.') ? 0 : goal ? (key.startsWith('validation.') ? 2 : 1) : 3;
  return keys.map((key) => describeKey(key, metrics)).toSorted((a, b) => rank(a) - rank(b));
}

const scoreCurves: Readonly<Record<string, Omit<DescribedCurve, 'key'>>> = {
  'score.frechetDistance': { label: 'Fréchet distance', goal: 'min' },
  'score.classesCovered': { label: 'Classes covered', goal: 'max' },
  'score.modesCovered': { label: 'Modes covered', goal: 'max' },
};

function describeKey(key: string, metrics: readonly MetricSpec[]): DescribedCurve {
  const score = scoreCurves[key];
  if (score) return { key, ...score };
  const heldOut = key.startsWith('validation.');
  const name = heldOut ? key.slice('validation.'.length) : key;
  const spec = metrics.find((metric) => metric.name === name && Boolean(metric.heldOut) === heldOut);
  const label = spec ? (heldOut ? `${spec.label}, held out` : spec.label) : key;
  return { key, label, goal: spec?.goal };
}
