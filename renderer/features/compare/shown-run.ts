/** What a row of the sample matrix shows. */
import type { ComparedRun } from './compared-runs.ts';
import type { ShownMoment } from './use-moment-samples.ts';

/** A run with what it shows now. */
export interface ShownRun {
  readonly run: ComparedRun;
  readonly shown: ShownMoment | undefined;
  /** The output that was asked for; a run without it shows its first. */
  readonly wanted: string;
  /** Why it shows nothing, or nothing newer. */
  readonly words: string | null;
}
