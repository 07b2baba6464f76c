/**
 * Every optimisation keeps what a training step computes: the benchmark documents, with a batch of 4, give the same losses
 * and gradients with it and without it on the real ONNX Runtime, to 1e-5 of the largest element.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { optimisations, type OptimisationName } from '../../../core/ops/optimisations.ts';
import { optimizerSchema } from '../../../core/optim/optimizers.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { ProgramInput } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { sizeOf, tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import { createSession } from '../../../main/host/compute/create-session.ts';

const tolerance = 1e-5;
const workloads = ['mlp', 'cnn', 'vae', 'dcgan', 'unet'] as const;
const names = Object.keys(optimisations) as OptimisationName[];

function compiled(workload: string, without: readonly OptimisationName[] = []): CompiledDocument {
  const text = readFileSync(new URL(`../../../bench/workloads/${workload}.lathe.jsonc`, import.meta.url), 'utf8');
  const { document } = parseDocument(text);
  if (!document) throw new Error(`${workload} does not parse`);
  // Adam's first step is nearly the sign of the gradient, which would show the second network of a GAN the last bit's noise.
  const optimizer = optimizerSchema.parse({ type: 'sgd', learningRate: 1e-3, momentum: 0.9 });
  const small = {
    ...document,
    data: { ...document.data, batchSize: 4 },
    training: { ...document.training, optimizer },
  };
  return compileDocument(small, builtinDataInfo(small.data) as DataInfo, { without });
}

/** The same numbers for the same input, whatever the program around it. */
function drawn({ name, dtype, shape, source }: ProgramInput): Tensor {
  const values = new Float64Array(sizeOf(shape as readonly number[]));
  const stream = new RandomStream(11, name, 0);
  if (source.kind === 'noise' && source.distribution === 'normal') stream.fillNormal(values);
  else stream.fillUniform(values);
  return tensorOf(
    dtype,
    shape as readonly number[],
    dtype === 'int64' ? values.map((value) => Math.floor(value * 10)) : values,
  );
}

/** What a step gives: its curves, and the momenta, which after one step are 0.9 times the gradients. */
async function step({ train, registry, without }: CompiledDocument): Promise<Record<string, Tensor>> {
  const state = initialState(registry.all, 1);
  const feeds = train.inputs.map((input): [string, Tensor] => {
    const { source } = input;
    return [input.name, (source.kind === 'state' ? state.get(source.state) : undefined) ?? drawn(input)];
  });
  const wanted = train.outputs.filter(
    ({ target }) =>
      target.kind === 'metric' || (target.kind === 'state' && target.state.startsWith('sgd.carriedMomentum/')),
  );
  if (!wanted.some(({ target }) => target.kind === 'state')) throw new Error('no momenta among the outputs');
  const fetches = train.graph.outputs
    .filter(({ name }) => wanted.some((output) => output.name === name))
    .map(({ name, value: { type } }) => [name, zeros(type.dtype, type.shape as readonly number[])] as const);
  const session = await createSession(train.graph, {
    program: 'step',
    threads: 1,
    device: 'cpu',
    buffered: true,
    ...(without && { without }),
  });
  try {
    return await session.run(
      Object.fromEntries(feeds),
      Object.fromEntries(fetches),
      wanted.map(({ name }) => name),
    );
  } finally {
    await session.release();
  }
}

/** The largest difference as a share of the largest element. */
function difference(found: Tensor, wanted: Tensor): number {
  let [largest, farthest] = [1e-6, 0];
  for (let at = 0; at < wanted.data.length; at++) {
    const value = Number(wanted.data[at]);
    largest = Math.max(largest, Math.abs(value));
    farthest = Math.max(farthest, Math.abs(Number(found.data[at]) - value));
  }
  return farthest / largest;
}

const graphOf = (model: CompiledDocument): string => Buffer.from(encodeModel(model.train.graph)).toString('base64');

const changedSomething = new Set<OptimisationName>();

describe.each(workloads)('a training step of %s', (workload) => {
  const whole = compiled(workload);
  const steps = new Map<string, Promise<Record<string, Tensor>>>();

  it.each(names)('is the same without %s', async (name) => {
    const other = compiled(workload, [name]);
    if (optimisations[name].kind !== 'session' && graphOf(other) === graphOf(whole)) return;
    changedSomething.add(name);
    const first = steps.get('whole') ?? step(whole);
    steps.set('whole', first);
    const [wanted, found] = [await step(other), await first];
    const far = Object.keys(wanted).filter((output) => !(difference(found[output], wanted[output]) < tolerance));
    expect(far).toEqual([]);
  });
});

it('leaves no optimisation that changes no workload but the one for overlapping windows', () => {
  expect(names.filter((name) => !changedSomething.has(name))).toEqual(['max-pool-indices']);
});
