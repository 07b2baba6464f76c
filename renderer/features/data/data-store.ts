/** Data a person has opened in this window's browser, remembered between windows. */
import { z } from 'zod';
import { create } from 'zustand';
import { hostMethods } from '../../../core/protocol/methods.ts';
import type { DataRequest } from './sources.ts';

interface DataState {
  /** Newest first. */
  readonly opened: readonly DataRequest[];
  /** How data is read where a person changed it, by source. */
  readonly options: Readonly<Record<string, DataOptions>>;
}

export type DataOptions = Pick<DataRequest, 'target' | 'context' | 'image' | 'split'>;

const storageKey = 'lathe:data';
const mostOpened = 30;
const stored = z.array(hostMethods['data.info'].input).catch([]);

function remembered(): readonly DataRequest[] {
  try {
    return stored.parse(JSON.parse(localStorage.getItem(storageKey) ?? '[]')) as readonly DataRequest[];
  } catch {
    return [];
  }
}

export const useData = create<DataState>()(() => ({ opened: remembered(), options: {} }));

useData.subscribe(({ opened }) => {
  try {
    localStorage.setItem(storageKey, JSON.stringify(opened));
  } catch {
    // A window without storage forgets what was opened; the data itself stays where it is.
  }
});

/** The list with a source at its head. */
export const withOpened = (opened: readonly DataRequest[], request: DataRequest): readonly DataRequest[] =>
  [request, ...opened.filter((other) => other.source !== request.source)].slice(0, mostOpened);

export function keepOpened(request: DataRequest): void {
  useData.setState((state) => ({ opened: withOpened(state.opened, request) }));
}

export function forgetOpened(source: string): void {
  useData.setState((state) => ({ opened: state.opened.filter((other) => other.source !== source) }));
}

/** Reads a source in another way from now on. */
export function changeOptions(source: string, options: DataOptions): void {
  useData.setState((state) => ({
    options: { ...state.options, [source]: options },
    opened: state.opened.map((other) =>
      other.source === source ? { source, baseDir: other.baseDir, ...options } : other,
    ),
  }));
}
