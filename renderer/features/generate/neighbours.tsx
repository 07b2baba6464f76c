/** Each drawn sample beside the training sample nearest to it: whether a model makes something new, or repeats what it saw. */
import { useMemo, useState } from 'react';
import type { MethodOutput } from '../../../core/protocol/methods.ts';
import { useCall } from '../../client/host-context.tsx';
import { useRequest } from '../../client/use-request.ts';
import { Button } from '../../components/button.tsx';
import { figure } from '../../components/figures.ts';
import { NumberField } from '../../components/number-field.tsx';
import { FaultNote } from './fault-note.tsx';
import { useForm } from './generate-store.ts';
import { OneSample } from './one-sample.tsx';
import { RequestBar } from './request-bar.tsx';
import { askOf, type Target } from './run-target.ts';
import { latestScore, scoreText } from './scores/score-words.ts';
import styles from './generate.module.css';

type Found = MethodOutput<'runs.nearest'>;

export function Neighbours({ target }: { readonly target: Target }) {
  const form = useForm(target.run.id);
  const [count, setCount] = useState(24);
  const [found, setFound] = useState<Found | null>(null);
  const request = useRequest('runs.nearest');
  const search = async (): Promise<void> => {
    const answer = await request.send({ ...askOf(target), count, seed: form.seed, options: { ...form.options } });
    if (answer) setFound(answer);
  };
  return (
    <div className={styles['body']}>
      <div className={styles['controls']}>
        <NumberField label="Samples" value={count} min={1} max={256} digits={0} onChange={setCount} />
        <Button look="primary" isDisabled={request.isRunning} onPress={() => void search()}>
          Find neighbours
        </Button>
      </div>
      <Memorisation target={target} />
      {request.isRunning && (
        <RequestBar label="Loading the model" progress={request.progress} onCancel={request.cancel} />
      )}
      {request.fault && <FaultNote fault={request.fault} />}
      {found && <Pairs found={found} target={target} />}
    </div>
  );
}

/** The measured ratio, if the run has been evaluated, and how it is read. */
function Memorisation({ target }: { readonly target: Target }) {
  const { data } = useCall('runs.scores', { runs: [target.run.id] });
  const score = latestScore(data?.[target.run.id] ?? [], 'memorisationRatio');
  return (
    <p className={styles['note']}>
      {score
        ? `Memorisation ratio at step ${score.step.toLocaleString('en-GB')}: ${scoreText(score)}. `
        : 'The memorisation ratio is measured when the run is evaluated (under Scores). '}
      It is how near samples come to the training data, against how near real data the model never saw comes to it:
      about 1 for samples as new as unseen data, towards 0 for copies, above 1 for samples far from all data.
    </p>
  );
}

function Pairs({
  found: { samples, neighbours, distances },
  target,
}: {
  readonly found: Found;
  readonly target: Target;
}) {
  const order = useMemo(() => Array.from(distances.keys()).sort((a, b) => distances[a]! - distances[b]!), [distances]);
  const info = target.model.data;
  return (
    <section className={styles['section']} aria-label="Samples and their nearest training samples">
      <div className={styles['head']}>
        <h2>Nearest training samples</h2>
        <span className={styles['note']}>
          Left the sample, right the training sample nearest to it by Euclidean distance; the nearest pair first
        </span>
      </div>
      <ol className={styles['pairs']}>
        {order.map((index) => (
          <li key={index} className={styles['pair']}>
            <OneSample samples={samples} index={index} words={`Sample ${index + 1}`} info={info} />
            <OneSample
              samples={neighbours}
              index={index}
              words={`Training sample nearest to sample ${index + 1}`}
              info={info}
            />
            <span className={styles['pairWords']}>
              <span>Sample {index + 1}</span>
              <span>{distances[index] === 0 ? 'a copy' : `distance ${figure(distances[index]!, 3)}`}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
