/** Windows over the window: any content, and questions before something is lost. */
import type { CSSProperties, ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button, IconButton } from './button.tsx';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons below. */
  readonly foot?: ReactNode;
  /** Pixels; 480 unless told. */
  readonly width?: number;
  readonly role?: 'dialog' | 'alertdialog';
}

/** Escape and a click outside close it; focus returns to where it was. */
export function Dialog({ title, open, onClose, children, foot, width = 480, role = 'dialog' }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => next || onClose()}
      isDismissable={role === 'dialog'}
      className={styles['scrim']!}
      style={{ '--dialog-width': `${width}px` } as CSSProperties}
    >
      <Modal className={styles['modal']!}>
        <AriaDialog role={role} className={styles['dialog']!}>
          <div className={styles['head']}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" label="Close" size="small" onPress={onClose} />
          </div>
          <div className={styles['body']}>{children}</div>
          {foot && <div className={styles['foot']}>{foot}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface ConfirmDialogProps {
  readonly title: string;
  readonly open: boolean;
  /** What will happen, and what will be lost. */
  readonly children: ReactNode;
  /** The verb of the button: `Delete 3 runs`. */
  readonly action: string;
  readonly danger?: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function ConfirmDialog({
  title,
  open,
  children,
  action,
  danger = false,
  onConfirm,
  onCancel,
}: ConfirmDialogProps) {
  const foot = (
    <>
      <Button onPress={onCancel} autoFocus>
        Cancel
      </Button>
      <Button look={danger ? 'danger' : 'primary'} onPress={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} open={open} onClose={onCancel} role="alertdialog" width={420} foot={foot}>
      {children}
    </Dialog>
  );
}
