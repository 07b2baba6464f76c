/** Runs at work, and those that wait, each with what it waits for. */
import { useEffect } from 'react';
import { useCall, useHost } from '../../client/host-context.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { Tag } from '../../components/tag.tsx';
import { setParams } from '../../state/navigation.ts';
import { useRuns } from '../../state/runs.ts';
import { useSettings } from '../../state/settings.ts';
import { queueOf } from './chosen-run.ts';
import { stopRun } from './run-actions.ts';
import styles from './train.module.css';

export function QueueList() {
  const host = useHost();
  const runs = useRuns((state) => state.runs);
  const { slots, passing } = useSettings((state) => state.settings);
  const { data: queue, refetch } = useCall('runs.queue', {});
  const running = runs.filter((run) => run.status === 'running');
  const waiting = queueOf(runs);
  const reasonOf = (id: string): string | undefined => queue?.find(({ run }) => run === id)?.reason;
  const atWork = [...running, ...waiting].map(({ id, status }) => `${id} ${status}`).join();
  useEffect(refetch, [refetch, atWork, slots, passing]);
  const rule = `${slots === 1 ? 'One run trains' : `Up to ${slots} runs train`} at once, as far as cores and devices reach (Settings); the others wait here${passing ? ', small ones may pass' : ''}.`;
  if (running.length + waiting.length === 0)
    return (
      <EmptyState title="No run at work" icon="runs">
        {rule}
      </EmptyState>
    );
  return (
    <div className={styles['queue']}>
      <ol aria-label="Runs at work and waiting" className={styles['checkpoints']}>
        {[...running, ...waiting].map((run) => (
          <li key={run.id} className={styles['checkpoint']}>
            <Button
              look="quiet"
              size="small"
              className={styles['layerName']!}
              onPress={() => setParams({ run: run.id, at: null })}
            >
              {run.name}
            </Button>
            {run.status === 'running' ? (
              <Tag tone="running">running</Tag>
            ) : (
              <Tag>{waiting.indexOf(run) === 0 ? 'next' : `${waiting.indexOf(run) + 1} in line`}</Tag>
            )}
            <span className={styles['waitsFor']}>
              {run.status === 'running'
                ? `${run.device}, ${run.threads} ${run.threads === 1 ? 'thread' : 'threads'}`
                : reasonOf(run.id) && `waits for ${reasonOf(run.id)}`}
            </span>
            <span className={styles['checkpointActions']}>
              <IconButton
                icon={run.status === 'running' ? 'stop' : 'close'}
                size="small"
                label={run.status === 'running' ? `Stop ${run.name}` : `Take ${run.name} out of the queue`}
                onPress={() => void stopRun(host, run.id)}
              />
            </span>
          </li>
        ))}
      </ol>
      <p className={styles['note']}>{rule}</p>
    </div>
  );
}
