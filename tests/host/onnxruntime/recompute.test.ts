/** Training steps that were fitted into less memory give the same bits on the real ONNX Runtime. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { ProgramInput } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { sizeOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import type { FittedMemory, MemoryAllowance } from '../../../main/host/compute/compute-session.ts';
import { createSession } from '../../../main/host/compute/create-session.ts';
import { temporaryFolder } from '../files/fixtures.ts';

function compiled(workload: string): CompiledDocument {
  const url = new URL(`../../../bench/workloads/${workload}.lathe.jsonc`, import.meta.url);
  const { document } = parseDocument(readFileSync(url, 'utf8'));
  if (!document) throw new Error(`${workload} does not parse`);
  const small = { ...document, data: { ...document.data, batchSize: 4 } };
  return compileDocument(small, builtinDataInfo(small.data) as DataInfo);
}

function drawn({ name, dtype, shape, source }: ProgramInput): Tensor {
  const values = new Float64Array(sizeOf(shape as readonly number[]));
  new RandomStream(3, name, 0).fillUniform(values);
  // Batches that are no pictures are characters.
  const isText = source.kind === 'batch' && shape.length === 2 && dtype === 'float32';
  const below = dtype === 'int64' ? 10 : isText ? 96 : undefined;
  return tensorOf(
    dtype,
    shape as readonly number[],
    below === undefined ? values : values.map((one) => Math.floor(below * one)),
  );
}

type Outputs = Readonly<Record<string, Tensor>>;

async function step(model: CompiledDocument, memory?: MemoryAllowance, cache?: string): Promise<Outputs> {
  const state = initialState(model.registry.all, 1);
  const feeds = model.train.inputs.map((input) => {
    const own = input.source.kind === 'state' ? state.get(input.source.state) : undefined;
    return [input.name, own ?? drawn(input)] as const;
  });
  const options = { program: 'step', threads: 2, device: 'cpu' } as const;
  const session = await createSession(model.train.graph, {
    ...options,
    ...(memory && { memory }),
    ...(cache !== undefined && { cache }),
  });
  try {
    return await session.run(Object.fromEntries(feeds));
  } finally {
    await session.release();
  }
}

/** No process is that small: everything that helps is done. */
function smallest(fitted: FittedMemory[] = []): MemoryAllowance {
  return { limitBytes: 1, isAsked: false, besidesBytes: 0, onFitted: (one) => fitted.push(one) };
}

const bitsOf = (outputs: Outputs): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
  );

describe.each(['cnn', 'vae', 'unet'])('a training step of %s', (workload) => {
  it('gives the same bits when what it can do without is recomputed', async () => {
    const model = compiled(workload);
    const fitted: FittedMemory[] = [];
    const [whole, less] = [await step(model), await step(model, smallest(fitted))];
    expect(bitsOf(less)).toEqual(bitsOf(whole));
    const [{ bytes, usualBytes, values, parts, moreWork }] = fitted;
    expect(bytes).toBeLessThan(usualBytes);
    if (values === 0) return;
    expect(parts).toBeGreaterThan(0);
    expect(moreWork).toBeGreaterThan(0);
  });
});

describe('fitting a step into memory', () => {
  it('does nothing where there is enough', async () => {
    const fitted: FittedMemory[] = [];
    await step(compiled('vae'), { ...smallest(fitted), limitBytes: 2 ** 40 });
    expect(fitted).toEqual([]);
  });

  it('refuses a limit that a person set and that is out of reach, and says what to do', async () => {
    const refused = step(compiled('vae'), { ...smallest(), isAsked: true });
    await expect(refused).rejects.toThrow(/needs about .* of memory.*smaller data\.batchSize/s);
  });

  it('takes the optimised graph from the cache, and puts it there', async () => {
    const [model, cache] = [compiled('vae'), temporaryFolder()];
    const first = await step(model, smallest(), cache);
    expect(bitsOf(await step(model, smallest(), cache))).toEqual(bitsOf(first));
    // The same file serves a session with as much memory as it likes.
    expect(bitsOf(await step(model, undefined, cache))).toEqual(bitsOf(first));
  });
});
