/** Claims about the cache of optimised graphs: the same bits, and nothing in it is trusted that was not written by it. */
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { EngineError } from '../../../main/host/compute/compute-session.ts';
import { createSession } from '../../../main/host/compute/create-session.ts';
import { SessionCache } from '../../../main/host/compute/session-cache.ts';
import type { OrtSession } from '../../../main/host/onnxruntime/session.ts';
import { temporaryFolder, withoutRights } from '../files/fixtures.ts';

const options = { program: 'p', threads: 1, device: 'cpu' } as const;
const x = tensorOf('float32', [2, 3], [1, -2, 3, 0.1, 0.2, -0.3]);

/** Something ONNX Runtime fuses: a product, a bias, an activation; `scale` makes another model of it. */
function graph(scale = 1) {
  const b = new OpBuilder('cached');
  const weight = b.constant(tensorOf('float32', [3, 2], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]));
  const product = b.add(
    b.matMul(b.input('x', 'float32', [2, 3]), weight),
    b.constant(tensorOf('float32', [2], [1, 2])),
  );
  b.output('y', b.mul(b.tanh(b.relu(product)), scale));
  return b.build();
}
const model = encodeModel(graph());

async function outputOf(session: OrtSession): Promise<Tensor> {
  const { y } = await session.run({ x });
  await session.release();
  return y;
}

const entries = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name));

/** A cache with the model in it, its only file, and what the model gives without a cache. */
async function filled() {
  const folder = temporaryFolder();
  const cache = new SessionCache(folder, 'build 1');
  const first = await outputOf(await cache.session(model, options));
  const files = entries(folder);
  expect(files).toHaveLength(1);
  return { folder, cache, first, file: files[0], bytes: readFileSync(files[0]) };
}

describe('the session cache', () => {
  it('gives a model it knows with the same bits, from the file it wrote', async () => {
    const { cache, first, file, bytes, folder } = await filled();
    utimesSync(file, 1, 1);
    expect(await outputOf(await cache.session(model, options))).toEqual(first);
    expect(entries(folder)).toEqual([file]);
    expect(readFileSync(file)).toEqual(bytes);
    // That it was read shows in its date, which says what was used last.
    expect(statSync(file).mtimeMs).toBeGreaterThan(Date.now() - 3_600_000);
  });

  it.each([
    [
      'a flipped bit',
      (file: string, bytes: Buffer) => writeFileSync(file, bytes.with(bytes.length >> 1, bytes[bytes.length >> 1] ^ 1)),
    ],
    ['a lost end', (file: string, bytes: Buffer) => truncateSync(file, bytes.length - 7)],
    ['nothing left', (file: string) => truncateSync(file, 0)],
    ['another file in its place', (file: string) => writeFileSync(file, model)],
  ])('finds %s and makes the file anew', async (_, damage) => {
    const { cache, first, file, bytes } = await filled();
    damage(file, bytes);
    expect(await outputOf(await cache.session(model, options))).toEqual(first);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('keeps apart builds, threads, levels and models', async () => {
    const { folder, cache } = await filled();
    await outputOf(await new SessionCache(folder, 'build 2').session(model, options));
    await outputOf(await cache.session(model, { ...options, threads: 2 }));
    await outputOf(await cache.session(model, { ...options, optimisation: 'basic' }));
    await outputOf(await cache.session(encodeModel(graph(2)), options));
    expect(entries(folder)).toHaveLength(5);
  });

  it('lets go of what was not used for longest when there is no more room', async () => {
    const folder = temporaryFolder();
    const roomy = new SessionCache(folder, 'build');
    for (const [age, scale] of [2, 3, 4].entries()) {
      const before = new Set(entries(folder));
      await outputOf(await roomy.session(encodeModel(graph(scale)), options));
      const added = entries(folder).find((file) => !before.has(file)) ?? '';
      utimesSync(added, 1000 + age, 1000 + age);
    }
    const [size] = entries(folder).map((file) => readFileSync(file).length);
    const small = new SessionCache(folder, 'build', 2.5 * size);
    // The oldest is used once more, and so the middle one and the newest are what has to go for a fourth.
    await outputOf(await small.session(encodeModel(graph(2)), options));
    await outputOf(await small.session(encodeModel(graph(5)), options));
    expect(entries(folder)).toHaveLength(2);
    const kept = new Set(entries(folder));
    await outputOf(await small.session(encodeModel(graph(2)), options));
    expect(new Set(entries(folder))).toEqual(kept);
  });

  it('does without a folder that cannot be written', async () => {
    const { first } = await filled();
    const folder = join(temporaryFolder(), 'file');
    writeFileSync(folder, 'not a folder');
    expect(await outputOf(await new SessionCache(folder, 'build').session(model, options))).toEqual(first);
    await withoutRights(async () => {
      const denied = new SessionCache('/lathe-nobody-may-write-here', 'build');
      expect(await outputOf(await denied.session(model, options))).toEqual(first);
    });
  });

  it('says what is wrong with a model as without a cache, and keeps nothing of it', async () => {
    const folder = temporaryFolder();
    await expect(new SessionCache(folder, 'b').session(new Uint8Array(10), options)).rejects.toThrow(EngineError);
    expect(entries(folder)).toEqual([]);
  });

  it('is filled by two processes at once without harm', async () => {
    const folder = temporaryFolder();
    const ends = [1, 2, 3].map(
      () =>
        new Promise<string>((resolve) => {
          const child = fork(join(import.meta.dirname, 'children', 'fill-session-cache.ts'), [folder], {
            stdio: 'pipe',
          });
          let said = '';
          child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
          child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
          child.on('close', () => resolve(said.trim()));
        }),
    );
    const outputs = await Promise.all(ends);
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toMatch(/^-?\d/);
    expect(entries(folder)).toHaveLength(6);
  });

  it('is not asked for small graphs, which are ready sooner without it', async () => {
    const folder = join(temporaryFolder(), 'sessions');
    await (await createSession(graph(), { ...options, cache: folder })).release();
    expect(existsSync(folder)).toBe(false);
  });
});
