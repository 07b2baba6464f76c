/** One seed across runs, as large as the window allows. */
import { type KeyboardEvent, useRef } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { saveBlob } from '../../components/page-style.ts';
import { sampleCount } from '../../components/samples/pixels.ts';
import { ColourDot } from '../../components/tag.tsx';
import { SamplePicture } from './sample-picture.tsx';
import type { ShownRun } from './shown-run.ts';
import styles from './compare.module.css';
import matrix from './matrix.module.css';

export interface SeedDialogProps {
  readonly rows: readonly ShownRun[];
  readonly index: number;
  readonly count: number;
  readonly onIndex: (index: number) => void;
  readonly onClose: () => void;
}

export function SeedDialog({ rows, index, count, onIndex, onClose }: SeedDialogProps) {
  const frame = useRef<HTMLDivElement>(null);
  const across = Math.min(4, rows.length);
  const size = Math.max(140, Math.floor(1000 / across) - 32);
  const go = (to: number): void => onIndex((to + count) % count);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    go(index + (event.key === 'ArrowLeft' ? -1 : 1));
  };
  const save = (): void => {
    for (const canvas of frame.current?.querySelectorAll<HTMLCanvasElement>('[data-run] canvas:last-child') ?? []) {
      const name = canvas.closest<HTMLElement>('[data-run]')!.dataset['run']!;
      canvas.toBlob((blob) => blob && saveBlob(blob, `${name}-seed-${index + 1}.png`));
    }
  };
  const foot = (
    <Button icon="download" onPress={save}>
      Save as PNG
    </Button>
  );
  return (
    <Dialog
      title={`Seed ${index + 1} across runs`}
      open
      onClose={onClose}
      width={Math.min(1080, across * (Math.min(size, 420) + 24) + 48)}
      foot={foot}
    >
      <div ref={frame} onKeyDown={onKeyDown} className={matrix['seed']}>
        <div className={matrix['seedRuns']}>
          {rows.map(({ run, shown }) => (
            <figure key={run.run.id} data-run={run.run.id}>
              {shown && index < sampleCount(shown.samples.data, shown.samples.shape) ? (
                <SamplePicture samples={shown.samples} index={index} size={Math.min(size, 420)} />
              ) : (
                <span className={matrix['rowWords']}>No such sample</span>
              )}
              <figcaption>
                <ColourDot colour={run.colour} /> {run.run.name}
                {shown && <span className={styles['faint']}> step {shown.step}</span>}
              </figcaption>
            </figure>
          ))}
        </div>
        <div className={matrix['seedSteps']}>
          <IconButton icon="chevronLeft" label="Seed before" onPress={() => go(index - 1)} autoFocus />
          <span aria-live="polite">
            Seed {index + 1} of {count}
          </span>
          <IconButton icon="chevronRight" label="Next seed" onPress={() => go(index + 1)} />
        </div>
      </div>
    </Dialog>
  );
}
