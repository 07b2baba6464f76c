/** What a classifier says of each sample: its likeliest classes as bars, beside what it was shown. */
import { useEffect, useRef } from 'react';
import type { Samples } from '../../../core/protocol/samples.ts';
import { classNames } from '../class-names.ts';
import { drawOne } from './draw-images.ts';
import { sampleAt, sampleCount } from './pixels.ts';
import { bestScores } from './table-values.ts';
import styles from './samples.module.css';

export interface ClassScoresProps {
  readonly samples: Samples;
  readonly classes?: readonly string[] | undefined;
  /** Samples shown. */
  readonly limit?: number;
  /** Classes shown of each. */
  readonly best?: number;
}

export function ClassScores({ samples, classes, limit = 24, best = 5 }: ClassScoresProps) {
  const count = sampleCount(samples.data, samples.shape);
  return (
    <div>
      <ol className={styles['scores']} aria-label={samples.label}>
        {Array.from({ length: Math.min(limit, count) }, (_, index) => (
          <OneScore key={index} samples={samples} index={index} classes={classes} best={best} />
        ))}
      </ol>
      {count > limit && (
        <p className={styles['note']}>
          The first {limit} of {count}.
        </p>
      )}
    </div>
  );
}

function OneScore({
  samples,
  index,
  classes,
  best,
}: {
  readonly samples: Samples;
  readonly index: number;
  readonly classes: readonly string[] | undefined;
  readonly best: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { reference, referenceShape, range } = samples;
  const hasPicture = reference !== null && (referenceShape?.length ?? 0) >= 2;
  useEffect(() => {
    if (canvas.current && reference && referenceShape) drawOne(canvas.current, reference, referenceShape, index, range);
  }, [reference, referenceShape, range, index]);
  const truth = samples.labels?.[index];
  const name = (of: number): string => classes?.[of] ?? String(of);
  return (
    <li className={styles['score']}>
      {hasPicture && (
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Sample ${index + 1}${truth === undefined ? '' : `, class ${name(truth)}`}`}
        />
      )}
      <div className={styles['bars']}>
        <ScoreBars scores={sampleAt(samples.data, samples.shape, index)} best={best} truth={truth} name={name} />
      </div>
    </li>
  );
}

interface ScoreBarsProps {
  readonly scores: Float32Array;
  /** Classes shown. */
  readonly best: number;
  readonly truth: number | undefined;
  readonly name: (index: number) => string;
}

/** The likeliest classes of one sample, in a grid of three columns: name, bar, share. */
export function ScoreBars({ scores, best, truth, name }: ScoreBarsProps) {
  return bestScores(scores, best).map(({ index, score }) => (
    <Bar key={index} name={name(index)} score={score} isTruth={index === truth} />
  ));
}

function Bar({ name, score, isTruth }: { readonly name: string; readonly score: number; readonly isTruth: boolean }) {
  return (
    <>
      <span className={classNames(styles['barName'], isTruth && styles['right'])}>
        {name}
        {isTruth && <span className="visually-hidden"> (its class)</span>}
      </span>
      <span className={styles['bar']} style={{ width: `${Math.max(0, Math.min(1, score)) * 100}%` }} />
      <span className={styles['barValue']}>{(score * 100).toFixed(score > 0.995 ? 0 : 1)} %</span>
    </>
  );
}
