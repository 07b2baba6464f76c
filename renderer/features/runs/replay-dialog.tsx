/** Trains a run again from its seed and says whether the outcome is the same to the last bit. */
import { useState } from 'react';
import type { ReplayOutcome, Run } from '../../../core/protocol/records.ts';
import { useRequest } from '../../client/use-request.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { figure } from '../../components/figures.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { Tag } from '../../components/tag.tsx';
import { navigate } from '../../state/navigation.ts';
import styles from './runs.module.css';

export function ReplayDialog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const { send, isRunning, progress, fault } = useRequest('runs.replay');
  const [outcome, setOutcome] = useState<ReplayOutcome>();
  const needsHelp = fault?.placement !== undefined;
  const replay = async (): Promise<void> =>
    setOutcome(await send({ run: run.id, ...(needsHelp && { mayUseCpu: true }) }));
  const foot = (
    <>
      <Button onPress={onClose}>{isRunning ? 'Stop and close' : 'Close'}</Button>
      {outcome ? (
        <Button look="primary" onPress={() => navigate('train', { run: outcome.replay })}>
          Open the replay in Train
        </Button>
      ) : (
        <Button look="primary" isDisabled={isRunning} onPress={() => void replay()}>
          {isRunning ? 'Replaying' : needsHelp ? 'Replay with the CPU’s help' : 'Replay'}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title={`Replay ${run.name}`} open onClose={onClose} width={560} foot={foot}>
      <p>
        Trains the recorded document again with the same seed, data, {run.threads}{' '}
        {run.threads === 1 ? 'thread' : 'threads'} and everything turned by hand, up to the latest checkpoint, and
        compares the two states. The replay is kept as a run of its own; it starts at once, beside what trains now.
      </p>
      {isRunning && (
        <ProgressBar
          label="Replaying"
          done={progress?.done ?? 0}
          total={progress?.total ?? null}
          note={progress?.total ? `step ${progress.done} of ${progress.total}` : 'starting'}
        />
      )}
      {fault && (
        <p role="alert" className={styles['replayFault']}>
          {fault.message}
        </p>
      )}
      {outcome && <Outcome outcome={outcome} />}
    </Dialog>
  );
}

function Outcome({
  outcome: { identical, step, differing, largest, sameEngine },
}: {
  readonly outcome: ReplayOutcome;
}) {
  if (identical)
    return (
      <p role="status" className={styles['replayed']}>
        <Tag tone="ok">identical</Tag> Every number of the state is the same bit for bit at step {step}.
      </p>
    );
  return (
    <>
      <p role="status" className={styles['replayed']}>
        <Tag tone="warning">different</Tag> {differing} tensors differ at step {step}
        {sameEngine ? '' : '; another engine build computed the first run'}. The largest differences:
      </p>
      <table className={styles['replayTable']!}>
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col">Largest difference</th>
            <th scope="col">Of its largest value</th>
          </tr>
        </thead>
        <tbody>
          {largest.map((each) => (
            <tr key={each.tensor}>
              <th scope="row">{each.tensor}</th>
              <td>{figure(each.largest, 3)}</td>
              <td>{figure(each.relative, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
