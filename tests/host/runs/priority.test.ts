import { constants, getPriority } from 'node:os';
import { expect, test, vi } from 'vitest';
import { spawnChildWorker } from '../../../main/host/runs/worker-process.ts';

test('a worker stands below what a person works with, from its start', async () => {
  const worker = spawnChildWorker();
  try {
    const { PRIORITY_BELOW_NORMAL } = constants.priority;
    await vi.waitFor(() => expect(getPriority(worker.pid)).toBeGreaterThanOrEqual(PRIORITY_BELOW_NORMAL), 20_000);
  } finally {
    worker.kill();
  }
});
