/** Exports the training step with its state, and proves that it goes on as the live model does. */
import { encodeModel } from '../../../core/onnx/encode.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../core/tensor/safetensors.ts';
import { scalarTensor, type Tensor } from '../../../core/tensor/tensor.ts';
import { OrtSession } from '../onnxruntime/session.ts';
import type { LoadedModel } from '../runs/load-model.ts';
import type { ModelSource } from '../runs/messages.ts';
import { FileCheck, stateScale } from './difference.ts';
import { withoutWatched } from './exported-step.ts';
import type { FolderWriter } from './folder.ts';
import { jsonText } from './json-text.ts';
import { nextSteps, runLive, type NextStep } from './next-steps.ts';
import { trainingDescription } from './training-description.ts';

const stepModel = 'train_step.onnx';
const stateFile = 'train_state.safetensors';
const exampleFile = 'example_inputs.safetensors';

export interface ExportedTraining {
  readonly check: FileCheck;
  /** Steps that were run and compared; fewer than the examples when the live model diverges. */
  readonly checkedSteps: number;
}

/**
 * Writes the training step, its state, example inputs and its description; runs the files and compares them with the
 * live model, whose state moves on.
 * @throws TaskFailure when the step computes something else.
 */
export async function writeTrainingFiles(
  folder: FolderWriter,
  loaded: LoadedModel,
  metadata: Readonly<Record<string, string>>,
  { threads }: Pick<ModelSource, 'threads'>,
): Promise<ExportedTraining> {
  const { engine, model } = loaded;
  const steps = nextSteps(loaded);
  const graph = encodeModel(withoutWatched(model.train).graph, {
    metadata,
    producerVersion: metadata['lathe.version'],
  });
  await folder.write(stepModel, 'one whole training step: forward, backward and update', [graph]);
  await folder.write(
    stateFile,
    'the state that the training step begins with',
    encodeSafetensors(engine.state, metadata),
  );
  const inputs = new Map(
    steps.flatMap((step) => [...step.inputs].map(([name, value]) => [`${step.step}/${name}`, value] as const)),
  );
  await folder.write(
    exampleFile,
    'batches, noise and scalars of the next steps, named STEP/INPUT',
    encodeSafetensors(inputs),
  );
  const { check, metrics } = await checkSteps(folder, loaded, steps, threads);
  const examples: JsonValue = {
    file: exampleFile,
    steps: steps.map(({ step }, i) => ({ step, metrics: metrics[i] ?? null })),
  };
  const description = trainingDescription(loaded, threads, examples);
  await folder.write('train_step.json', 'where each input of the training step comes from and each output goes', [
    jsonText(description),
  ]);
  return { check, checkedSteps: metrics.length };
}

/** Runs the files from the disk beside the live model, each on its own state. */
async function checkSteps(
  folder: FolderWriter,
  loaded: LoadedModel,
  steps: readonly NextStep[],
  threads: number,
): Promise<{ readonly check: FileCheck; readonly metrics: readonly Readonly<Record<string, number>>[] }> {
  const check = new FileCheck(stepModel, stateScale);
  const metrics: Readonly<Record<string, number>>[] = [];
  const state = decodeSafetensors(await folder.read(stateFile)).tensors;
  const examples = decodeSafetensors(await folder.read(exampleFile)).tensors;
  const session = await OrtSession.create(await folder.read(stepModel), { program: stepModel, threads, device: 'cpu' });
  try {
    for (const step of steps) {
      const live = await runLive(loaded, step);
      if (!live) break;
      const found = await session.run(feedsOf(loaded, step.step, state, examples));
      compareStep(loaded, check, live, found, state);
      metrics.push(live);
    }
  } finally {
    await session.release();
  }
  return { check, metrics };
}

function feedsOf(
  { model }: LoadedModel,
  step: number,
  state: ReadonlyMap<string, Tensor>,
  examples: ReadonlyMap<string, Tensor>,
) {
  const feeds: Record<string, Tensor> = {};
  for (const { name, source } of model.train.inputs) {
    const value = source.kind === 'state' ? state.get(source.state) : examples.get(`${step}/${name}`);
    if (!value) throw new Error(`the export lacks the tensor of input '${name}'`);
    feeds[name] = value;
  }
  return feeds;
}

/** Compares one step's curves and next state with the live model's, and moves the exported state on. */
function compareStep(
  { model, engine }: LoadedModel,
  check: FileCheck,
  live: Readonly<Record<string, number>>,
  found: Readonly<Record<string, Tensor>>,
  state: Map<string, Tensor>,
): void {
  for (const { name, target } of model.train.outputs) {
    if (target.kind === 'metric') check.compare(name, scalarTensor('float32', live[target.metric]), found[name]);
    if (target.kind !== 'state') continue;
    const expected = engine.state.get(target.state);
    if (!expected) throw new Error(`the state has no tensor '${target.state}'`);
    check.compare(name, expected, found[name]);
    state.set(target.state, found[name]);
  }
}
