/** The scripts that go with an export: they run its files with nothing but onnxruntime-node. */

/** Reads and writes safetensors files and draws Lathe's random numbers. */
export const helperScript = `// Reads and writes safetensors files, and draws the random numbers that Lathe draws.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const buffers = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array, I32: Int32Array, U8: Uint8Array, BOOL: Uint8Array };
const names = { F32: 'float32', F64: 'float64', I64: 'int64', I32: 'int32', U8: 'uint8', BOOL: 'bool' };

/** Tensors { dtype, shape, data } by name, and the file's metadata. */
export function readSafetensors(path) {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(bytes.toString('utf8', 8, start));
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(entries)) {
    const copy = Uint8Array.from(bytes.subarray(start + from, start + to));
    tensors.set(name, { dtype: names[dtype], shape, data: new buffers[dtype](copy.buffer) });
  }
  return { tensors, metadata };
}

export function writeSafetensors(path, tensors, metadata = {}) {
  const codes = Object.fromEntries(Object.entries(names).map(([code, name]) => [name, code]));
  const header = { __metadata__: metadata };
  const parts = [];
  let end = 0;
  const wideFirst = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { dtype, shape, data }] of wideFirst) {
    header[name] = { dtype: codes[dtype], shape, data_offsets: [end, (end += data.byteLength)] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(path + '.tmp', Buffer.concat([length, padded, ...parts]));
  renameSync(path + '.tmp', path);
}

/** The numbers of a noise input: see "random" in train_step.json. */
export function drawNoise(seed, { stream, distribution }, step, count) {
  const words = randomWords(seed, stream, step, count + (count % 2));
  if (distribution === 'uniform') return Float32Array.from({ length: count }, (_, i) => (words[i] >>> 8) * 2 ** -24);
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log((words[i - (i % 2)] + 1) * 2 ** -32));
    const angle = 2 * Math.PI * words[i - (i % 2) + 1] * 2 ** -32;
    return radius * (i % 2 ? Math.sin(angle) : Math.cos(angle));
  });
}

/** Threefry-2x32 with 20 rounds (Salmon et al. 2011), keyed by seed and stream, over the counters (i, step). */
function randomWords(seed, stream, step, count) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < stream.length; i++) hash = Math.imul(hash ^ stream.charCodeAt(i), 0x01000193);
  const high = Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1);
  const keys = [seed | 0, hash ^ high];
  keys.push(0x1bd11bda ^ keys[0] ^ keys[1]);
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i += 2) {
    let [a, b] = [(i / 2 + keys[0]) | 0, (step + keys[1]) | 0];
    for (let round = 0; round < 20; round++) {
      const by = rotations[round % 8];
      a = (a + b) | 0;
      b = ((b << by) | (b >>> (32 - by))) ^ a;
      if (round % 4 < 3) continue;
      const group = (round + 1) / 4;
      a = (a + keys[group % 3]) | 0;
      b = (b + keys[(group + 1) % 3] + group) | 0;
    }
    words[i] = a;
    words[i + 1] = b;
  }
  return words;
}
`;

/** @param name network that is run when none is named. */
export const inferenceScript = (
  name: string,
): string => `// Runs an exported network on its example: node inference.mjs [network] [file for the outputs.safetensors]
// Needs Node 20.11 or later and: npm install onnxruntime-node
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readSafetensors, writeSafetensors } from './lathe.mjs';

const [network = '${name}', out] = process.argv.slice(2);
const { tensors } = readSafetensors(join(import.meta.dirname, 'inference_examples.safetensors'));
const session = await InferenceSession.create(join(import.meta.dirname, network + '.onnx'));
const feeds = {};
for (const input of session.inputNames) {
  const { dtype, shape, data } = tensors.get(network + '/inputs/' + input);
  feeds[input] = new Tensor(dtype, data, shape);
}
const results = await session.run(feeds);
for (const [output, { type, dims, data }] of Object.entries(results)) {
  const expected = tensors.get(network + '/outputs/' + output).data;
  const apart = data.reduce((most, value, i) => Math.max(most, Math.abs(Number(value) - Number(expected[i]))), 0);
  console.log(JSON.stringify({ output, type, shape: dims, largestDifference: apart }));
}
const entries = Object.entries(results).map(([output, { type, dims, data }]) => [output, { dtype: type, shape: dims, data }]);
if (out) writeSafetensors(out, new Map(entries));
`;

export const trainingScript = `// Continues the training: node continue-training.mjs [--inputs FILE] [--state FILE] [--out FILE]
// Needs Node 20.11 or later and: npm install onnxruntime-node
// --inputs holds the batches of the steps to run, named STEP/INPUT (as 120/batch.x.0). Noise and scalars may be left out:
//   they are drawn as Lathe draws them and taken from the schedule.  --out takes the state after the last step.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { drawNoise, readSafetensors, writeSafetensors } from './lathe.mjs';

const here = (name) => join(import.meta.dirname, name);
const option = (file) => ({ type: 'string', ...(file && { default: here(file) }) });
const { values: options } = parseArgs({
  options: { inputs: option('example_inputs.safetensors'), state: option('train_state.safetensors'), out: option() },
});
const description = JSON.parse(readFileSync(here('train_step.json'), 'utf8'));
const given = readSafetensors(options.inputs).tensors;
const { tensors: state, metadata } = readSafetensors(options.state);
const session = await InferenceSession.create(here('train_step.onnx'), { intraOpNumThreads: description.threads });

function scheduled({ steps, values }, step) {
  return values[Math.max(0, steps.findLastIndex((first) => first <= step))];
}

function valueOf({ name, dtype, shape, from }, step) {
  if (from.kind === 'state') return state.get(from.tensor);
  const own = given.get(step + '/' + name);
  if (own) return own;
  const count = shape.reduce((size, dim) => size * dim, 1);
  if (from.kind === 'noise') return { dtype, shape, data: drawNoise(description.seed, from, step, count) };
  if (from.kind === 'scalar') return { dtype, shape, data: Float32Array.of(scheduled(from.schedule, step)) };
  throw new Error(options.inputs + ' has no tensor ' + step + '/' + name);
}

let step = Number(metadata.step);
for (; [...given.keys()].some((name) => name.startsWith(step + '/')); step++) {
  const feeds = {};
  for (const input of description.inputs) {
    const { dtype, shape, data } = valueOf(input, step);
    feeds[input.name] = new Tensor(dtype, data, shape);
  }
  const results = await session.run(feeds);
  const metrics = {};
  for (const { name, to } of description.outputs) {
    const { type, dims, data } = results[name];
    if (to.kind === 'state') state.set(to.tensor, { dtype: type, shape: dims, data });
    else metrics[to.metric] = data[0];
  }
  console.log(JSON.stringify({ step, metrics }));
}
if (options.out) writeSafetensors(options.out, state, { ...metadata, step: String(step) });
`;
