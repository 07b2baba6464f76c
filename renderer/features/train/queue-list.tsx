/** Runs that wait for a free slot, in the order they will start. */
import { useHost } from '../../client/host-context.tsx';
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
  const slots = useSettings((state) => state.settings.slots);
  const running = runs.filter((run) => run.status === 'running');
  const waiting = queueOf(runs);
  const rule = `${slots === 1 ? 'One run trains' : `${slots} runs train`} at once (Settings); the others wait here.`;
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
