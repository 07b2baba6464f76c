/** A grid of image samples on one canvas: crisp pixels, names under the pointer and the keys, each to be seen large. */
import { type KeyboardEvent, type MouseEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import type { Samples } from '../../../core/protocol/samples.ts';
import { useWidth } from '../plot/use-uplot.ts';
import { drawGrid, type GridLayout, gridLayout } from './draw-images.ts';
import { movedIndex } from './grid-keys.ts';
import { LargeImage } from './large-image.tsx';
import { cellSize, imageSize, sampleCount } from './pixels.ts';
import styles from './samples.module.css';

export interface ImageGridProps {
  readonly samples: Samples;
  /** Pixels of a cell; pictures are enlarged by whole numbers to fit it. */
  readonly cell?: number;
  /** Columns; absent: as many as fit. */
  readonly columns?: number | undefined;
  /** Of the draw, told with each sample. */
  readonly seed?: number | undefined;
  /** Names of classes, by number. */
  readonly classes?: readonly string[] | undefined;
  /** Fewer than there are. */
  readonly limit?: number;
  /** Leaves out the line of words below. */
  readonly hideCaption?: boolean;
  /** Linked grids: the sample pointed at, also from outside. */
  readonly active?: number | null;
  readonly onActive?: (index: number | null) => void;
}

/** A sample in words: `Sample 3 of 64, seed 7, class cat`. */
function sampleWords(
  samples: Samples,
  index: number,
  count: number,
  seed: number | undefined,
  classes: readonly string[] | undefined,
): string {
  const label = samples.labels?.[index];
  const named = label === undefined || label < 0 ? '' : `, class ${classes?.[label] ?? label}`;
  return `Sample ${index + 1} of ${count}${seed === undefined ? '' : `, seed ${seed}`}${named}`;
}

export function ImageGrid(props: ImageGridProps) {
  const { samples, cell = 64, columns, seed, classes, limit = Infinity, hideCaption = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [own, setOwn] = useState<number | null>(null);
  const [large, setLarge] = useState<number | null>(null);
  const count = Math.min(limit, sampleCount(samples.data, samples.shape));
  const isPaired = samples.reference !== null && (samples.referenceShape?.length ?? 0) >= 2;
  const layout = gridLayout(count, width, cellSize(imageSize(samples.shape), cell), isPaired, columns);
  const active = props.active === undefined ? own : props.active;
  const activate = (index: number | null): void => {
    setOwn(index);
    props.onActive?.(index);
  };
  const words = (index: number): string => sampleWords(samples, index, count, seed, classes);
  const about = `${count} images of ${imageSize(samples.shape).width} × ${imageSize(samples.shape).height}${isPaired ? ', each with its original above it' : ''}`;
  return (
    <div ref={frame} className={styles['grid']}>
      {width > 0 && (
        <Cells
          {...{ samples, count, layout, active, activate, words }}
          label={`${samples.label}: ${about}`}
          onOpen={setLarge}
        />
      )}
      {!hideCaption && <p className={styles['caption']}>{active !== null && active < count ? words(active) : about}</p>}
      {large !== null && large < count && (
        <LargeImage
          samples={samples}
          index={large}
          count={count}
          words={words(large)}
          onIndex={setLarge}
          onClose={() => setLarge(null)}
        />
      )}
    </div>
  );
}

interface CellsProps {
  readonly samples: Samples;
  readonly count: number;
  readonly layout: GridLayout;
  readonly active: number | null;
  readonly activate: (index: number | null) => void;
  readonly words: (index: number) => string;
  readonly label: string;
  readonly onOpen: (index: number) => void;
}

function Cells({ samples, count, layout, active, activate, words, label, onOpen }: CellsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const id = useId();
  const { columns, cellWidth, cellHeight, width, rowGap, totalWidth, totalHeight } = layout;
  const newest = useEffectEvent(() => layout);
  useEffect(() => {
    if (canvas.current && count > 0) drawGrid(canvas.current, samples, count, newest());
  }, [samples, count, columns, width, totalWidth, totalHeight]);
  const at = (event: MouseEvent<HTMLElement>): number | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / cellWidth);
    const index = Math.floor((event.clientY - box.top) / cellHeight) * columns + column;
    return column >= 0 && column < columns && index >= 0 && index < count ? index : null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') onOpen(active ?? 0);
    else {
      const next = movedIndex(event.key, active ?? -1, columns, count);
      if (next === null) return;
      activate(next);
    }
    event.preventDefault();
  };
  const shown = active !== null && active < count ? active : 0;
  return (
    <div
      className={styles['list']}
      style={{ width: totalWidth, height: totalHeight }}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={`${id}-${shown}`}
      onKeyDown={onKeyDown}
      onFocus={(event) => active === null && event.currentTarget.matches(':focus-visible') && activate(0)}
      onBlur={() => activate(null)}
      onMouseMove={(event) => at(event) !== active && activate(at(event))}
      onMouseLeave={() => activate(null)}
      onClick={(event) => {
        const index = at(event);
        if (index !== null) onOpen(index);
      }}
    >
      <canvas ref={canvas} style={{ width: '100%', height: '100%' }} aria-hidden="true" />
      <div
        id={`${id}-${shown}`}
        role="option"
        aria-selected={active === shown}
        aria-setsize={count}
        aria-posinset={shown + 1}
        aria-label={words(shown)}
        className={active === shown ? styles['active'] : 'visually-hidden'}
        style={
          active === shown
            ? {
                left: (shown % columns) * cellWidth,
                top: Math.floor(shown / columns) * cellHeight,
                width,
                height: cellHeight - rowGap,
              }
            : {}
        }
      />
    </div>
  );
}
