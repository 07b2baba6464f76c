/** What the window's frame shows of what goes on in it: the open document, the connection, jobs. */
import { create } from 'zustand';
import type { StreamItem } from '../../core/protocol/streams.ts';

/** `connecting`: for the first time; `lost`: it was there and is being looked for. */
export type Connection = 'connecting' | 'open' | 'lost';
export type Job = StreamItem<'jobs'>[number];

interface ShellState {
  readonly connection: Connection;
  /** The document that is open for editing; null when there is none. */
  readonly document: { readonly name: string; readonly path: string | null; readonly dirty: boolean } | null;
  readonly jobs: readonly Job[];
  readonly paletteOpen: boolean;
  /** Where the top bar takes controls in. */
  readonly topBarSlot: HTMLElement | null;
}

export const useShell = create<ShellState>()(() => ({
  connection: 'connecting',
  document: null,
  jobs: [],
  paletteOpen: false,
  topBarSlot: null,
}));

/** A host that was lost stays lost while it is being looked for. */
export function followConnection(status: Connection): void {
  useShell.setState((state) => ({
    connection: status === 'connecting' && state.connection === 'lost' ? 'lost' : status,
  }));
}

export const setOpenDocument = (document: ShellState['document']): void => useShell.setState({ document });
export const openPalette = (): void => useShell.setState({ paletteOpen: true });

/** The jobs after what the stream said: a job that is done leaves. */
export function withProgress(jobs: readonly Job[], items: StreamItem<'jobs'>): readonly Job[] {
  const byRequest = new Map(jobs.map((job) => [job.request, job]));
  for (const job of items) {
    if (job.total !== null && job.done >= job.total) byRequest.delete(job.request);
    else byRequest.set(job.request, job);
  }
  return [...byRequest.values()];
}
