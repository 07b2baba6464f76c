/** Claims about checkpoints: equal state gives equal bytes, everything comes back, and damage is found and named. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../../core/tensor/safetensors.ts';
import { scalarTensor, tensor, tensorOf } from '../../../core/tensor/tensor.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import { clearStaleTemporaries, FileError } from '../../../main/host/files/atomic.ts';
import { canonicalJson, checkpointName, readCheckpoint, writeCheckpoint } from '../../../main/host/files/checkpoint.ts';
import { planRetention, removeSuperseded } from '../../../main/host/files/retention.ts';
import { temporaryFolder } from './fixtures.ts';

const tensors = new Map<string, Tensor>([
  ['dense.weight', tensorOf('float32', [2, 3], [1, 2, 3, 4, 5, 6])],
  ['optimizer.count', tensor('int64', [], BigInt64Array.of(12n))],
  ['frozen', tensorOf('bool', [3], [1, 0, 1])],
  ['ema.decay', scalarTensor('float64', 0.999)],
]);
const meta = { step: 12, counters: { b: [1, 2], a: null }, documentHash: 'abc' };

async function problemOf(path: string, sha256?: string): Promise<string> {
  const error: unknown = await readCheckpoint(path, sha256).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FileError)) throw error ?? new Error('nothing was thrown');
  expect(error.path).toBe(path);
  expect(error.message).toContain(path);
  return `${error.code}: ${error.message}`;
}

describe('a checkpoint', () => {
  it('comes back whole', async () => {
    const written = await writeCheckpoint(temporaryFolder(), checkpointName(12), { tensors, meta });
    expect(written.path).toMatch(/step-00000012\.safetensors$/);
    const bytes = readFileSync(written.path);
    expect(written.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(written.bytes).toBe(bytes.length);
    const read = await readCheckpoint(written.path, written.sha256);
    expect(read.sha256).toBe(written.sha256);
    expect(read.meta).toEqual(meta);
    expect(read.tensors).toEqual(tensors);
  });

  it('has the same sha256 for the same state, in whatever order it is given', async () => {
    const folder = temporaryFolder();
    const a = await writeCheckpoint(folder, 'a', { tensors, meta });
    const reversed = { documentHash: 'abc', counters: { a: null, b: [1, 2] }, step: 12 };
    const b = await writeCheckpoint(folder, 'b', { tensors: new Map([...tensors].reverse()), meta: reversed });
    expect(b.sha256).toBe(a.sha256);
    const c = await writeCheckpoint(folder, 'c', { tensors, meta: { ...meta, step: 13 } });
    expect(c.sha256).not.toBe(a.sha256);
  });

  it('that is missing, empty, cut short at any length, or something else is refused with the reason', async () => {
    const folder = temporaryFolder();
    const { path } = await writeCheckpoint(folder, 'whole', { tensors, meta });
    const bytes = readFileSync(path);
    const cut = join(folder, 'cut');
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(cut, bytes.subarray(0, length));
      expect(await problemOf(cut)).toMatch(/^corrupt: .*(cut short|has [0-7] bytes)/);
    }
    expect(await problemOf(join(folder, 'nothing'))).toMatch(/^missing: .*no such file/);
    writeFileSync(cut, 'PK a zip file, say, or a picture');
    expect(await problemOf(cut)).toMatch(/^corrupt: .*not a safetensors file/);
    writeFileSync(cut, Buffer.concat(encodeSafetensors(tensors)));
    expect(await problemOf(cut)).toMatch(/^corrupt: .*not a checkpoint of a run/);
    writeFileSync(cut, Buffer.concat(encodeSafetensors(tensors, { 'lathe.checkpoint': '2', 'lathe.meta': '{}' })));
    expect(await problemOf(cut)).toMatch(/^corrupt: .*format 2/);
    expect(await problemOf(folder)).toMatch(/^failed: .*a folder/);
  });

  it('with one changed bit is found out by its sha256', async () => {
    const { path, sha256 } = await writeCheckpoint(temporaryFolder(), 'a', { tensors, meta });
    const bytes = readFileSync(path);
    bytes[bytes.length - 10] ^= 1;
    writeFileSync(path, bytes);
    expect(await problemOf(path, sha256)).toMatch(/^corrupt: .*bytes have changed/);
  });

  it('rewritten for ever and killed at any moment is always one whole version, at least the last announced', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'latest.safetensors');
    for (const announcements of [1, 3, 10]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'children', 'rewrite.ts'), folder]);
      const closed = new Promise((resolve) => child.once('close', resolve));
      let announced = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        announced = Number(line);
        if (announced === announcements) child.kill('SIGKILL');
      }
      await closed;
      const read = await readCheckpoint(path);
      const { step } = read.meta as { step: number };
      expect(step).toBeGreaterThanOrEqual(announced);
      expect(read.tensors.get('w')?.data.every((value: number | bigint) => value === step)).toBe(true);
      await clearStaleTemporaries(folder);
    }
  });
});

describe('canonical JSON', () => {
  it('sorts keys at every depth and keeps lists in order', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 3], a: 'x' })).toBe('{"a":"x","b":[{"c":2,"d":1},3]}');
  });
});

describe('retention', () => {
  const at = (step: number, score?: number): { step: number; path: string; score?: number } => ({
    step,
    path: checkpointName(step),
    score,
  });
  const checkpoints = [at(50, 0.2), at(10, 0.9), at(20, 0.1), at(30, NaN), at(40), at(45, 0.1)];

  it('keeps the latest, the best (the earlier of equals) and every N', () => {
    const steps = (list: readonly { step: number }[]): number[] => list.map(({ step }) => step);
    const lowest = planRetention(checkpoints, { everySteps: 30, best: 'min' });
    expect([lowest.latest?.step, lowest.best?.step]).toEqual([50, 20]);
    expect(steps(lowest.keep)).toEqual([20, 30, 50]);
    expect(steps(lowest.superseded)).toEqual([10, 40, 45]);
    const highest = planRetention(checkpoints, { everySteps: 0, best: 'max' });
    expect(steps(highest.keep)).toEqual([10, 50]);
    expect(steps(planRetention(checkpoints, { everySteps: 0, best: null }).keep)).toEqual([50]);
    expect(planRetention([], { everySteps: 1, best: 'min' })).toEqual({
      latest: undefined,
      best: undefined,
      keep: [],
      superseded: [],
    });
  });

  it('deletes the superseded files, and does not mind one that is gone', async () => {
    const folder = temporaryFolder();
    for (const { path } of checkpoints.slice(1)) writeFileSync(join(folder, path), '');
    await removeSuperseded(folder, checkpoints.slice(0, 3));
    expect(checkpoints.map(({ path }) => existsSync(join(folder, path)))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
