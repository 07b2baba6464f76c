/** What a run left behind: its files, checkpoints first, and what happened on its way. */
import { useEffect } from 'react';
import { type CallResult, useCall } from '../../client/host-context.tsx';
import { bytesFigure } from '../../components/figures.ts';
import { EmptyState } from '../../components/layout.tsx';
import { Tag, type Tone } from '../../components/tag.tsx';
import type { Artifact, ArtifactKind, EventLevel, Run, RunEvent } from '../../../core/protocol/records.ts';
import styles from './runs.module.css';

/** Asks again as the run comes on, every hundredth of its way. */
function useWhileRunning<Output>(run: Run, result: CallResult<Output>): CallResult<Output> {
  const { refetch } = result;
  const turn = `${run.status} ${Math.floor((100 * run.currentStep) / Math.max(1, run.totalSteps))}`;
  useEffect(() => refetch(), [turn, refetch]);
  return result;
}

const kinds: readonly { readonly kind: ArtifactKind; readonly title: string }[] = [
  { kind: 'checkpoint', title: 'Checkpoints' },
  { kind: 'samples', title: 'Samples' },
  { kind: 'export', title: 'Exports' },
  { kind: 'report', title: 'Reports' },
  { kind: 'score', title: 'Scores' },
  { kind: 'log', title: 'Logs' },
];

export function RunFiles({ run }: { readonly run: Run }) {
  const { data, error } = useWhileRunning(run, useCall('runs.artifacts', { run: run.id }));
  if (error) return <p className={styles['note']}>{error.message}</p>;
  if (!data) return null;
  if (data.length === 0)
    return (
      <EmptyState title="No files yet" icon="folder">
        Checkpoints and samples appear as the run goes on.
      </EmptyState>
    );
  return (
    <div className={styles['panelBody']}>
      {kinds.map(({ kind, title }) => {
        const files = data.filter((artifact) => artifact.kind === kind);
        return files.length === 0 ? null : <Files key={kind} title={title} files={files} />;
      })}
    </div>
  );
}

function Files({ title, files }: { readonly title: string; readonly files: readonly Artifact[] }) {
  return (
    <>
      <h3>{title}</h3>
      <table className={styles['measures']}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Step</th>
            <th scope="col">Size</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.id}>
              <th scope="row" title={file.path}>
                {file.path}
              </th>
              <td>{file.step ?? '—'}</td>
              <td>{bytesFigure(file.bytes)}</td>
              <td title={file.sha256}>
                <code>{file.sha256.slice(0, 8)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const tones: Readonly<Record<EventLevel, Tone>> = { info: 'idle', warning: 'warning', error: 'error' };
const time = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');

export function RunEvents({ run }: { readonly run: Run }) {
  const { data, error } = useWhileRunning(run, useCall('runs.events', { run: run.id }));
  if (error) return <p className={styles['note']}>{error.message}</p>;
  if (!data) return null;
  if (data.length === 0) return <EmptyState title="Nothing happened yet" icon="info" />;
  return (
    <div className={styles['panelBody']}>
      <ol className={styles['events']}>
        {data.map((event: RunEvent, i) => (
          <li key={i}>
            <time dateTime={new Date(event.timeMs).toISOString()}>{time(event.timeMs)}</time>
            <Tag tone={tones[event.level]}>{event.code}</Tag>
            <span>{event.message}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
