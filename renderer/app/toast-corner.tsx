/** Where short messages are shown and read out. */
import { useEffect } from 'react';
import { Button, IconButton } from '../components/button.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { closeToast, type Toast, type ToastTone, useToasts } from '../state/toasts.ts';
import styles from './shell.module.css';

const icons: Readonly<Record<ToastTone, IconName>> = { info: 'info', ok: 'check', warning: 'warning', error: 'error' };
const shownMs = 7000;

export function ToastCorner() {
  const toasts = useToasts((state) => state.toasts);
  const announced = useToasts((state) => state.announced);
  return (
    <>
      <section aria-label="Messages" className={styles['toasts']} role="log" aria-live="polite">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </section>
      <div className="visually-hidden" role="status">
        <span key={announced.turn}>{announced.text}</span>
      </div>
    </>
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const stays = toast.tone === 'error' || toast.action !== undefined;
  useEffect(() => {
    if (stays) return undefined;
    const timer = setTimeout(() => closeToast(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [toast.id, stays]);
  return (
    <div className={styles['toast']} data-tone={toast.tone}>
      <Icon name={icons[toast.tone]} size={15} className={styles['toastIcon']!} />
      <div className={styles['toastText']}>
        {toast.text}
        {toast.hint && <span className={styles['toastHint']}>{toast.hint}</span>}
      </div>
      {toast.action && (
        <Button
          size="small"
          onPress={() => {
            toast.action?.run();
            closeToast(toast.id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton icon="close" label="Close message" size="small" onPress={() => closeToast(toast.id)} />
    </div>
  );
}
