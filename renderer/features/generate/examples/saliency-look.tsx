/** How saliency is shown: how strongly over the picture, which way it is measured, and whose score it explains. */
import type { RunModel } from '../../../../core/protocol/run-model.ts';
import { Select } from '../../../components/select.tsx';
import { Slider } from '../../../components/toggles.tsx';
import { mapGradient } from './saliency-map.ts';
import styles from './examples.module.css';

export interface Look {
  /** Of the map over the picture, 0 to 1. */
  readonly opacity: number;
  readonly method: string;
  /** `predicted`, `actual`, or a class's number. */
  readonly score: string;
}

interface SaliencyLookProps {
  readonly look: Look;
  readonly onLook: (look: Look) => void;
  readonly model: RunModel;
  readonly hasPictures: boolean;
}

export function SaliencyLook({ look, onLook, model, hasPictures }: SaliencyLookProps) {
  const scores = [
    { value: 'predicted', label: 'What it was taken for' },
    { value: 'actual', label: 'Its actual class' },
    ...model.data.classes.map((name, index) => ({ value: String(index), label: name })),
  ];
  return (
    <div className={styles['filters']} role="group" aria-label="Saliency">
      {hasPictures && (
        <Slider
          label="Saliency map"
          value={Math.round(100 * look.opacity)}
          min={0}
          max={100}
          step={5}
          format={(value) => `${value} %`}
          onChange={(value) => onLook({ ...look, opacity: value / 100 })}
          className={styles['opacity']!}
        />
      )}
      <Select
        label="For the score of"
        choices={scores}
        value={look.score}
        onChange={(score) => onLook({ ...look, score })}
      />
      <Select
        label="Measured as"
        choices={model.saliencyMethods.map(({ name, label }) => ({ value: name, label }))}
        value={look.method}
        onChange={(method) => onLook({ ...look, method })}
      />
      {!hasPictures && (
        <span className={styles['scale']}>Bars to the right raise the score, to the left lower it.</span>
      )}
      {hasPictures && (
        <span className={styles['scale']}>
          less
          <span className={styles['ramp']} style={{ background: mapGradient }} />
          more weight
        </span>
      )}
    </div>
  );
}
