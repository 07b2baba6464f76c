/** Which runs are looked at side by side: the eyes of the Runs table and the rows of Compare, kept between windows. */
import { create } from 'zustand';

/** More could not be told apart by colour. */
export const mostCompared = 8;
const storageKey = 'compared-runs';

interface ComparedState {
  /** In the order in which they were chosen. */
  readonly ids: readonly string[];
}

/** What was kept, or nothing when it is not a list of names. */
export function parseCompared(text: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value)
      ? value.filter((id): id is string => typeof id === 'string').slice(0, mostCompared)
      : [];
  } catch {
    return [];
  }
}

function kept(): readonly string[] {
  try {
    return parseCompared(localStorage.getItem(storageKey));
  } catch {
    // A window without storage begins with none.
    return [];
  }
}

export const useCompared = create<ComparedState>()(() => ({ ids: kept() }));

/** Takes these runs, each once; those beyond the eighth are left out. @returns how many were left out */
export function setCompared(ids: readonly string[]): number {
  const unique = [...new Set(ids)];
  const taken = unique.slice(0, mostCompared);
  useCompared.setState({ ids: taken });
  try {
    localStorage.setItem(storageKey, JSON.stringify(taken));
  } catch {
    // Without storage they are forgotten when the window closes.
  }
  return unique.length - taken.length;
}

/** Adds or removes runs. @returns false when there was no room for all of them */
export function markCompared(ids: readonly string[], compared: boolean): boolean {
  const now = useCompared.getState().ids;
  const without = now.filter((id) => !ids.includes(id));
  return setCompared(compared ? [...now, ...ids] : without) === 0;
}
