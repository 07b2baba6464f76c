import { spawn } from 'node:child_process';
import { constants, getPriority } from 'node:os';
import { expect, test, vi } from 'vitest';
import { giveWay } from '../../../main/host/runs/priority.ts';
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

test('a process can be put below normal by the one that started it; one that is gone is no error', () => {
  const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 600_000)'], { stdio: 'ignore' });
  try {
    giveWay(child.pid);
    expect(getPriority(child.pid)).toBeGreaterThanOrEqual(constants.priority.PRIORITY_BELOW_NORMAL);
  } finally {
    child.kill('SIGKILL');
  }
  expect(() => giveWay(2 ** 22 + 1)).not.toThrow();
});
