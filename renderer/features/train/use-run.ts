/** A run for the screen: its feed, and the lists that are read again when it writes to them. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { InsightMoment } from '../../../core/protocol/insights.ts';
import type { RunModel } from '../../../core/protocol/run-model.ts';
import type { SampleMoment } from '../../../core/protocol/samples.ts';
import type { Artifact, Run, RunEvent } from '../../../core/protocol/records.ts';
import { useCall, useHost } from '../../client/host-context.tsx';
import { type NormTrend, trendsOf } from './live-run.ts';
import { type FeedState, RunFeed } from './run-feed.ts';

/** Watches a run for as long as the component is there. */
export function useRunFeed(run: string): FeedState {
  const host = useHost();
  const feed = useMemo(() => new RunFeed(host, run), [host, run]);
  useEffect(() => feed.start(), [feed]);
  return useSyncExternalStore(feed.onChange, () => feed.state);
}

/** Asks again whenever `turn` is another number. */
function useRefetched(refetch: () => void, turn: string): void {
  useEffect(() => refetch(), [refetch, turn]);
}

export interface RunLists {
  readonly model: RunModel | undefined;
  /** Why the model is not known. */
  readonly modelFault: string | undefined;
  readonly events: readonly RunEvent[];
  readonly moments: readonly SampleMoment[];
  readonly checkpoints: readonly Artifact[];
  readonly norms: readonly NormTrend[];
  readonly insights: readonly InsightMoment[];
  readonly params: ReadonlyMap<string, string | number | boolean | null>;
}

const noEvents: readonly RunEvent[] = [];
const noMoments: readonly SampleMoment[] = [];
const noInsights: readonly InsightMoment[] = [];

/** What is recorded of the run besides its curves. */
export function useRunLists(run: Run, { live }: FeedState): RunLists {
  const { id, status } = run;
  const { turns } = live;
  const model = useCall('runs.model', { run: id });
  const events = useCall('runs.events', { run: id });
  const moments = useCall('runs.moments', { run: id });
  const artifacts = useCall('runs.artifacts', { run: id });
  const norms = useCall('runs.norms', { run: id });
  const insights = useCall('runs.insights', { run: id });
  const params = useCall('runs.params', { runs: [id] });
  useRefetched(events.refetch, `${status} ${turns.events}`);
  useRefetched(moments.refetch, `${status} ${turns.samples}`);
  useRefetched(artifacts.refetch, `${status} ${turns.checkpoints}`);
  useRefetched(norms.refetch, status);
  useRefetched(insights.refetch, `${status} ${turns.insights}`);
  useRefetched(model.refetch, `${status} ${turns.events}`);
  return {
    model: model.data,
    modelFault: model.error?.message,
    events: events.data ?? noEvents,
    moments: moments.data ?? noMoments,
    checkpoints: useCheckpoints(artifacts.data),
    norms: useMemo(() => trendsOf(norms.data ?? [], live.norms), [norms.data, live.norms]),
    insights: insights.data ?? noInsights,
    params: useParams(params.data?.[id]),
  };
}

function useCheckpoints(artifacts: readonly Artifact[] | undefined): readonly Artifact[] {
  return useMemo(
    () => (artifacts ?? []).filter((artifact) => artifact.kind === 'checkpoint').toReversed(),
    [artifacts],
  );
}

function useParams(
  params: readonly { readonly key: string; readonly value: string | number | boolean | null }[] | undefined,
): RunLists['params'] {
  return useMemo(() => new Map(params?.map(({ key, value }) => [key, value])), [params]);
}
