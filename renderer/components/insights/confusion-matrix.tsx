/** Which class is taken for which: a table one can walk through by arrow keys, and the mistakes made most often. */
import { type KeyboardEvent, useRef, useState } from 'react';
import type { ConfusionInsight } from '../../../core/metrics/insight.ts';
import { SegmentedControl } from '../toggles.tsx';
import { accuracyOf, confusionTable, mistakes, mostTabled, type Pair, pairWords, percentFigure } from './confusion.ts';
import styles from './insights.module.css';

export interface ConfusionMatrixProps {
  readonly insight: ConfusionInsight;
  /** Shows the examples of a cell. */
  readonly onCell: (actual: number, predicted: number) => void;
}

type Shown = 'counts' | 'shares';
const shownChoices = [
  { value: 'counts', label: 'Counts' },
  { value: 'shares', label: 'Share of row' },
] as const;
/** Letters of a column's name that fit above its numbers. */
const longestFlat = 4;
/** Mistakes listed. */
const listed = 8;

export function ConfusionMatrix({ insight, onCell }: ConfusionMatrixProps) {
  const [shown, setShown] = useState<Shown>('counts');
  const worst = mistakes(insight).slice(0, listed);
  return (
    <div className={styles['confusion']}>
      <div className={styles['bar']}>
        <span className={styles['note']}>
          {insight.n.toLocaleString('en-GB')} examples, {percentFigure(accuracyOf(insight))} right
        </span>
        <SegmentedControl
          label="Cells show"
          size="small"
          segments={shownChoices}
          value={shown}
          onChange={(next: Shown) => setShown(next)}
        />
      </div>
      {insight.classes.length <= mostTabled && <Matrix insight={insight} shown={shown} onCell={onCell} />}
      <p className={styles['note']}>
        Rows are actual classes, columns what the model said. A cell or a mistake leads to its examples.
      </p>
      <h3 className={styles['subhead']}>Most frequent mistakes</h3>
      {worst.length === 0 ? (
        <p className={styles['note']}>None: every example was recognised.</p>
      ) : (
        <ol className={styles['mistakes']}>
          {worst.map((pair) => (
            <Mistake key={`${pair.actual} ${pair.predicted}`} pair={pair} classes={insight.classes} onCell={onCell} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Matrix({ insight, shown, onCell }: ConfusionMatrixProps & { readonly shown: Shown }) {
  const frame = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState<readonly [row: number, column: number]>([0, 0]);
  const { classes } = insight;
  const rows = confusionTable(insight);
  const move = (event: KeyboardEvent): void => {
    const next = movedCell(event.key, at, classes.length, event.ctrlKey);
    if (!next) return;
    event.preventDefault();
    setAt(next);
    frame.current?.querySelector<HTMLElement>(`[data-cell="${next.join()}"]`)?.focus();
  };
  return (
    <div className={styles['scroll']}>
      <table
        ref={frame}
        role="grid"
        aria-label="Confusion matrix"
        className={styles['matrix']}
        data-upright={classes.some((name) => name.length > longestFlat) ? '' : undefined}
        onKeyDown={move}
      >
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Actual class</span>
            </th>
            {classes.map((name) => (
              <th key={name} scope="col">
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, actual) => (
            <tr key={classes[actual]}>
              <th scope="row">{classes[actual]}</th>
              {row.map((pair, predicted) => (
                <Cell
                  key={predicted}
                  pair={pair}
                  classes={classes}
                  shown={shown}
                  isTabStop={at[0] === actual && at[1] === predicted}
                  onFocus={() => setAt([actual, predicted])}
                  onPress={() => onCell(actual, predicted)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly pair: Pair;
  readonly classes: readonly string[];
  readonly shown: Shown;
  readonly isTabStop: boolean;
  readonly onFocus: () => void;
  readonly onPress: () => void;
}

function Cell({ pair, classes, shown, isTabStop, onFocus, onPress }: CellProps) {
  const { actual, predicted, count, share } = pair;
  const isRight = actual === predicted;
  return (
    <td role="gridcell" style={{ background: shade(share, isRight) }}>
      <button
        type="button"
        className={styles['cell']}
        data-cell={`${actual},${predicted}`}
        data-empty={count === 0 ? '' : undefined}
        aria-disabled={count === 0}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={pairWords(pair, classes)}
        onFocus={onFocus}
        onClick={() => count > 0 && onPress()}
      >
        {cellText(pair, shown)}
      </button>
    </td>
  );
}

function cellText({ count, share }: Pair, shown: Shown): string {
  if (count === 0) return '·';
  return shown === 'counts' ? count.toLocaleString('en-GB') : (100 * share).toFixed(share < 0.0995 ? 1 : 0);
}

/** Where a key leads: arrows one cell, Home and End along the row, with Ctrl to the corners. */
function movedCell(
  key: string,
  [row, column]: readonly [number, number],
  size: number,
  isFar: boolean,
): readonly [number, number] | undefined {
  const last = size - 1;
  switch (key) {
    case 'ArrowUp':
      return [Math.max(0, row - 1), column];
    case 'ArrowDown':
      return [Math.min(last, row + 1), column];
    case 'ArrowLeft':
      return [row, Math.max(0, column - 1)];
    case 'ArrowRight':
      return [row, Math.min(last, column + 1)];
    case 'Home':
      return [isFar ? 0 : row, 0];
    case 'End':
      return [isFar ? last : row, last];
    default:
      return undefined;
  }
}

/**
 * Right answers in the accent, wrong ones in the tone of errors; faint enough for the number to be read. Of mistakes the root
 * is taken: a few in a hundred are what one looks for.
 */
function shade(share: number, isRight: boolean): string {
  if (share === 0) return 'transparent';
  const strength = Math.round(8 + 32 * (isRight ? share : Math.sqrt(share)));
  return `color-mix(in srgb, var(${isRight ? '--accent' : '--error'}) ${strength}%, var(--surface))`;
}

interface MistakeProps {
  readonly pair: Pair;
  readonly classes: readonly string[];
  readonly onCell: ConfusionMatrixProps['onCell'];
}

function Mistake({ pair, classes, onCell }: MistakeProps) {
  const { actual, predicted, count, share } = pair;
  return (
    <li>
      <button type="button" className={styles['mistake']} onClick={() => onCell(actual, predicted)}>
        <span className={styles['mistakeWords']}>
          {classes[actual]} <span aria-hidden="true">→</span>
          <span className="visually-hidden"> taken for </span> {classes[predicted]}
        </span>
        <span>{count.toLocaleString('en-GB')}</span>
        <span className={styles['mistakeShare']}>{percentFigure(share)} of its class</span>
      </button>
    </li>
  );
}
