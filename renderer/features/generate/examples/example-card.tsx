/** One judged example: its picture under the saliency, what it is and what it was taken for, and its likeliest classes. */
import { useEffect, useRef } from 'react';
import type { DataInfo } from '../../../../core/data/data-info.ts';
import type { Explained } from '../../../../core/protocol/samples.ts';
import { figure } from '../../../components/figures.ts';
import { ScoreBars } from '../../../components/samples/class-scores.tsx';
import { sampleAt } from '../../../components/samples/pixels.ts';
import { bestIndex, columnNames, rowCells } from '../../../components/samples/table-values.ts';
import { drawOverlaid } from './saliency-map.ts';
import styles from './examples.module.css';

interface ExampleCardProps {
  readonly explained: Explained;
  readonly row: number;
  /** Its place in its split. */
  readonly place: number;
  readonly info: DataInfo;
  readonly opacity: number;
}

/** Classes shown of each. */
const bestShown = 3;

export function ExampleCard({ explained, row, place, info, opacity }: ExampleCardProps) {
  const { samples, classes } = explained;
  const scores = sampleAt(samples.data, samples.shape, row);
  const truth = samples.labels?.[row] ?? -1;
  const said = bestIndex(scores);
  const name = (of: number): string => info.classes[of] ?? String(of);
  const isMistake = truth !== said;
  const hangsOn = `score of ${name(classes[row] ?? said)}`;
  return (
    <li className={styles['card']}>
      <p className={styles['cardHead']}>
        <span className={styles['place']}>#{place}</span>
        {isMistake ? (
          <span>
            <span className="visually-hidden">Mistake: </span>
            <b>{name(truth)}</b> <span aria-hidden="true">→</span>
            <span className="visually-hidden"> taken for </span> <b className={styles['wrong']}>{name(said)}</b>
          </span>
        ) : (
          <span>
            <b>{name(truth)}</b>, right
          </span>
        )}
      </p>
      {info.kind === 'image' ? (
        <Overlaid
          {...{ explained, row, opacity }}
          words={`Example ${place}, ${name(truth)}, with what the ${hangsOn} hangs on`}
        />
      ) : (
        <FeatureWeights {...{ explained, row, info }} words={`What the ${hangsOn} hangs on`} />
      )}
      <div className={styles['bars']}>
        <ScoreBars scores={scores} best={bestShown} truth={truth} name={name} />
      </div>
    </li>
  );
}

interface PartProps {
  readonly explained: Explained;
  readonly row: number;
  readonly words: string;
}

function Overlaid({ explained, row, opacity, words }: PartProps & { readonly opacity: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { samples, saliency } = explained;
  const { reference, referenceShape, range } = samples;
  useEffect(() => {
    if (canvas.current && reference && referenceShape)
      drawOverlaid(canvas.current, {
        pictures: reference,
        saliency,
        shape: referenceShape,
        range,
        index: row,
        opacity,
      });
  }, [reference, referenceShape, range, saliency, row, opacity]);
  return <canvas ref={canvas} className={styles['overlaid']} role="img" aria-label={words} />;
}

/** Features shown of each example. */
const featuresShown = 6;

/** Values that are no picture: the ones that weigh most, with which way they push the score. */
function FeatureWeights({ explained, row, info, words }: PartProps & { readonly info: DataInfo }) {
  const { samples, saliency } = explained;
  const shape = samples.referenceShape ?? [];
  const weights = sampleAt(saliency, shape, row);
  const values = sampleAt(samples.reference ?? new Float32Array(), shape, row);
  const features = featuresOf(info, weights.length);
  const most = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 1e-12);
  const shown = Array.from(weights.keys())
    .toSorted((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!))
    .slice(0, featuresShown);
  return (
    <table className={styles['weights']} aria-label={words}>
      <colgroup>
        <col style={{ width: '46%' }} />
        <col style={{ width: '27%' }} />
        <col />
      </colgroup>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Feature</th>
          <th scope="col">Value</th>
          <th scope="col">Weight</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((feature) => (
          <tr key={feature}>
            <th scope="row">{features[feature]?.name}</th>
            <td>{features[feature]?.words(values[feature]!)}</td>
            <td className={styles['weight']}>
              <span
                className={styles['push']}
                data-down={weights[feature]! < 0 ? '' : undefined}
                style={{ width: `${(50 * Math.abs(weights[feature]!)) / most}%` }}
              />
              <span className="visually-hidden">{figure(weights[feature]!, 3)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Feature {
  readonly name: string;
  /** Its value as a person knows it. */
  readonly words: (value: number) => string;
}

/** What single input values stand for: a number of its column's own unit, or whether a category is the one. */
function featuresOf({ columns }: DataInfo, count: number): readonly Feature[] {
  if (!columns) return columnNames(columns, count).map((name) => ({ name, words: (value) => figure(value, 3) }));
  return columns.flatMap((column): readonly Feature[] => {
    const { name, categories } = column;
    if (column.kind === 'number') return [{ name, words: (value) => rowCells([column], Float32Array.of(value))[0]! }];
    return (categories ?? []).map((each) => ({
      name: `${name}: ${each}`,
      words: (value) => (value > 0.5 ? 'yes' : 'no'),
    }));
  });
}
