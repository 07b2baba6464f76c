/** What was drawn while the window is open, and the form each run's draws come from. */
import { create } from 'zustand';
import type { Samples } from '../../../core/protocol/samples.ts';

export type OptionValues = Readonly<Record<string, number | string>>;

/** What a person asks for. */
export interface DrawForm {
  readonly count: number;
  readonly seed: number;
  /** Values that differ from what the model falls back to. */
  readonly options: OptionValues;
}

/** A draw and what came of it. */
export interface DrawnSet extends DrawForm {
  readonly id: number;
  readonly run: string;
  readonly runName: string;
  /** The checkpoint's. */
  readonly step: number;
  readonly outputs: readonly Samples[];
  readonly drawnMs: number;
  readonly tookMs: number;
}

interface GenerateState {
  /** Newest first. */
  readonly history: readonly DrawnSet[];
  /** Id of the set in sight, by run. */
  readonly shown: Readonly<Record<string, number>>;
  readonly forms: Readonly<Record<string, DrawForm>>;
}

const firstForm: DrawForm = { count: 64, seed: 1, options: {} };
export const useGenerate = create<GenerateState>()(() => ({ history: [], shown: {}, forms: {} }));

/** Values kept in all, about 200 MB of them; older sets are let go. */
const mostValues = 50_000_000;
const mostSets = 40;

const valuesOf = (set: DrawnSet): number =>
  set.outputs.reduce((sum, output) => sum + output.data.length + (output.reference?.length ?? 0), 0);

/** The history with a set at its head, as long as memory allows. */
export function withSet(history: readonly DrawnSet[], set: DrawnSet, most = mostValues): readonly DrawnSet[] {
  let sum = 0;
  return [set, ...history].slice(0, mostSets).filter((each, index) => {
    sum += valuesOf(each);
    return index === 0 || sum <= most;
  });
}

let lastId = 0;

export function keepSet(set: Omit<DrawnSet, 'id'>): void {
  const id = ++lastId;
  useGenerate.setState((state) => ({
    history: withSet(state.history, { ...set, id }),
    shown: { ...state.shown, [set.run]: id },
  }));
}

export function showSet(run: string, id: number): void {
  useGenerate.setState((state) => ({ shown: { ...state.shown, [run]: id } }));
}

export function forgetSet(id: number): void {
  useGenerate.setState((state) => ({ history: state.history.filter((set) => set.id !== id) }));
}

export function changeForm(run: string, changes: Partial<DrawForm>): void {
  useGenerate.setState((state) => ({
    forms: { ...state.forms, [run]: { ...firstForm, ...state.forms[run], ...changes } },
  }));
}

export const useForm = (run: string): DrawForm => useGenerate((state) => state.forms[run] ?? firstForm);

/** A seed no person has to think of: 0 to 999,999. */
export const diceSeed = (): number => Math.floor(Math.random() * 1_000_000);
