/** Two regions with a movable border: by mouse, by arrow keys, remembered under a name. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import styles from './layout.module.css';

export interface SplitPaneProps {
  /** The name of the border for readers: `Width of the inspector`. */
  readonly label: string;
  /** Where the size is remembered. */
  readonly storageKey: string;
  readonly orientation?: 'horizontal' | 'vertical';
  /** Which of the two keeps its size while the other takes the rest. */
  readonly fixed: 'first' | 'second';
  /** Pixels of the fixed one. */
  readonly initial: number;
  readonly min?: number;
  readonly max?: number;
  readonly first: ReactNode;
  /** Null hides the second region and the border. */
  readonly second: ReactNode;
}

function remembered(key: string, fallback: number): number {
  try {
    const value = Number(localStorage.getItem(`split:${key}`));
    return Number.isFinite(value) && value > 0 ? value : fallback;
  } catch {
    return fallback;
  }
}

function remember(key: string, size: number): void {
  try {
    localStorage.setItem(`split:${key}`, String(Math.round(size)));
  } catch {
    // A window without storage forgets the size; nothing else is lost.
  }
}

/** Pixels an arrow key moves the border by; undefined for other keys. */
function wayOf({ key, shiftKey }: KeyboardEvent, horizontal: boolean): number | undefined {
  const step = shiftKey ? 64 : 16;
  const ways: Readonly<Record<string, number>> = horizontal
    ? { ArrowLeft: -step, ArrowRight: step }
    : { ArrowUp: -step, ArrowDown: step };
  return ways[key];
}

export function SplitPane(props: SplitPaneProps) {
  const { label, storageKey, orientation = 'horizontal', fixed, initial, min = 160, max = 900, first, second } = props;
  const [size, setSize] = useState(() => remembered(storageKey, initial));
  const [dragging, setDragging] = useState(false);
  const from = useRef({ at: 0, size: 0 });
  const horizontal = orientation === 'horizontal';
  const sign = fixed === 'first' ? 1 : -1;
  const apply = (next: number): void => {
    const bounded = Math.max(min, Math.min(max, next));
    setSize(bounded);
    remember(storageKey, bounded);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { at: horizontal ? event.clientX : event.clientY, size };
    setDragging(true);
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (dragging) apply(from.current.size + sign * ((horizontal ? event.clientX : event.clientY) - from.current.at));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const way = wayOf(event, horizontal);
    if (way === undefined) return;
    event.preventDefault();
    apply(size + sign * way);
  };
  const fixedStyle = horizontal ? { width: size, maxWidth: '70%' } : { height: size, maxHeight: `max(${min}px, 40%)` };
  const firstFixed = fixed === 'first' && second !== null;
  return (
    <div className={styles['split']} data-orientation={orientation}>
      <div className={firstFixed ? styles['side'] : styles['main']} style={firstFixed ? fixedStyle : {}}>
        {first}
      </div>
      {second !== null && (
        <>
          <div
            className={styles['handle']}
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={horizontal ? 'vertical' : 'horizontal'}
            aria-valuenow={Math.round(size)}
            aria-valuemin={min}
            aria-valuemax={max}
            data-dragging={dragging ? '' : undefined}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onPointerUp={() => setDragging(false)}
            onPointerCancel={() => setDragging(false)}
            onDoubleClick={() => apply(initial)}
            onKeyDown={onKeyDown}
          />
          <div
            className={fixed === 'second' ? styles['side'] : styles['main']}
            style={fixed === 'second' ? fixedStyle : {}}
          >
            {second}
          </div>
        </>
      )}
    </div>
  );
}
