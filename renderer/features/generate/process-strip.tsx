/** A sampler on its way from noise to samples: every moment under one slider, and the whole way of each sample as a row. */
import { useState } from 'react';
import type { Samples } from '../../../core/protocol/samples.ts';
import { useRequest } from '../../client/use-request.ts';
import { Button } from '../../components/button.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { sampleCount } from '../../components/samples/pixels.ts';
import { pointBounds } from '../../components/samples/point-bounds.ts';
import { SamplesView } from '../../components/samples/samples-view.tsx';
import { Slider } from '../../components/toggles.tsx';
import { FaultNote } from './fault-note.tsx';
import { useForm } from './generate-store.ts';
import { RequestBar } from './request-bar.tsx';
import { askOf, type Target } from './run-target.ts';
import { atMoment } from './strip-moments.ts';
import styles from './generate.module.css';

interface Strip {
  readonly samples: Samples;
  readonly moments: number;
}

export function ProcessStrip({ target }: { readonly target: Target }) {
  const form = useForm(target.run.id);
  const isPoints = target.model.data.kind === 'points';
  const [count, setCount] = useState(isPoints ? 512 : 8);
  const [moments, setMoments] = useState(12);
  const [strip, setStrip] = useState<Strip | null>(null);
  const request = useRequest('runs.strip');
  const record = async (): Promise<void> => {
    const samples = await request.send({
      ...askOf(target),
      count,
      seed: form.seed,
      options: { ...form.options },
      moments,
    });
    if (samples) setStrip({ samples, moments });
  };
  return (
    <div className={styles['body']}>
      <div className={styles['controls']}>
        <NumberField label="Samples" value={count} min={1} max={1024} digits={0} onChange={setCount} />
        <NumberField label="Moments" value={moments} min={2} max={50} digits={0} onChange={setMoments} />
        <Button look="primary" isDisabled={request.isRunning} onPress={() => void record()}>
          Record the way
        </Button>
      </div>
      {request.isRunning && (
        <RequestBar label="Loading the model" progress={request.progress} onCancel={request.cancel} />
      )}
      {request.fault && <FaultNote fault={request.fault} />}
      {!strip && !request.isRunning && (
        <p className={styles['note']}>
          Seed and sampler are those of the form at the left: the last moment is the very sample that Draw gives.
        </p>
      )}
      {strip && <StripView strip={strip} target={target} />}
    </div>
  );
}

function StripView({ strip: { samples, moments }, target }: { readonly strip: Strip; readonly target: Target }) {
  const [wanted, setMoment] = useState(moments - 1);
  const moment = Math.min(wanted, moments - 1);
  const count = sampleCount(samples.data, samples.shape) / moments;
  const rows = samples.kind === 'image' ? Math.min(count, 16) : 0;
  // One frame for all moments, or nothing would be seen to move.
  const bounds = samples.kind === 'points' ? pointBounds(samples, target.model.data.modes?.centres) : undefined;
  return (
    <>
      <Slider
        label="Moment"
        value={moment}
        min={0}
        max={moments - 1}
        onChange={setMoment}
        format={(value) => (value === 0 ? 'Noise' : value === moments - 1 ? 'Sample' : `${value + 1} of ${moments}`)}
      />
      <SamplesView
        samples={atMoment(samples, moments, moment)}
        info={target.model.data}
        cell={84}
        bounds={bounds}
        height={420}
        hideCaption
      />
      {rows > 0 && (
        <section className={styles['section']} aria-label="The whole way">
          <div className={styles['head']}>
            <h2>The whole way</h2>
            <span className={styles['note']}>One sample a row, from noise at the left to the sample at the right</span>
          </div>
          <SamplesView
            samples={{ ...samples, label: 'The whole way' }}
            info={target.model.data}
            columns={moments}
            cell={40}
            limit={rows * moments}
            hideCaption
          />
        </section>
      )}
    </>
  );
}
