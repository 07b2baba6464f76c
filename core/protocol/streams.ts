/** Every stream a screen may subscribe to. */
import { z } from 'zod';
import { none, runId } from './inputs.ts';
import { answers } from './method-spec.ts';
import type { Run } from './records.ts';
import type { RunUpdate } from './run-updates.ts';
import type { Settings } from './settings.ts';

/** What a run's stream says; points are never left out, only brought together while the screen is busy. */
export type RunStreamItem = Exclude<RunUpdate, { readonly type: 'result' }>;

/** A change to the list of runs. */
export type RunsStreamItem =
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'deleted'; readonly run: string };

/** Every stream. A subscriber says when it has taken an item in; until then what follows is brought together. */
export const hostStreams = {
  runs: answers<readonly RunsStreamItem[]>()(none),
  /**
   * `after`: the last step the screen has of each metric; what is recorded beyond it comes first (of metrics not named:
   * everything), each point once. Absent: only what is measured from now on.
   */
  run: answers<readonly RunStreamItem[]>()(
    z.strictObject({ run: runId, after: z.record(z.string().max(200), z.number()).optional() }),
  ),
  /** Progress of jobs that are not runs (imports, evaluations, exports), by the id of the request they belong to. */
  jobs: answers<
    readonly { readonly request: number; readonly what: string; readonly done: number; readonly total: number | null }[]
  >()(none),
  settings: answers<Settings>()(none),
} as const;

export type HostStreams = typeof hostStreams;
export type StreamName = keyof HostStreams;
export type StreamInput<Name extends StreamName> = z.input<HostStreams[Name]['input']>;
export type ParsedStreamInput<Name extends StreamName> = z.output<HostStreams[Name]['input']>;
export type StreamItem<Name extends StreamName> = NonNullable<HostStreams[Name]['output']>;
