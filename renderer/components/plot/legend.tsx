/** The lines of a plot by name, with their values where the cursor stands (or their last ones). */
import { useImperativeHandle, useState, type Ref } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { classNames } from '../class-names.ts';
import { figure } from '../figures.ts';
import { nearestIndex } from './plot-data.ts';
import type { NamedLine } from './plot-words.ts';
import styles from './plot.module.css';

export interface LegendLine extends NamedLine {
  readonly key: string;
  readonly colour: string;
  readonly dash?: boolean | undefined;
}

/** Moved by the plot without drawing the plot again. */
export interface LegendHandle {
  readonly moveTo: (x: number | null) => void;
}

export interface LegendProps {
  readonly ref: Ref<LegendHandle>;
  readonly xLabel: string;
  readonly lines: readonly LegendLine[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
}

/** The recorded value nearest to x; the last one when x is null. */
export function valueAt(line: NamedLine, x: number | null): number | null {
  if (line.y.length === 0) return null;
  return line.y[x === null ? line.y.length - 1 : nearestIndex(line.x, x)]!;
}

export function Legend({ ref, xLabel, lines, hidden, onToggle }: LegendProps) {
  const [x, setX] = useState<number | null>(null);
  useImperativeHandle(ref, () => ({ moveTo: setX }), []);
  return (
    <div className={styles['legendFrame']}>
      <div className={styles['legend']} role="group" aria-label="Lines">
        {lines.map((line) => {
          const value = valueAt(line, x);
          return (
            <AriaButton
              key={line.key}
              aria-pressed={!hidden.has(line.key)}
              className={styles['entry']!}
              onPress={() => onToggle(line.key)}
            >
              <span
                className={classNames(styles['line'], line.dash && styles['dashed'])}
                style={{ borderColor: line.colour }}
              />
              <span className={styles['name']}>{line.label}</span>
              <span className={styles['value']}>{value === null ? '' : figure(value)}</span>
            </AriaButton>
          );
        })}
      </div>
      {x !== null && lines.length > 0 && (
        <span className={styles['at']}>
          at {xLabel} {figure(Math.abs(x) >= 100 ? Math.round(x) : x)}
        </span>
      )}
    </div>
  );
}
