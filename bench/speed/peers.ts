/** How each contender is started, and what is said about one that cannot be. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './contender.ts';
import type { WorkloadName } from './workloads.ts';

const folder = join(import.meta.dirname, '../peers');

export function latheCommand(workload: WorkloadName, threads: number): Command {
  return { program: process.execPath, args: [join(folder, 'lathe.ts'), workload, '--threads', String(threads)] };
}

export function pytorchCommand(
  python: string,
  workload: WorkloadName,
  threads: number,
  more: readonly string[],
): Command {
  return {
    program: python,
    args: ['-B', join(folder, 'pytorch/contender.py'), workload, '--threads', String(threads), ...more],
  };
}

/** The first Python that has PyTorch, of the one wanted or of those usually there. */
export function findPython(wanted: string | undefined): string | undefined {
  const candidates = wanted === undefined ? ['python3', '/usr/bin/python3'] : [wanted];
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);
}

export const pytorchMissing =
  'PyTorch was not found. On Debian: apt-get install python3-torch libopenblas0-pthread; elsewhere name a Python that has it with --python.';
