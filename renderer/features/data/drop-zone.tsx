/** Takes documents, tables, arrays, pictures and folders that are dropped anywhere on the window. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { bytesFigure } from '../../components/figures.ts';
import { Icon } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import type { UploadProgress } from './bring-data.ts';
import { type DroppedItem, itemsOf } from './dropped.ts';
import { takeDrop } from './take-drop.ts';
import styles from './data.module.css';

interface Upload extends UploadProgress {
  readonly stop: () => void;
}

/** Mounted once for the window. */
export function DropZone() {
  const [isOver, setIsOver] = useState(false);
  const [upload, setUpload] = useState<Upload | null>(null);
  const host = useHost();
  const take = useEffectEvent(async (items: readonly DroppedItem[]) => {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    await takeDrop(host, items, (progress) => setUpload({ ...progress, stop }), controller.signal);
    setUpload(null);
  });
  const over = useEffectEvent((isNow: boolean) => isOver !== isNow && setIsOver(isNow));
  useEffect(() => followDrops(over, (items) => void take(items)), []);
  if (upload) {
    const note = `${bytesFigure(upload.done)} of ${bytesFigure(upload.total)}`;
    return (
      <div className={styles['upload']} role="status">
        <ProgressBar label="Bringing in what was dropped" done={upload.done} total={upload.total} note={note} />
        <Button size="small" onPress={upload.stop}>
          Cancel
        </Button>
      </div>
    );
  }
  if (!isOver) return null;
  return (
    <div className={styles['dropping']}>
      <p>
        <Icon name="upload" size={20} />
        Drop a model document, a table (CSV), or a folder of pictures
      </p>
    </div>
  );
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Listens on the window before anything in it does; returns the way to stop. */
function followDrops(over: (isOver: boolean) => void, take: (items: readonly DroppedItem[]) => void): () => void {
  const controller = new AbortController();
  const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void): void =>
    window.addEventListener(type, listener, { signal: controller.signal, capture: true });
  on('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(true);
  });
  on('dragleave', (event) => {
    if (event.relatedTarget === null) over(false);
  });
  on('drop', (event) => {
    over(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    take(itemsOf(event.dataTransfer!));
  });
  return () => controller.abort();
}
