/** Generate: everything that can be asked of a trained model. */
import { useEffect, useState } from 'react';
import { useCall } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { ComboBox, Select } from '../../components/select.tsx';
import { EmptyState, PlaceFrame, Toolbar, ToolbarSpacer } from '../../components/layout.tsx';
import { SplitPane } from '../../components/split-pane.tsx';
import { Tabs, type TabSpec } from '../../components/tabs.tsx';
import { StatusTag } from '../../components/tag.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { navigate, setParams, useParam } from '../../state/navigation.ts';
import { useRuns } from '../../state/runs.ts';
import { DrawPanel } from './draw-panel.tsx';
import { DrawnSamples } from './drawn-samples.tsx';
import { ExamplesTab } from './examples/examples-tab.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { FaultNote } from './fault-note.tsx';
import { LatentTab } from './latent/latent-tab.tsx';
import { Neighbours } from './neighbours.tsx';
import { ProcessStrip } from './process-strip.tsx';
import { drawable, drawsFreely, drawsInSteps, type Target, useChosenRun, useChosenStep } from './run-target.ts';
import { Scores } from './scores/scores.tsx';
import styles from './generate.module.css';

export function Place() {
  const run = useChosenRun();
  const loaded = useRuns((state) => state.loaded);
  if (run) return <GenerateFrom key={run.id} run={run} />;
  const actions = (
    <Button look="primary" onPress={() => navigate('home', {})}>
      Choose a template
    </Button>
  );
  return (
    <PlaceFrame>
      <EmptyState
        title={loaded ? 'No run to draw from yet' : 'Reading the runs'}
        icon="generate"
        actions={loaded && actions}
      >
        {loaded && 'Train a model first: samples, codes, scores and exports of every run are made here.'}
      </EmptyState>
    </PlaceFrame>
  );
}

/** How often a run at work is asked for new checkpoints, in milliseconds. */
const checkpointsEveryMs = 5000;

function GenerateFrom({ run }: { readonly run: Run }) {
  const { data: model, error, refetch } = useCall('runs.model', { run: run.id });
  const isRunning = run.status === 'running';
  useEffect(() => {
    // A run at work writes checkpoints; when it ends it has written its last.
    if (!isRunning) return undefined;
    const timer = setInterval(refetch, checkpointsEveryMs);
    return () => {
      clearInterval(timer);
      refetch();
    };
  }, [isRunning, refetch]);
  const step = useChosenStep(model);
  const target: Target | undefined = model && { run, model, step };
  return (
    <PlaceFrame>
      <TargetBar run={run} target={target} />
      {error && !model && (
        <div className={styles['body']}>
          <FaultNote fault={error} />
        </div>
      )}
      {!error && !target && <EmptyState title="Loading the model" icon="generate" />}
      {target && <Workshop key={String(step)} target={target} />}
    </PlaceFrame>
  );
}

function Workshop({ target }: { readonly target: Target }) {
  if (target.model.checkpoints.length === 0) {
    return (
      <EmptyState title="No checkpoint yet" icon="save">
        A model can be drawn from once its run has written a checkpoint: pause or stop it, or wait for the next one.
      </EmptyState>
    );
  }
  return (
    <SplitPane
      label="Width of the form"
      storageKey="generate-form"
      fixed="first"
      initial={248}
      min={200}
      max={420}
      first={<DrawPanel target={target} />}
      second={<Views target={target} />}
    />
  );
}

const views = ['samples', 'examples', 'latent', 'process', 'neighbours', 'scores'] as const;
type View = (typeof views)[number];

/** The views this model has something for. */
function tabsOf(target: Target): readonly TabSpec<View>[] {
  const { model } = target;
  const all: readonly (TabSpec<View> | false)[] = [
    { id: 'samples', label: 'Samples', content: <DrawnSamples target={target} /> },
    model.saliencyMethods.length > 0 && {
      id: 'examples',
      label: 'Examples',
      content: <ExamplesTab target={target} />,
    },
    model.latentSize !== null && { id: 'latent', label: 'Latent space', content: <LatentTab target={target} /> },
    drawsInSteps(model) && { id: 'process', label: 'Process', content: <ProcessStrip target={target} /> },
    drawsFreely(model) && { id: 'neighbours', label: 'Neighbours', content: <Neighbours target={target} /> },
    { id: 'scores', label: 'Scores', content: <Scores target={target} /> },
  ];
  return all.filter((tab) => tab !== false);
}

function Views({ target }: { readonly target: Target }) {
  const wanted = useParam('view');
  const tabs = tabsOf(target);
  const selected = tabs.find((tab) => tab.id === wanted)?.id ?? 'samples';
  return <Tabs label="Views of the model" tabs={tabs} selected={selected} onSelect={(view) => setParams({ view })} />;
}

function TargetBar({ run, target }: { readonly run: Run; readonly target: Target | undefined }) {
  const runs = useRuns((state) => state.runs);
  const [exporting, setExporting] = useState(false);
  const choices = drawable(runs).map(({ id, name, experiment, currentStep }) => ({
    value: id,
    label: name,
    help: `${experiment || 'No experiment'} · step ${currentStep.toLocaleString('en-GB')} · ${id}`,
  }));
  const hasCheckpoint = (target?.model.checkpoints.length ?? 0) > 0;
  return (
    <Toolbar label="Model to draw from">
      <ComboBox
        label="Run"
        beside
        size="small"
        choices={choices}
        value={run.id}
        onChange={(id) => setParams({ run: id, step: null })}
      />
      {target && hasCheckpoint && <CheckpointSelect target={target} />}
      <StatusTag status={run.status} />
      <ToolbarSpacer />
      <Button size="small" icon="download" isDisabled={!hasCheckpoint} onPress={() => setExporting(true)}>
        Export
      </Button>
      {exporting && target && <ExportDialog target={target} onClose={() => setExporting(false)} />}
    </Toolbar>
  );
}

function CheckpointSelect({ target: { model, step } }: { readonly target: Target }) {
  const steps = model.checkpoints.toSorted((a, b) => b - a);
  const choices = [
    { value: 'latest', label: `Latest (step ${steps[0]!.toLocaleString('en-GB')})` },
    ...steps.map((each) => ({ value: String(each), label: `Step ${each.toLocaleString('en-GB')}` })),
  ];
  return (
    <Select
      label="Checkpoint"
      beside
      size="small"
      choices={choices}
      value={step === undefined ? 'latest' : String(step)}
      onChange={(value) => setParams({ step: value === 'latest' ? null : value })}
    />
  );
}
