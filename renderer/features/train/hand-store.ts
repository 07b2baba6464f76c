/** What all controls of the run in hand share: which run it was last, and which runs are paused as their streams told. */
import { create } from 'zustand';

interface HandState {
  readonly paused: ReadonlySet<string>;
  /** The run that was in hand last: it stays there when it ends, until another one trains or is chosen. */
  readonly last: string | undefined;
}

export const useHand = create<HandState>()(() => ({ paused: new Set(), last: undefined }));

export function setPaused(run: string, isPaused: boolean): void {
  if (useHand.getState().paused.has(run) === isPaused) return;
  useHand.setState(({ paused }) => {
    const next = new Set(paused);
    if (isPaused) next.add(run);
    else next.delete(run);
    return { paused: next };
  });
}

export function keepInHand(run: string): void {
  if (useHand.getState().last !== run) useHand.setState({ last: run });
}
