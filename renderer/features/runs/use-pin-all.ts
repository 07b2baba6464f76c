/** Pins several runs at once, or lets them go when all are pinned. */
import { useHost } from '../../client/host-context.tsx';
import { showFault } from '../../state/toasts.ts';
import type { RunRow } from './run-rows.ts';

export function usePinAll(rows: readonly RunRow[]): {
  readonly allPinned: boolean;
  readonly pinAll: () => Promise<void>;
} {
  const host = useHost();
  const allPinned = rows.every(({ run }) => run.pinned);
  return {
    allPinned,
    pinAll: async () => {
      try {
        await Promise.all(rows.map(({ id }) => host.call('runs.edit', { run: id, pinned: !allPinned })));
      } catch (fault) {
        showFault('Not all runs could be pinned', fault);
      }
    },
  };
}
