/** Text samples, each in a box of its own; what was given stands fainter than what was written after it. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { sampleCount } from './pixels.ts';
import { textAt } from './text-values.ts';
import styles from './samples.module.css';

export interface TextListProps {
  readonly samples: Samples;
  readonly vocabulary?: DataInfo['vocabulary'];
  readonly limit?: number;
}

export function TextList({ samples, vocabulary, limit = 100 }: TextListProps) {
  const count = sampleCount(samples.data, samples.shape);
  return (
    <div>
      <ol className={styles['texts']} aria-label={`${samples.label}, ${count}`} tabIndex={0}>
        {Array.from({ length: Math.min(count, limit) }, (_, index) => {
          const { given, written } = textAt(samples, index, vocabulary);
          return (
            <li key={index} className={styles['text']}>
              <span className={styles['textNumber']} aria-hidden="true">
                {index + 1}
              </span>
              <pre>
                {given && <span className={styles['given']}>{given}</span>}
                {written}
              </pre>
            </li>
          );
        })}
      </ol>
      {count > limit && (
        <p className={styles['note']}>
          The first {limit} of {count} texts.
        </p>
      )}
    </div>
  );
}
