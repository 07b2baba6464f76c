/** Writes everything a trained model can be used with elsewhere into one folder, each file run and checked before it counts. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import packageInfo from '../../../package.json' with { type: 'json' };
import type { JsonValue } from '../../../core/protocol/records.ts';
import { canonicalDocument } from '../../../core/spec/document-hash.ts';
import { encodeSafetensors } from '../../../core/tensor/safetensors.ts';
import { engineBuildId } from '../compute/build-id.ts';
import type { LoadedModel } from '../runs/load-model.ts';
import type { ModelSource } from '../runs/messages.ts';
import { networkScale, tolerance } from './difference.ts';
import { manifestFormat, manifestName, writeFolder, type FolderWriter } from './folder.ts';
import { writeInferenceFiles, type ExportedNetwork } from './inference-files.ts';
import { jsonText } from './json-text.ts';
import { helperScript, inferenceScript, trainingScript } from './scripts.ts';
import { writeTrainingFiles, type ExportedTraining } from './training-files.ts';

/** Called before each part with what it is. */
export type ExportProgress = (what: string, done: number, total: number) => void;

/**
 * Exports a model loaded on the CPU to `outFolder`: networks for inference, the training step with its state, weights, scripts, the
 * document, and a manifest with what the checks found. The model's state moves on by the steps that were checked.
 * @returns the manifest's files and largest differences.
 * @throws TaskFailure when the folder holds something else or a file does not compute what the model does; FileError.
 */
export async function writeExport(
  loaded: LoadedModel,
  source: Pick<ModelSource, 'document' | 'threads'>,
  outFolder: string,
  onProgress: ExportProgress = () => {},
): Promise<JsonValue> {
  let result: JsonValue = null;
  await writeFolder(outFolder, async (folder) => {
    const metadata = metadataOf(loaded);
    onProgress('weights', 0, 4);
    await writePlainFiles(folder, loaded, source.document, metadata);
    onProgress('networks', 1, 4);
    const networks = await writeInferenceFiles(folder, loaded, metadata, source);
    onProgress('training step', 2, 4);
    const training = await writeTrainingFiles(folder, loaded, metadata, source);
    onProgress('manifest', 3, 4);
    const manifest = manifestOf(loaded, folder, networks, training, source);
    await folder.write(manifestName, 'what is in this folder', [jsonText(manifest)]);
    result = { folder: resolve(outFolder), files: filesOf(folder), largestDifferences: largestOf(networks, training) };
    onProgress('export', 4, 4);
  });
  return result;
}

function metadataOf({ document, model, dataset, step }: LoadedModel): Record<string, string> {
  const { info } = dataset;
  return {
    'lathe.version': packageInfo.version,
    'lathe.name': document.name,
    'lathe.task': model.task.type,
    'lathe.documentHash': documentHash(document),
    'lathe.data': info.source,
    'lathe.dataHash': info.contentHash,
    ...(info.classes.length > 0 && { 'lathe.classes': JSON.stringify(info.classes) }),
    step: String(step),
  };
}

const documentHash = (document: LoadedModel['document']): string =>
  createHash('sha256').update(canonicalDocument(document)).digest('hex');

async function writePlainFiles(
  folder: FolderWriter,
  { model, engine }: LoadedModel,
  document: string,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const roles = new Map(model.registry.all.map((spec) => [spec.name, spec.role]));
  const weights = new Map([...engine.state].filter(([name]) => roles.get(name) !== 'optimizer'));
  const what = 'trained weights and moving figures of layers; averaged weights, where there are any, as ema/NAME';
  await folder.write('weights.safetensors', what, encodeSafetensors(weights, metadata));
  await folder.write('document.lathe.jsonc', 'the model document', [document]);
  const first = model.exports[0]?.name;
  await folder.write('lathe.mjs', 'reads and writes safetensors files for the scripts, and draws noise', [
    helperScript,
  ]);
  if (first !== undefined) await folder.write('inference.mjs', 'runs a network in Node', [inferenceScript(first)]);
  await folder.write('continue-training.mjs', 'continues the training in Node', [trainingScript]);
}

function manifestOf(
  { document, dataset, step, model }: LoadedModel,
  folder: FolderWriter,
  networks: readonly ExportedNetwork[],
  training: ExportedTraining,
  { threads }: Pick<ModelSource, 'threads'>,
): JsonValue {
  const checks = Object.fromEntries([
    ...networks.map(({ file, check }) => [file, { outputs: differences(check.outputs) }]),
    ['train_step.onnx', { steps: training.checkedSteps, outputs: differences(training.check.outputs) }],
  ]) as JsonValue;
  return {
    format: manifestFormat,
    version: 1,
    name: document.name,
    task: model.task.type,
    step,
    documentHash: documentHash(document),
    engineBuild: engineBuildId('cpu'),
    // Data that a JSON file can hold, as the types of its fields say.
    data: dataset.info as unknown as JsonValue,
    networks: networks.map(({ file, inputs, outputs }) => ({ file, inputs, outputs }) as unknown as JsonValue),
    files: filesOf(folder),
    verification: {
      meaning:
        'each file was run and compared with the live model: the largest absolute difference of each output, and the same as a share ' +
        `of its largest number (of ${networkScale} at least for networks)`,
      tolerance,
      threads,
      device: 'cpu',
      files: checks,
    },
  };
}

type Differences = ExportedTraining['check']['outputs'];

const differences = (outputs: Differences): JsonValue =>
  Object.fromEntries(Object.entries(outputs).map(([name, { absolute, relative }]) => [name, { absolute, relative }]));

const filesOf = (folder: FolderWriter): JsonValue => folder.files.map((file) => ({ ...file }));

function largestOf(networks: readonly ExportedNetwork[], training: ExportedTraining): JsonValue {
  const checks: [string, ExportedTraining['check']][] = networks.map(({ file, check }) => [file, check]);
  checks.push(['train_step.onnx', training.check]);
  return Object.fromEntries(checks.map(([file, check]) => [file, { ...check.largest }]));
}
