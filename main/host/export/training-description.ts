/** Describes an exported training step: where each input comes from, where each output goes, exactly enough to go on without Lathe. */
import { withoutWatched } from './exported-step.ts';
import type { ProgramInput, ProgramOutput } from '../../../core/program/program.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { LoadedModel } from '../runs/load-model.ts';
import { roleWords, sampleWords, targetWords, type SampleWords } from './describe.ts';
import { scalarAt, turnedValue } from '../runs/scalars.ts';

/** Longest table of a scalar's values. Longer runs are described at every second, third, … step. */
const mostScalarValues = 4096;

/** How Lathe draws random numbers; `lathe.mjs` does the same. */
const randomRecipe: readonly string[] = [
  'The numbers of a noise input at a step depend on (seed, stream, step) alone. All arithmetic is in float64; the result is rounded to float32 and fills the tensor in row-major order.',
  'hash = FNV-1a, 32 bits, over the UTF-16 code units of the stream’s name: start with 0x811c9dc5; for each unit: hash = (hash xor unit) * 0x01000193 mod 2^32.',
  'key0 = seed mod 2^32; key1 = hash xor (floor(seed / 2^32) * 0x9e3779b1 mod 2^32).',
  'Words 2i and 2i + 1 (unsigned, 32 bits) are the two outputs of Threefry-2x32 with 20 rounds (Salmon et al. 2011) for key (key0, key1) and counter (i, step).',
  'uniform on [0, 1): number i is floor(word i / 2^8) * 2^-24.',
  'standard normal: from words a = word 2i and b = word 2i + 1, r = sqrt(-2 ln((a + 1) * 2^-32)) and w = 2 pi b * 2^-32, number 2i is r cos w and number 2i + 1 is r sin w.',
];

const orderRecipe: readonly string[] = [
  'Step s reads the batches s * batchesPerStep + index of the run’s order.',
  'With n = floor(training samples / batchSize), batch j belongs to epoch e = floor(j / n) and holds places (j - e n) * batchSize onwards of that epoch’s permutation of the training split.',
  'The permutation of an epoch: start with 0, 1, 2, … and, with the words of stream "order" at step e, for i from the last place down to 1 swap places i and floor(word i * 2^-32 * (i + 1)).',
  'When there are fewer training samples than batchSize, every batch is an epoch and goes round the permutation until it is full.',
];

/** The JSON description that lies beside `train_step.onnx`. */
export function trainingDescription(loaded: LoadedModel, threads: number, examples: JsonValue): JsonValue {
  const { document, model, step } = loaded;
  return {
    format: 'lathe.trainStep',
    version: 1,
    name: document.name,
    model: 'train_step.onnx',
    state: 'train_state.safetensors',
    step,
    seed: model.plan.seed,
    batchSize: model.plan.batchSize,
    batchesPerStep: model.batchesPerStep,
    plannedSteps: model.plan.steps,
    threads,
    threadsMeaning:
      'sums are added in another order on another number of threads: use this one to get the same numbers',
    inputs: model.train.inputs.map((input) => describeInput(loaded, input)),
    outputs: withoutWatched(model.train).outputs.map((output) => describeOutput(loaded, output)),
    random: randomRecipe,
    order: orderRecipe,
    examples,
  };
}

function describeInput(loaded: LoadedModel, { name, dtype, shape, source }: ProgramInput): JsonValue {
  const head = { name, dtype, shape: shape as readonly number[] };
  switch (source.kind) {
    case 'state': {
      const { role = 'parameter', parts } = loaded.model.registry.get(source.state) ?? {};
      const held = parts?.map((part) => ({ name: part.name, shape: part.shape }));
      return {
        ...head,
        from: { kind: 'state', tensor: source.state, role, ...(held && { parts: held }) },
        meaning: `the state: ${roleWords(role)}${parts ? ', of several parameters one after another: see "parts"' : ''}`,
      };
    }
    case 'batch': {
      const words: SampleWords = { data: loaded.dataset.info, range: loaded.model.task.range(loaded.model.config) };
      const meaning = source.field === 'x' ? sampleWords(words) : `the targets of these samples: ${targetWords(words)}`;
      return { ...head, from: { kind: 'batch', field: source.field, index: source.index }, meaning };
    }
    case 'noise': {
      const { distribution } = source;
      const meaning = `fresh random numbers, ${distribution === 'normal' ? 'standard normal' : 'uniform on [0, 1)'}: see "random"`;
      return { ...head, from: { kind: 'noise', stream: `noise/${source.stream}`, distribution }, meaning };
    }
    case 'scalar':
      return { ...head, from: describeScalar(loaded, source.scalar), meaning: scalarMeaning(loaded, source.scalar) };
    case 'argument':
      throw new Error(`the training step cannot have the argument '${name}'`);
  }
}

function describeScalar(loaded: LoadedModel, name: string): JsonValue {
  const turned = turnedValue(loaded.turns, name, loaded.step);
  return {
    kind: 'scalar',
    scalar: name,
    ...(turned !== undefined && { setByHand: turned }),
    schedule: scheduleTable(loaded, name),
  };
}

function scalarMeaning({ model }: LoadedModel, name: string): string {
  const label = model.scalars.find((scalar) => scalar.name === name)?.label ?? name;
  return `${label}: values[i] of the schedule holds from step steps[i] on, until the next entry`;
}

/** Values from the checkpoint's step to the end of the plan, one entry for each change. */
function scheduleTable(loaded: LoadedModel, name: string): JsonValue {
  const first = loaded.step;
  const last = Math.max(first, loaded.model.plan.steps - 1);
  const every = Math.ceil((last - first + 1) / mostScalarValues);
  const steps: number[] = [];
  const values: number[] = [];
  for (let step = first; step <= last; step += every) {
    const value = scalarAt(loaded.model.scalars, loaded.turns, name, step);
    if (values.at(-1) === value) continue;
    steps.push(step);
    values.push(value);
  }
  return { steps, values, exact: every === 1 || values.length === 1 };
}

function describeOutput({ model }: LoadedModel, { name, target }: ProgramOutput): JsonValue {
  switch (target.kind) {
    case 'state':
      return {
        name,
        to: { kind: 'state', tensor: target.state },
        meaning: 'the next step’s state, under the name in "to"',
      };
    case 'metric': {
      const known = model.task.metrics.find((metric) => metric.name === target.metric && !metric.heldOut);
      return {
        name,
        to: { kind: 'metric', metric: target.metric },
        meaning: `a curve: ${known?.label ?? target.metric}`,
      };
    }
    case 'watch':
    case 'result':
      return { name, to: { kind: 'result' }, meaning: 'a result of the step' };
  }
}
