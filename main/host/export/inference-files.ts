/** Exports each network of a model for inference, and proves that the files compute what the live model does. */
import { encodeModel } from '../../../core/onnx/encode.ts';
import type { Dim } from '../../../core/graph/graph.ts';
import type { Program, ProgramInput } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import type { InferenceExport } from '../../../core/tasks/task.ts';
import { encodeSafetensors } from '../../../core/tensor/safetensors.ts';
import { dataSizes } from '../../../core/tasks/common.ts';
import { sizeOf, tensor, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { splits } from '../../../core/data/data-info.ts';
import { OrtSession } from '../onnxruntime/session.ts';
import type { LoadedModel } from '../runs/load-model.ts';
import type { ModelSource } from '../runs/messages.ts';
import { readExamples } from '../runs/task-session.ts';
import { describeArguments, describeResults, isSample, type DescribedTensor, type SampleWords } from './describe.ts';
import { FileCheck, networkScale } from './difference.ts';
import type { FolderWriter } from './folder.ts';
import { inferenceGraph } from './inference-graph.ts';

/** Batches each file is run with: an example to keep, and one sample by itself. */
const checkedBatches = [4, 1] as const;
const inferenceExamples = 'inference_examples.safetensors';

type Threads = Pick<ModelSource, 'threads'>;

export interface ExportedNetwork {
  readonly file: string;
  readonly inputs: readonly DescribedTensor[];
  readonly outputs: readonly DescribedTensor[];
  readonly check: FileCheck;
}

/**
 * Writes `<name>.onnx` for every network the family exports, runs the files and compares them with the live model.
 * @param metadata pairs that every file carries.
 * @throws TaskFailure when one computes something else.
 */
export async function writeInferenceFiles(
  folder: FolderWriter,
  loaded: LoadedModel,
  metadata: Readonly<Record<string, string>>,
  threads: Threads,
): Promise<readonly ExportedNetwork[]> {
  const examples = new Map<string, Tensor>();
  const networks: ExportedNetwork[] = [];
  for (const wanted of loaded.model.exports) {
    const program = loaded.model.programs.get(wanted.program);
    if (!program) throw new Error(`this model has no program '${wanted.program}'`);
    const network = await writeNetwork(folder, loaded, wanted, program, metadata);
    await checkNetwork(folder, loaded, wanted, program, network, threads, examples);
    networks.push(network);
  }
  const what =
    'an example of the inputs and outputs of each network, named NETWORK/inputs/NAME and NETWORK/outputs/NAME';
  await folder.write(inferenceExamples, what, encodeSafetensors(examples));
  return networks;
}

async function writeNetwork(
  folder: FolderWriter,
  loaded: LoadedModel,
  { name }: InferenceExport,
  program: Program,
  metadata: Readonly<Record<string, string>>,
): Promise<ExportedNetwork> {
  const words: SampleWords = { data: loaded.dataset.info, range: loaded.model.task.range(loaded.model.config) };
  const inputs = describeArguments(program, words);
  const outputs = describeResults(program, words);
  const graph = { ...inferenceGraph(program, loaded.engine.state), name };
  const file = `${name}.onnx`;
  const bytes = encodeModel(graph, {
    docString: `${loaded.document.name}: ${name}, trained for ${loaded.step} steps`,
    producerVersion: metadata['lathe.version'],
    metadata: {
      ...metadata,
      'lathe.network': name,
      ...Object.fromEntries(inputs.map((input) => [`input.${input.name}`, inWords(input)])),
      ...Object.fromEntries(outputs.map((output) => [`output.${output.name}`, inWords(output)])),
    },
  });
  await folder.write(file, `the network ${name} with its weights, for inference`, [bytes]);
  return { file, inputs, outputs, check: new FileCheck(file, networkScale) };
}

const inWords = ({ dtype, shape, meaning }: DescribedTensor): string => `${dtype}[${shape.join(', ')}]: ${meaning}`;

/** Runs the file from the disk beside the live model; the first run's tensors become its example. */
async function checkNetwork(
  folder: FolderWriter,
  loaded: LoadedModel,
  { name }: InferenceExport,
  program: Program,
  { file, check }: ExportedNetwork,
  { threads }: Threads,
  examples: Map<string, Tensor>,
): Promise<void> {
  const session = await OrtSession.create(await folder.read(file), {
    program: file,
    threads,
    device: 'cpu',
    spinning: 'within-runs',
  });
  try {
    for (const count of checkedBatches) {
      const args = exampleArguments(loaded, program, name, count);
      const expected = await loaded.engine.run(program.name, args);
      const found = await session.run(args);
      for (const output of Object.keys(expected)) check.compare(output, expected[output], found[output]);
      if (count !== checkedBatches[0]) continue;
      for (const [input, value] of Object.entries(args)) examples.set(`${name}/inputs/${input}`, value);
      for (const [output, value] of Object.entries(expected)) examples.set(`${name}/outputs/${output}`, value);
    }
  } finally {
    await session.release();
  }
}

/** Real samples where the program takes samples, numbers drawn from streams of the export's own elsewhere. */
function exampleArguments(
  loaded: LoadedModel,
  program: Program,
  network: string,
  count: number,
): Record<string, Tensor> {
  const given = program.inputs.filter((input) => input.source.kind === 'argument');
  return Object.fromEntries(given.map((input) => [input.name, exampleArgument(loaded, input, network, count)]));
}

function exampleArgument(
  loaded: LoadedModel,
  { name, dtype, shape }: ProgramInput,
  network: string,
  count: number,
): Tensor {
  const { info } = loaded.dataset;
  const sizes = shape.map((dim: Dim) => (typeof dim === 'number' ? dim : count));
  const size = sizeOf(sizes);
  if (dtype === 'int64') {
    const { classes, tokens } = dataSizes(info);
    const numbers = Math.max(1, tokens, classes);
    return tensorOf(
      'int64',
      sizes,
      Array.from({ length: size }, (_, i) => i % numbers),
    );
  }
  if (isSample(shape, info)) return realSamples(loaded, count);
  const random = new RandomStream(loaded.model.plan.seed, `export/${network}/${name}`);
  const data = new Float32Array(size);
  if (name === 'time') random.fillUniform(data);
  else random.fillNormal(data);
  return tensor('float32', sizes, data);
}

/** `count` samples of the split furthest from training that has that many; samples of a smaller set come again. */
function realSamples({ dataset, model }: LoadedModel, count: number): Tensor<'float32'> {
  const { info } = dataset;
  const split = splits.toReversed().find((name) => info.counts[name] >= count) ?? 'train';
  const range = model.task.range(model.config);
  const { x } = readExamples(dataset, range, split, 0, count);
  const data = Float32Array.from({ length: count * sizeOf(info.shape) }, (_, i) => x.data[i % x.data.length]);
  return tensor('float32', [count, ...info.shape], data);
}
