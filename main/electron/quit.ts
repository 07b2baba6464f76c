/** Ending the application: runs in progress are asked about, then left so that they can resume. */

export interface QuitSteps {
  /** How many runs train now. */
  readonly runningCount: () => Promise<number>;
  /** Whether to quit although they do. */
  readonly ask: (running: number) => Promise<boolean>;
  /** Lets go of the home; runs write a checkpoint first. */
  readonly close: () => Promise<void>;
  readonly exit: () => void;
}

/** A listener of `before-quit`: holds the end back until everything is in order. */
export function quitInOrder({
  runningCount,
  ask,
  close,
  exit,
}: QuitSteps): (event: { preventDefault(): void }) => void {
  let isQuitting = false;
  const quit = async (): Promise<void> => {
    const running = await runningCount().catch(() => 0);
    if (running > 0 && !(await ask(running))) {
      isQuitting = false;
      return;
    }
    // What cannot be closed in order is found interrupted at the next start.
    await close().catch(() => {});
    exit();
  };
  return (event) => {
    event.preventDefault();
    if (isQuitting) return;
    isQuitting = true;
    void quit();
  };
}
