/** Everything about one run, beside the table. */
import { useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { agoFigure, durationFigure, figure } from '../../components/figures.ts';
import { ColourDot, StatusTag, Tag } from '../../components/tag.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useCall } from '../../client/host-context.tsx';
import { CodeView, codeLines } from '../../components/code-view.tsx';
import { useRunColour } from '../../state/runs.ts';
import { durationMs, type RunRow } from './run-rows.ts';
import { RunActions } from './run-actions.tsx';
import { RunColours } from './run-colours.tsx';
import { RunEvents, RunFiles } from './run-records.tsx';
import { RunMeasures } from './run-measures.tsx';
import { RunNotes } from './run-notes.tsx';
import { RunParams } from './run-params-list.tsx';
import { TagDialog } from './tag-dialog.tsx';
import styles from './runs.module.css';

const views = ['overview', 'fields', 'files', 'events', 'document'] as const;
type View = (typeof views)[number];

export interface RunPanelProps {
  readonly row: RunRow;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

export function RunPanel({ row, onClose, onDelete }: RunPanelProps) {
  const [view, setView] = useState<View>('overview');
  const { run } = row;
  const colour = useRunColour(run.id);
  return (
    <section
      aria-label={`Run ${run.name}`}
      className={styles['panel']}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header className={styles['panelHead']}>
        <ColourDot colour={colour} size={12} />
        <h2>{run.name}</h2>
        <StatusTag status={run.status} />
        <span className={styles['push']} />
        <IconButton icon="close" size="small" label="Close the panel" onPress={onClose} />
      </header>
      <RunActions run={run} onDelete={onDelete} />
      <Tabs
        label={`About ${run.name}`}
        selected={view}
        onSelect={setView}
        tabs={[
          { id: 'overview', label: 'Overview', content: <Overview key={run.id} row={row} /> },
          { id: 'fields', label: 'Fields', content: <RunParams params={row.params} /> },
          { id: 'files', label: 'Files', content: <RunFiles run={run} /> },
          { id: 'events', label: 'Events', content: <RunEvents run={run} /> },
          { id: 'document', label: 'Document', content: <Document id={run.id} /> },
        ]}
      />
    </section>
  );
}

function Overview({ row }: { readonly row: RunRow }) {
  const { run } = row;
  const [isTagging, setIsTagging] = useState(false);
  const ms = durationMs(run, Date.now());
  const facts: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Family', run.family],
    ['Experiment', run.experiment],
    ['Steps', `${figure(run.currentStep)} of ${figure(run.totalSteps)}`],
    ['Created', agoFigure(run.createdMs, Date.now())],
    ['Duration', ms === null ? 'not started' : durationFigure(ms)],
    ['Data', `${run.dataSource} · ${run.dataHash.slice(0, 8)}`],
    ['Seed', String(run.seed)],
    ['Computed by', `${run.engineBuild}, ${run.device}, ${run.threads} ${run.threads === 1 ? 'thread' : 'threads'}`],
    ...(run.parent ? [['Forked from', `${run.parent.run} at step ${run.parent.step}`] as const] : []),
  ];
  return (
    <div className={styles['panelBody']}>
      {run.error && (
        <p role="alert" className={styles['failure']}>
          {run.error.message}
          {run.error.node && ` First at ${run.error.node}.`} {run.error.hint}
        </p>
      )}
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
        <div>
          <dt>Tags</dt>
          <dd className={styles['tagList']}>
            {run.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
            <IconButton icon="edit" size="small" label="Change tags" onPress={() => setIsTagging(true)} />
          </dd>
        </div>
        <div>
          <dt>Colour</dt>
          <dd>
            <RunColours run={run} />
          </dd>
        </div>
      </dl>
      <RunNotes key={run.id} run={run} />
      <RunMeasures row={row} />
      {isTagging && <TagDialog runs={[run]} onClose={() => setIsTagging(false)} />}
    </div>
  );
}

function Document({ id }: { readonly id: string }) {
  const { data, error } = useCall('runs.get', { run: id });
  if (error) return <p className={styles['note']}>{error.message}</p>;
  return (
    <div className={styles['document']}>
      {data && <CodeView label="Document of the run" lines={codeLines(data.document)} />}
    </div>
  );
}
