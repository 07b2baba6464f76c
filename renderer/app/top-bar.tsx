/** The top of the window: the open document, controls of the run in hand, and the way to every command. */
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { Button } from '../components/button.tsx';
import { KeyHint } from '../components/key-hint.tsx';
import { useCommandKeys } from './commands.ts';
import { openPalette, useShell } from './shell-store.ts';
import styles from './shell.module.css';

const takeSlot = (topBarSlot: HTMLElement | null): void => useShell.setState({ topBarSlot });

export function TopBar() {
  const keys = useCommandKeys('window.commands');
  return (
    <header className={styles['top']}>
      <OpenDocument />
      <div className={styles['slot']} ref={takeSlot} />
      <Button size="small" icon="search" className={styles['search']!} onPress={openPalette}>
        Commands
        {keys && <KeyHint keys={keys} />}
      </Button>
    </header>
  );
}

function OpenDocument() {
  const document = useShell((state) => state.document);
  if (!document) return <span className={styles['noDocument']}>No document open</span>;
  return (
    <span className={styles['document']} title={document.path ?? 'Never saved'}>
      <span className={styles['documentName']}>{document.name}</span>
      {document.dirty && <span className={styles['dirty']}>● Not saved</span>}
    </span>
  );
}

/** Puts controls into the top bar from wherever they are made. */
export function TopBarControls({ children }: { readonly children: ReactNode }) {
  const slot = useShell((state) => state.topBarSlot);
  return slot && createPortal(children, slot);
}
