/** Short messages: shown for a while in a corner and read out. */
import { create } from 'zustand';

export type ToastTone = 'info' | 'ok' | 'warning' | 'error';

export interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

interface ToastState {
  readonly toasts: readonly Toast[];
  /** The last words for readers of the screen; `turn` tells two equal ones apart. */
  readonly announced: { readonly text: string; readonly turn: number };
}

export const useToasts = create<ToastState>()(() => ({ toasts: [], announced: { text: '', turn: 0 } }));
const shownAtMost = 5;
let nextId = 1;

/** Shows a message and returns its id. Errors stay until they are closed. */
export function showToast(toast: Omit<Toast, 'id'>): number {
  const id = nextId++;
  useToasts.setState((state) => ({ toasts: [...state.toasts, { ...toast, id }].slice(-shownAtMost) }));
  return id;
}

export function closeToast(id: number): void {
  useToasts.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

/** Says something to readers of the screen only. */
export function announce(text: string): void {
  useToasts.setState((state) => ({ announced: { text, turn: state.announced.turn + 1 } }));
}

/** Shows a fault in the words it came with: `Could not save: the disk is full`. */
export function showFault(what: string, fault: unknown): void {
  const words = fault instanceof Error ? fault.message : String(fault);
  const hint =
    typeof fault === 'object' && fault !== null && 'hint' in fault && typeof fault.hint === 'string'
      ? fault.hint
      : undefined;
  showToast({ tone: 'error', text: `${what}: ${words}`, hint });
}
