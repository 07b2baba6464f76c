/** One sample of any kind, small: a picture, or its values in words. */
import { useEffect, useRef } from 'react';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { figure } from '../../components/figures.ts';
import { drawOne } from '../../components/samples/draw-images.ts';
import { sampleAt } from '../../components/samples/pixels.ts';
import { bestIndex, columnNames, rowCells } from '../../components/samples/table-values.ts';
import { textAt } from '../../components/samples/text-values.ts';
import styles from './generate.module.css';

interface OneSampleProps {
  readonly samples: Samples;
  readonly index: number;
  readonly words: string;
  readonly info?: DataInfo | undefined;
}

export function OneSample({ samples, index, words, info }: OneSampleProps) {
  if (samples.kind === 'image') return <OnePicture samples={samples} index={index} words={words} />;
  return (
    <div className={styles['blank']} role="img" aria-label={`${words}: ${valuesInWords(samples, index, info)}`}>
      {valuesInWords(samples, index, info)}
    </div>
  );
}

function OnePicture({ samples, index, words }: Omit<OneSampleProps, 'info'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawOne(canvas.current, samples.data, samples.shape, index, samples.range);
  }, [samples, index]);
  return <canvas ref={canvas} className={styles['picture']} role="img" aria-label={words} />;
}

const mostValues = 6;
const mostCharacters = 120;

/** The values of a sample that is no picture: `(0.71, −1.2)`, `length 4.1, width 2`. */
function valuesInWords(samples: Samples, index: number, info: DataInfo | undefined): string {
  const row = sampleAt(samples.data, samples.shape, index);
  if (samples.kind === 'classScores') return info?.classes[bestIndex(row)] ?? String(bestIndex(row));
  if (samples.kind === 'points')
    return `(${Array.from(row.subarray(0, mostValues), (value) => figure(value, 3)).join(', ')})`;
  if (samples.kind === 'text') {
    const { given, written } = textAt(samples, index, info?.vocabulary);
    return `${given}${written}`.slice(0, mostCharacters);
  }
  const columns = info?.columns;
  const names = columnNames(columns, row.length);
  return rowCells(columns, row)
    .slice(0, mostValues)
    .map((cell, i) => `${names[i]} ${cell}`)
    .join(', ');
}
