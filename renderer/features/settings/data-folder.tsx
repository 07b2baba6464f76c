/** Where everything is kept, and how much room it takes. */
import { useEffect, useRef, useState } from 'react';
import { useCall, useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { bytesFigure } from '../../components/figures.ts';
import { showFault, showToast } from '../../state/toasts.ts';
import { type EntrySize, folderSizes } from './folder-sizes.ts';
import { Section } from './section.tsx';
import styles from './settings.module.css';

export function DataFolder() {
  const { data: app } = useCall('app.info', {});
  const measure = useSizes(app?.home);
  const copy = (path: string): void =>
    void navigator.clipboard.writeText(path).then(() => showToast({ tone: 'ok', text: 'The path is copied' }));
  return (
    <Section title="Data folder">
      <p className={styles['note']}>
        Runs, checkpoints, imported data and settings are in one folder. Start Lathe with another (<code>--home</code>)
        to keep projects apart; copy it to move them.
      </p>
      {app && (
        <div className={styles['line']}>
          <span className={styles['path']}>{app.home}</span>
          <Button size="small" icon="copy" onPress={() => copy(app.home)}>
            Copy path
          </Button>
          <Button size="small" isDisabled={measure.counted !== null} onPress={measure.start}>
            Measure
          </Button>
        </div>
      )}
      {app?.notices.map((notice) => (
        <p key={notice} className={styles['conflict']}>
          {notice}
        </p>
      ))}
      {measure.counted !== null && (
        <p className={styles['note']} role="status">
          Counted {measure.counted.toLocaleString('en-GB')} files
        </p>
      )}
      {measure.sizes && <Sizes sizes={measure.sizes} />}
    </Section>
  );
}

function useSizes(home: string | undefined) {
  const host = useHost();
  const [sizes, setSizes] = useState<readonly EntrySize[] | null>(null);
  const [counted, setCounted] = useState<number | null>(null);
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const start = async (): Promise<void> => {
    if (home === undefined) return;
    const own = new AbortController();
    controller.current = own;
    setCounted(0);
    try {
      setSizes(await folderSizes(host, home, own.signal, setCounted));
    } catch (error) {
      if (!own.signal.aborted) showFault('The data folder could not be measured', error);
    }
    setCounted(null);
  };
  return { sizes, counted, start: () => void start() };
}

function Sizes({ sizes }: { readonly sizes: readonly EntrySize[] }) {
  const total = sizes.reduce((sum, entry) => sum + entry.bytes, 0);
  const files = sizes.reduce((sum, entry) => sum + entry.files, 0);
  return (
    <div className={styles['sizes']} role="group" aria-label="Sizes in the data folder">
      {[...sizes, { name: 'All', bytes: total, files }].map((entry) => (
        <SizeLine key={entry.name} entry={entry} />
      ))}
    </div>
  );
}

function SizeLine({ entry }: { readonly entry: EntrySize }) {
  return (
    <>
      <span>{entry.name}</span>
      <span>{bytesFigure(entry.bytes)}</span>
      <span className={styles['faint']}>
        {entry.files.toLocaleString('en-GB')} {entry.files === 1 ? 'file' : 'files'}
      </span>
    </>
  );
}
