/** Every family as a document: compiled, verified, trained and sampled on ONNX Runtime. */
import { afterAll, describe, expect, it } from 'vitest';
import { pointSet } from '../../../core/data/points.ts';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { Program } from '../../../core/program/program.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { Examples, TaskSession } from '../../../core/tasks/task.ts';
import { isFiniteTensor, tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import { Engine, isDivergence } from '../../../main/host/runs/engine.ts';
import { documentText, families, type FamilyCase } from './documents.ts';

/** Points `start` to `start + count` of the mixture; those from 20 000 on are never trained on. */
function points(start: number, count: number): Required<Examples> {
  const set = pointSet('8gaussians');
  const x = new Float32Array(2 * count);
  const y = Array.from({ length: count }, (_, i) => set.draw(start + i, x, 2 * i));
  return { x: tensorOf('float32', [count, 2], x), y: tensorOf('int64', [count], y) };
}

function compiled(family: FamilyCase): CompiledDocument {
  const text = documentText(family);
  expect(checkDocument(text).issues).toEqual([]);
  const { document } = parseDocument(text);
  return compileDocument(document!, builtinDataInfo(document!.data)!);
}

async function trained(
  model: CompiledDocument,
  steps: number,
): Promise<{ engine: Engine; curves: Record<string, number[]> }> {
  const engine = new Engine(model, initialState(model.registry.all, 1), { threads: 1, device: 'cpu' });
  const curves: Record<string, number[]> = {};
  for (let step = 0; step < steps; step++) {
    const batch = (index: number) => points(64 * (step * model.batchesPerStep + index), 64);
    const scalar = (name: string): number => model.scalars.find((spec) => spec.name === name)!.valueAt(step);
    const metrics = await engine.trainStep(step, 1, { batch, scalar });
    if (isDivergence(metrics)) throw new Error(`diverged at step ${step}`);
    for (const [name, value] of Object.entries(metrics)) (curves[name] ??= []).push(value);
  }
  return { engine, curves };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Zeros for every argument of a program, with the batch dimension as given. */
function argumentsOf(program: Program, batch: number): Record<string, Tensor> {
  const given = program.inputs.filter((input) => input.source.kind === 'argument');
  return Object.fromEntries(
    given.map(({ name, dtype, shape }) => {
      const made = zeros(
        dtype,
        shape.map((dim) => (dim === 'N' ? batch : Number(dim))),
      );
      // Samplers divide by the noise that is left.
      if (name === 'noise' && shape.length === 0) (made.data as Float32Array).fill(1);
      if (name === 'signal') (made.data as Float32Array).fill(1);
      return [name, made];
    }),
  );
}

describe.each(families)('$name', (family) => {
  const model = compiled(family);
  const run = trained(model, 150);

  afterAll(async () => (await run).engine.release());

  it('compiles to sound graphs', () => {
    for (const program of [model.train, ...model.programs.values()]) {
      expect(() => verifyGraph(program.graph, inferTypes)).not.toThrow();
    }
  });

  it('draws the curves its family names, and no others but gradient norms', async () => {
    const { curves } = await run;
    const named = model.task.metrics.filter((metric) => !metric.heldOut).map((metric) => metric.name);
    expect(Object.keys(curves).filter((name) => !name.startsWith('gradientNorm.'))).toEqual(
      expect.arrayContaining(named),
    );
    expect(Object.keys(curves).filter((name) => !name.startsWith('gradientNorm.'))).toHaveLength(named.length);
  });

  // The losses of adversaries do not fall: they have no such curve, and nothing to claim here.
  for (const name of family.falls ? [family.falls] : []) {
    it(`learns: its ${name} falls`, async () => {
      const curve = (await run).curves[name];
      expect(mean(curve.slice(-20))).toBeLessThan(0.8 * mean(curve.slice(0, 5)));
    });
  }

  it.each([1, 7])('runs every program with a batch of %i', async (batch) => {
    const { engine } = await run;
    for (const [name, program] of model.programs) {
      const results = await engine.run(name, argumentsOf(program, batch));
      for (const result of Object.values(results)) {
        expect({ name, batch: result.shape[0], finite: isFiniteTensor(result) }).toEqual({ name, batch, finite: true });
      }
    }
  });

  it('draws what it says it gives, and measures the held-out figures it names', async () => {
    const { engine } = await run;
    const session: TaskSession = {
      run: (name, args) => engine.run(name, args),
      examples: (_, start, count) => points(20_000 + start, count),
      progress: () => {},
    };
    const outputs = await model.sample(session, { count: 9, seed: 2, options: {} });
    expect(outputs.map(({ name, label, kind }) => ({ name, label, kind }))).toEqual(model.outputs);
    for (const { data, labels } of outputs) {
      expect(data.shape).toEqual([9, family.name === 'classifier' ? 8 : 2]);
      expect(isFiniteTensor(data)).toBe(true);
      expect(labels ?? Array.from({ length: 9 })).toHaveLength(9);
    }
    const figures = await model.evaluate(session, 'validation', 100);
    const named = model.task.metrics.filter((metric) => metric.heldOut).map((metric) => metric.name);
    expect(Object.keys(figures).toSorted()).toEqual(named.toSorted());
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
  });
});
