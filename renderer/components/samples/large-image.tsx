/** One image sample as large as the window allows, with what it was made from, and the way to its neighbours. */
import { type KeyboardEvent, type CSSProperties, useEffect, useRef } from 'react';
import type { Samples } from '../../../core/protocol/samples.ts';
import { Button, IconButton } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { fileName, saveBlob } from '../page-style.ts';
import { drawOne } from './draw-images.ts';
import styles from './samples.module.css';

export interface LargeImageProps {
  readonly samples: Samples;
  readonly index: number;
  readonly count: number;
  readonly words: string;
  readonly onIndex: (index: number) => void;
  readonly onClose: () => void;
}

export function LargeImage({ samples, index, count, words, onIndex, onClose }: LargeImageProps) {
  const frame = useRef<HTMLDivElement>(null);
  const go = (to: number): void => onIndex((to + count) % count);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    go(index + (event.key === 'ArrowLeft' ? -1 : 1));
  };
  const save = (): void => {
    const canvas = frame.current?.querySelector<HTMLCanvasElement>('canvas[data-sample]');
    canvas?.toBlob((blob) => blob && saveBlob(blob, `${fileName(samples.label)}-${index + 1}.png`));
  };
  const hasReference = samples.reference !== null && (samples.referenceShape?.length ?? 0) >= 2;
  const foot = (
    <Button icon="download" onPress={save}>
      Save as PNG
    </Button>
  );
  return (
    <Dialog title={samples.label} open onClose={onClose} width={hasReference ? 860 : 480} foot={foot}>
      <div onKeyDown={onKeyDown} ref={frame}>
        <div className={styles['large']} style={{ '--picture': hasReference ? '380px' : '420px' } as CSSProperties}>
          {hasReference && samples.reference && samples.referenceShape && (
            <OneImage
              data={samples.reference}
              shape={samples.referenceShape}
              index={index}
              range={samples.range}
              words="Made from"
            />
          )}
          <OneImage
            data={samples.data}
            shape={samples.shape}
            index={index}
            range={samples.range}
            words={words}
            isSample
          />
        </div>
        <div className={styles['steps']}>
          <IconButton icon="chevronLeft" label="Sample before" onPress={() => go(index - 1)} autoFocus />
          <span aria-live="polite">{words}</span>
          <IconButton icon="chevronRight" label="Next sample" onPress={() => go(index + 1)} />
        </div>
      </div>
    </Dialog>
  );
}

interface OneImageProps {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly index: number;
  readonly range: Samples['range'];
  readonly words: string;
  readonly isSample?: boolean;
}

function OneImage({ data, shape, index, range, words, isSample }: OneImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawOne(canvas.current, data, shape, index, range);
  }, [data, shape, index, range]);
  return (
    <figure>
      <canvas ref={canvas} role="img" aria-label={words} data-sample={isSample ? '' : undefined} />
      <figcaption>{isSample ? 'Sample' : words}</figcaption>
    </figure>
  );
}
