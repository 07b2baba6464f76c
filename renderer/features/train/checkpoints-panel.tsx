/** The checkpoints a run has kept: from each a new run can fork, and its model be exported. */
import { useState } from 'react';
import type { Artifact, Run } from '../../../core/protocol/records.ts';
import { useHost } from '../../client/host-context.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { agoFigure, bytesFigure, figure } from '../../components/figures.ts';
import { FilePicker } from '../../components/files/file-picker.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { Tag } from '../../components/tag.tsx';
import { isResumable } from './chosen-run.ts';
import { exportRun, forkRun, resumeRun } from './run-actions.ts';
import styles from './train.module.css';

export interface CheckpointsPanelProps {
  readonly run: Run;
  /** Newest first. */
  readonly checkpoints: readonly Artifact[];
  readonly every: number | undefined;
}

export function CheckpointsPanel({ run, checkpoints, every }: CheckpointsPanelProps) {
  const host = useHost();
  const [exported, setExported] = useState<number | null>(null);
  if (checkpoints.length === 0) {
    return (
      <EmptyState title="No checkpoints yet" icon="save">
        {every
          ? `One is written every ${figure(every)} steps, when the run is stopped, and at the end.`
          : 'One is written when the run is stopped, and at the end.'}
      </EmptyState>
    );
  }
  const choose = (folder: string): void => {
    setExported(null);
    void exportRun(host, run.id, exported!, folder);
  };
  return (
    <>
      <ul className={styles['checkpoints']} aria-label="Checkpoints">
        {checkpoints.map((checkpoint, index) => (
          <CheckpointRow
            key={checkpoint.id}
            {...{ run, checkpoint }}
            isNewest={index === 0}
            onExport={() => setExported(checkpoint.step)}
          />
        ))}
      </ul>
      {exported !== null && (
        <FilePicker
          title={`Export step ${figure(exported)} into a folder`}
          kind="open-folder"
          action="Export here"
          onChoose={choose}
          onClose={() => setExported(null)}
        />
      )}
    </>
  );
}

interface CheckpointRowProps {
  readonly run: Run;
  readonly checkpoint: Artifact;
  readonly isNewest: boolean;
  readonly onExport: () => void;
}

function CheckpointRow({ run, checkpoint, isNewest, onExport }: CheckpointRowProps) {
  const host = useHost();
  const step = checkpoint.step ?? 0;
  const score = scoreOf(checkpoint);
  return (
    <li className={styles['checkpoint']}>
      <span className={styles['checkpointName']}>
        Step {step.toLocaleString('en-GB')} {isNewest && <Tag>latest</Tag>}
      </span>
      <span className={styles['note']}>
        {bytesFigure(checkpoint.bytes)}, {agoFigure(checkpoint.createdMs, Date.now())}
        {score !== null && `, held-out ${figure(score)}`}
      </span>
      <span className={styles['checkpointActions']}>
        {isNewest && isResumable(run) && (
          <Button
            size="small"
            icon="play"
            onPress={() => void resumeRun(host, run.id)}
            aria-label={`Resume from step ${step}`}
          >
            Resume
          </Button>
        )}
        <IconButton
          icon="fork"
          size="small"
          label={`Fork a new run from step ${step}`}
          onPress={() => void forkRun(host, run, step)}
        />
        <IconButton icon="download" size="small" label={`Export the model of step ${step}`} onPress={onExport} />
      </span>
    </li>
  );
}

function scoreOf({ meta }: Artifact): number | null {
  const score = typeof meta === 'object' && meta !== null && 'score' in meta ? meta['score'] : null;
  return typeof score === 'number' ? score : null;
}
