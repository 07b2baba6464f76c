/** The text view of the open document; the editor behind it is loaded when it is first looked at. */
import { lazy, Suspense } from 'react';
import { EmptyState } from '../../components/layout.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import styles from './text-view.module.css';

const MonacoView = lazy(async () => ({ default: (await import('./monaco-view.tsx')).MonacoView }));

export function TextView() {
  const isOpen = useWorkspace((state) => state.file !== null);
  if (!isOpen) return <EmptyState title="No document is open" icon="design" />;
  return (
    <section className={styles['frame']} aria-label="Text">
      <Suspense fallback={<p className={styles['waiting']}>Loading the editor…</p>}>
        <MonacoView />
      </Suspense>
    </section>
  );
}
