/** Takes documents, folders of pictures and tables that are dropped anywhere on the window. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { bytesFigure } from '../../components/figures.ts';
import { Icon } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { filesOf, meaningOf } from './dropped.ts';
import { importDropped, type UploadProgress } from './import-dropped.ts';
import styles from './home.module.css';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

interface Upload extends UploadProgress {
  readonly stop: () => void;
}

/** Mounted once for the window. */
export function DropZone() {
  const [isOver, setIsOver] = useState(false);
  const [upload, setUpload] = useState<Upload | null>(null);
  const host = useHost();
  const take = useEffectEvent(async (items: DataTransferItemList) => {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    const files = await filesOf(items);
    await importDropped(host, meaningOf(files), controller.signal, (progress) => setUpload({ ...progress, stop }));
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
    <div className={styles['drop']}>
      <p>
        <Icon name="upload" size={20} />
        Drop a model document, a folder of pictures, or a table (CSV)
      </p>
    </div>
  );
}

/** Listens on the window; returns the way to stop. */
function followDrops(over: (isOver: boolean) => void, take: (items: DataTransferItemList) => void): () => void {
  const controller = new AbortController();
  const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void): void =>
    window.addEventListener(type, listener, { signal: controller.signal });
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
    if (!hasFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    take(event.dataTransfer!.items);
  });
  return () => controller.abort();
}
