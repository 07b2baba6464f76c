import { describe, expect, it } from 'vitest';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { compileDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { Program } from '../../../core/program/program.ts';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { changed, sampleDocument } from './sample-document.ts';

function compiled(text: string) {
  const { document, issues } = parseDocument(text);
  expect(issues).toEqual([]);
  return compileDocument(document!, builtinDataInfo(document!.data)!);
}

const programsOf = (model: ReturnType<typeof compiled>): readonly Program[] => [
  model.train,
  ...model.programs.values(),
];

describe('compileDocument', () => {
  const model = compiled(sampleDocument);

  it('gives programs whose tables agree with their graphs, which are sound', () => {
    for (const { graph, inputs, outputs } of programsOf(model)) {
      verifyGraph(graph, inferTypes);
      expect(inputs.map(({ name, dtype, shape }) => ({ name, type: { dtype, shape } }))).toEqual(
        graph.inputs.map(({ name, type: { dtype, shape } }) => ({ name, type: { dtype, shape } })),
      );
      expect(outputs.map(({ name }) => name)).toEqual(graph.outputs.map(({ name }) => name));
    }
  });

  it('leaves no input in that nothing reads', () => {
    for (const { graph } of programsOf(model)) {
      const read = new Set([
        ...graph.nodes.flatMap((node) => node.inputs),
        ...graph.outputs.map((output) => output.value),
      ]);
      expect(graph.inputs.filter((input) => !read.has(input))).toEqual([]);
    }
  });

  it('trains with the fixed batch and runs everything else with a symbolic one', () => {
    const x = model.train.inputs.find((input) => input.source.kind === 'batch' && input.source.field === 'x');
    expect(x?.shape).toEqual([32, 1, 28, 28]);
    expect(model.programs.get('predict')?.inputs.find((input) => input.name === 'x')?.shape).toEqual(['N', 1, 28, 28]);
  });

  it('turns the training section to a plan', () => {
    expect(model.plan).toMatchObject({ steps: 20, batchSize: 32, seed: 1 });
    expect(model.plan.emaDecay).toBeUndefined();
    const own = compiled(
      changed(
        '"steps": 20,',
        '"steps": 20, "ema": {}, "optimizers": { "classifier": { "type": "sgd", "learningRate": 0.5 } },',
      ),
    );
    expect(own.plan.optimizerOf('classifier')).toMatchObject({ type: 'sgd', learningRate: 0.5 });
    expect(own.plan.emaDecay).toBe(0.999);
  });

  it('counts epochs in batches of the training split: 12000 samples are 375 batches of 32', () => {
    expect(compiled(changed('"steps": 20', '"epochs": 2')).plan.steps).toBe(750);
    expect(compiled(changed('"steps": 20', '"epochs": 0.001')).plan.steps).toBe(1);
  });

  it('counts an epoch once however many batches a step reads, and its schedules with it', () => {
    const critic = (
      steps: number,
    ) => `{ "lathe": 1, "name": "w", "data": { "source": "builtin:points/8gaussians", "batchSize": 100 },
      "task": { "type": "gan", "latentSize": 2, "criticSteps": ${steps} },
      "networks": {
        "generator": { "inputs": { "z": "latent" }, "layers": [{ "type": "dense", "units": 2 }] },
        "discriminator": { "inputs": { "x": "points" }, "layers": [{ "type": "dense", "units": 1 }] } },
      "training": { "epochs": 1, "optimizer": { "type": "adam", "learningRate": 1, "schedule": { "type": "linear" } } } }`;
    const [one, five] = [compiled(critic(1)), compiled(critic(5))];
    expect([one.plan.steps * one.batchesPerStep, five.plan.steps * five.batchesPerStep]).toEqual([200, 200]);
    const last = five.scalars.find((scalar) => scalar.name === 'learningRate.generator')!;
    expect([last.valueAt(0), last.valueAt(five.plan.steps - 1)]).toEqual([1, 0]);
  });

  it('compiles the same document to the same graphs', () => {
    const again = compiled(sampleDocument);
    expect(again.train.graph.nodes.map((node) => [node.op, node.origin])).toEqual(
      model.train.graph.nodes.map((node) => [node.op, node.origin]),
    );
    expect(again.registry.all).toEqual(model.registry.all);
  });
});
