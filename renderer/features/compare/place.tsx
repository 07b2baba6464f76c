/** Compare: runs of any family side by side, over any axis, at the same seeds. */
import { useEffect, useMemo, useState } from 'react';
import { useCommands } from '../../app/commands.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState, PlaceFrame } from '../../components/layout.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { setCompared, useCompared } from '../../state/compared-runs.ts';
import { navigate, setParams, useParam } from '../../state/navigation.ts';
import { useRuns } from '../../state/runs.ts';
import { axisNames, type AxisName } from './axes.ts';
import { BlindTest } from './blind-test-view.tsx';
import { CompareBar } from './compare-bar.tsx';
import { placements, useComparedRuns } from './compared-runs.ts';
import { DocumentDiff } from './document-diff.tsx';
import { GraphDiff } from './graph-diff-view.tsx';
import { Overview } from './overview.tsx';
import { ReportDialog } from './report-dialog.tsx';
import { RunPicker } from './run-picker.tsx';
import { ScoresView } from './scores-view.tsx';
import styles from './compare.module.css';

const views = ['overview', 'scores', 'document', 'graph', 'blind'] as const;
type View = (typeof views)[number];

/** Runs named by an address take the place of those chosen before. */
function useRunsOfAddress(): void {
  const named = useParam('runs');
  useEffect(() => {
    if (!named) return;
    setCompared(named.split(','));
    setParams({ runs: null });
  }, [named]);
}

export function Place() {
  useRunsOfAddress();
  const runs = useComparedRuns();
  const loaded = useRuns((state) => state.loaded);
  const wantedView = useParam('view');
  const view = views.find((name) => name === wantedView) ?? 'overview';
  const wantedAxis = useParam('axis');
  const axis: AxisName = axisNames.find((name) => name === wantedAxis) ?? 'step';
  const [isReporting, setIsReporting] = useState(false);
  const places = useMemo(() => placements(runs, axis), [runs, axis]);
  useCommands([
    ...views.map((name) => ({
      id: `compare.${name}`,
      title: `Compare: ${viewLabels[name]}`,
      group: 'Compare',
      run: () => setParams({ view: name }),
    })),
    {
      id: 'compare.report',
      title: 'Export a report of the compared runs',
      group: 'Compare',
      enabled: runs.length > 0,
      run: () => setIsReporting(true),
    },
  ]);
  if (runs.length === 0) return <NothingYet loaded={loaded} />;
  const isAlone = runs.length < 2;
  return (
    <PlaceFrame>
      <h1 className="visually-hidden">Compare</h1>
      <CompareBar runs={runs} axis={axis} onReport={() => setIsReporting(true)} />
      <div className={styles['views']}>
        <Tabs
          label="Ways to compare"
          selected={view}
          onSelect={(name: View) => setParams({ view: name })}
          tabs={[
            {
              id: 'overview',
              label: viewLabels.overview,
              content: <Overview runs={runs} places={places} axis={axis} />,
            },
            { id: 'scores', label: viewLabels.scores, content: <ScoresView runs={runs} /> },
            {
              id: 'document',
              label: viewLabels.document,
              content: isAlone ? <NeedsTwo /> : <DocumentDiff runs={runs} />,
            },
            { id: 'graph', label: viewLabels.graph, content: isAlone ? <NeedsTwo /> : <GraphDiff runs={runs} /> },
            { id: 'blind', label: viewLabels.blind, content: isAlone ? <NeedsTwo /> : <BlindTest runs={runs} /> },
          ]}
        />
      </div>
      {isReporting && <ReportDialog runs={runs} onClose={() => setIsReporting(false)} />}
    </PlaceFrame>
  );
}

const viewLabels: Readonly<Record<View, string>> = {
  overview: 'Samples and curves',
  scores: 'Scores',
  document: 'Documents',
  graph: 'Graphs',
  blind: 'Blind test',
};

function NeedsTwo() {
  return (
    <EmptyState
      title="One run is not a comparison"
      icon="compare"
      actions={<RunPicker label="Add a run" look="primary" />}
    >
      Add a second run to see what differs.
    </EmptyState>
  );
}

function NothingYet({ loaded }: { readonly loaded: boolean }) {
  const newest = useRuns((state) => state.runs);
  const marked = useCompared((state) => state.ids.length);
  if (!loaded) return <PlaceFrame>{null}</PlaceFrame>;
  const suggestion = newest.filter((run) => run.currentStep > 0).slice(0, 3);
  const actions = (
    <>
      {suggestion.length > 1 && (
        <Button look="primary" onPress={() => setCompared(suggestion.map((run) => run.id))}>
          Compare the newest {suggestion.length}
        </Button>
      )}
      {newest.length > 0 ? (
        <RunPicker label="Choose runs" />
      ) : (
        <Button look="primary" onPress={() => navigate('home')}>
          Train something first
        </Button>
      )}
      {newest.length > 0 && <Button onPress={() => navigate('runs')}>Open Runs</Button>}
    </>
  );
  return (
    <PlaceFrame>
      <h1 className="visually-hidden">Compare</h1>
      <EmptyState
        title={marked > 0 ? 'The runs compared here are gone' : 'No runs to compare yet'}
        icon="compare"
        actions={actions}
      >
        {newest.length > 0
          ? 'Choose two to eight runs, of any families: their samples at the same seeds, their curves over a shared axis and their scores appear side by side. The eye in Runs does the same.'
          : 'Runs of any family can be laid side by side here: samples at the same seeds, curves over a shared axis, scores with their intervals.'}
      </EmptyState>
    </PlaceFrame>
  );
}
