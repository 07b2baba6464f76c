/** The next training steps of a run: the exact tensors they read, and what they gave. */
import type { ProgramInput } from '../../../core/program/program.ts';
import { tensor, zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import { Batches } from '../runs/batches.ts';
import { isDivergence } from '../runs/engine.ts';
import type { LoadedModel } from '../runs/load-model.ts';
import { fillNoise } from '../runs/noise.ts';
import { scalarAt } from '../runs/scalars.ts';

/** Steps that an export carries examples of and is checked with. */
const exampleSteps = 3;
/** Fewer steps, but at least one, when their tensors would take more bytes than this. */
const mostExampleBytes = 64 * 2 ** 20;

export interface NextStep {
  /** Finished steps before it. */
  readonly step: number;
  /** All inputs of the training step but the state, by name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
}

/** Reads the batches and draws the noise of the steps from the checkpoint on. */
export function nextSteps(loaded: LoadedModel): readonly NextStep[] {
  const { model, dataset, step: first } = loaded;
  const { batchSize, seed } = model.plan;
  const batches = new Batches(dataset, model.task.range(model.config), batchSize, model.batchesPerStep, seed);
  const steps: NextStep[] = [];
  let bytes = 0;
  for (let step = first; step < first + exampleSteps && (step === first || bytes < mostExampleBytes); step++) {
    const read = batches.read(step);
    const inputs = new Map<string, Tensor>();
    for (const input of model.train.inputs) {
      const value = valueOf(loaded, input, read, step);
      if (value) inputs.set(input.name, value);
    }
    for (const { data } of inputs.values()) bytes += data.byteLength;
    steps.push({ step, inputs });
  }
  return steps;
}

function valueOf(
  loaded: LoadedModel,
  input: ProgramInput,
  batches: ReturnType<Batches['read']>,
  step: number,
): Tensor | undefined {
  const { source } = input;
  switch (source.kind) {
    case 'state':
      return undefined;
    case 'batch': {
      const value = batches[source.index][source.field];
      if (!value) throw new Error('the training step needs targets, and the data has none');
      // The reader uses its buffers again for the next step.
      return { ...value, data: value.data.slice() } as Tensor;
    }
    case 'noise': {
      const value = zeros('float32', input.shape as readonly number[]);
      fillNoise(input, value, loaded.model.plan.seed, step);
      return value;
    }
    case 'scalar':
      return tensor(
        'float32',
        [],
        new Float32Array([scalarAt(loaded.model.scalars, loaded.turns, source.scalar, step)]),
      );
    case 'argument':
      throw new Error(`the training step cannot have the argument '${input.name}'`);
  }
}

/** Runs one of them on the live model, whose state moves on. @returns its curves; undefined when it diverges. */
export async function runLive(
  loaded: LoadedModel,
  { step, inputs }: NextStep,
): Promise<Readonly<Record<string, number>> | undefined> {
  const { engine, model } = loaded;
  const result = await engine.trainStep(step, model.plan.seed, {
    batch: (index) => ({ x: inputs.get(`batch.x.${index}`) as Tensor<'float32'>, ...targetsOf(inputs, index) }),
    scalar: (name) => Number(inputs.get(`scalar.${name}`)?.data[0]),
  });
  return isDivergence(result) ? undefined : result;
}

function targetsOf(inputs: NextStep['inputs'], index: number): { readonly y?: Tensor } {
  const y = inputs.get(`batch.y.${index}`);
  return y ? { y } : {};
}
