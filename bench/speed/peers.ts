/** The contenders: how each is started for a workload, in which setting, and why one cannot take part. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { workerFlags } from '../../main/host/runs/worker-process.ts';
import { Contender, type Command } from './contender.ts';
import { chooseAnswer } from './protocol.ts';
import type { PeerResult } from './results.ts';
import { tensorflowAbsences, type WorkloadName } from './workloads.ts';

const folder = join(import.meta.dirname, '../peers');

export const peerNames = ['pytorch', 'tensorflow.js'] as const;
export type PeerName = (typeof peerNames)[number];

/** A peer ready to be started, with the setting it is fastest in. */
export interface Peer {
  readonly command: Command;
  readonly settings: string;
  readonly tried?: PeerResult['tried'];
}

/** Why a peer does not take part. */
export interface Absence {
  readonly reason: string;
}

export function latheCommand(workload: WorkloadName, threads: number, more: readonly string[] = []): Command {
  return {
    program: process.execPath,
    args: [...workerFlags, join(folder, 'lathe.ts'), workload, '--threads', String(threads), ...more],
  };
}

/** The first Python that has PyTorch: the one wanted, or of those usually there. */
export function findPython(wanted: string | undefined, use: TorchUse = 'cpu'): string | undefined {
  const candidates = wanted === undefined ? ['python3', '/usr/bin/python3'] : [wanted];
  return candidates.find((python) => spawnSync(python, ['-c', torchUses[use]], { stdio: 'ignore' }).status === 0);
}

/** What PyTorch computes on, and a program that fails where it cannot: CUDA is asked for as PyTorch 2 does. */
const torchUses = {
  cpu: 'import torch',
  cuda: 'import torch; torch.set_default_device("cuda"); torch.ones(1).item()',
} as const;
export type TorchUse = keyof typeof torchUses;

const pytorchMissing =
  'PyTorch was not found: on Debian `apt-get install python3-torch libopenblas0-pthread`, elsewhere name a Python that has it with --python';

/** PyTorch in the setting that is fastest for this workload here and now; the others are reported. */
export async function choosePytorch(
  python: string | undefined,
  workload: WorkloadName,
  threads: number,
  use: TorchUse = 'cpu',
): Promise<Peer | Absence> {
  if (python === undefined) return { reason: pytorchMissing };
  const program = join(folder, 'pytorch/contender.py');
  // -B: no compiled files are left beside the programs.
  const args = ['-B', program, workload, '--threads', String(threads), '--device', use];
  const { tried } = await Contender.once({ program: python, args: [...args, '--choose'] }, threads, chooseAnswer);
  return {
    command: { program: python, args: [...args, '--settings', JSON.stringify(tried[0].settings)] },
    settings: tried[0].words,
    tried: tried.map(({ words, ms }) => ({ words, ms })),
  };
}

/** TensorFlow.js where it has what a workload needs. Its threads do not work in Node (tensorflow/tfjs issue 3830). */
export function chooseTensorflow(workload: WorkloadName): Peer | Absence {
  const reason = (tensorflowAbsences as Partial<Record<WorkloadName, string>>)[workload];
  if (reason !== undefined) return { reason };
  const args = [join(folder, 'tensorflow.ts'), workload];
  return { command: { program: process.execPath, args }, settings: 'WebAssembly, one thread' };
}
