/** Homes in temporary folders, sample records, and child processes for the store's tests. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { createHome } from '../../../main/host/home.ts';
import type { Home } from '../../../main/host/home.ts';
import type { NewRun } from '../../../main/host/store/runs.ts';

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryHome(): Home {
  return createHome({ root: join(temporaryFolder(), 'home'), named: true });
}

export const sampleRun: NewRun = {
  experiment: 'digits',
  name: 'vae, beta 4',
  family: 'vae',
  status: 'running',
  document: '{ "task": "vae" /* a comment */ }',
  documentHash: 'd0c',
  dataSource: 'builtin:glyphs',
  baseDir: '/data',
  dataHash: 'da7a',
  seed: 2 ** 40 + 1,
  threads: 2,
  device: 'cpu',
  engineBuild: 'onnxruntime 1.30.0 linux-x64',
  totalSteps: 300,
  params: [
    { key: 'training.learningRate', value: 0.001 },
    { key: 'task.type', value: 'vae' },
    { key: 'ema', value: true },
    { key: 'clip', value: null },
  ],
};

export interface Child {
  readonly process: ChildProcess;
  /** The next line the child prints; rejects with its stderr when it ends instead. */
  line(): Promise<string>;
  kill(): Promise<void>;
}

/** Runs a TypeScript file in a real second Node process, which is killed when the test ends. */
export function startChild(file: string, ...args: readonly string[]): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children', file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    process: child,
    kill,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the child ended: ${stderr}`);
      return next.value;
    },
  };
}
