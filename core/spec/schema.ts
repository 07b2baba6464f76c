/** The grammar of the model document: every field with its meaning, unit, limits and default. */
import { z } from 'zod';
import { optimizerSchema } from '../optim/optimizers.ts';

/** Version of the grammar that this release writes. */
export const documentVersion = 1;

/** Batch sizes beyond it are a typing error. */
const largestBatch = 65_536;
const mostSteps = 100_000_000;

const steps = (description: string) => z.int().min(1).max(mostSteps).describe(description);

/** Names of networks, layers and blocks: they become parts of parameter names, file names and paths. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: 'expected a letter, then up to 63 letters, digits, _ or -' })
  .refine((name) => !(name in Object.prototype), { error: "expected a name that is not one of JavaScript's own" });

const imageSchema = z
  .strictObject({
    width: z
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe("Width in pixels (the height, if that is given; else the source's own)."),
    height: z
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe("Height in pixels (the width, if that is given; else the source's own)."),
    channels: z
      .union([z.literal(1), z.literal(3)], { error: 'expected 1 (grey) or 3 (colour)' })
      .optional()
      .describe("1 for grey, 3 for colour (the source's own)."),
  })
  .describe('How pictures are cut and scaled.');

const share = (what: string) =>
  z
    .number()
    .min(0)
    .max(1_000_000_000)
    .optional()
    .describe(`Held back for ${what}: a share below 1, or a number of samples (0.1).`);

const splitSchema = z
  .strictObject({ validation: share('validation'), test: share('the test') })
  .describe('What is held back from training where the source does not say so itself.');

export const dataSchema = z
  .strictObject({
    source: z
      .string()
      .min(1)
      .describe(
        'Where samples come from: "builtin:glyphs", "builtin:shapes", "builtin:points/NAME", "builtin:text", "idx:FOLDER", "cifar:FOLDER", ' +
          '"images:FOLDER", "table:FILE.csv", "text:FILE", "npy:FILE". Paths are relative to the document.',
      ),
    batchSize: z.int().min(1).max(largestBatch).default(64).describe('Samples in one training batch.'),
    image: imageSchema.optional(),
    context: z
      .int()
      .min(2)
      .max(65_536)
      .optional()
      .describe('Of a text: how many characters (or bytes) the model sees at once (128).'),
    target: z
      .string()
      .min(1)
      .optional()
      .describe('Column of a table that is to be predicted; for CIFAR-100 "fine" or "coarse".'),
    split: splitSchema.optional(),
  })
  .describe('What the model learns from.');

const emaSchema = z
  .strictObject({
    decay: z
      .number()
      .min(0)
      .lt(1)
      .default(0.999)
      .describe('Share of the average kept at each step; it rises from a small one at the start.'),
  })
  .describe('Keeps a moving average of the weights and uses it to draw samples, to evaluate and to export.');

export const trainingSchema = z
  .strictObject({
    steps: steps('Training steps. Exactly one of steps and epochs is given.').optional(),
    epochs: z
      .number()
      .gt(0)
      .max(1_000_000)
      .optional()
      .describe('Passes over the training split, fractions allowed, instead of steps.'),
    seed: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .default(1)
      .describe('All randomness follows from it: first weights, order of samples, noise.'),
    optimizer: optimizerSchema.prefault({ type: 'adam' }).describe('The optimizer of every network.'),
    optimizers: z
      .record(nameSchema, optimizerSchema)
      .optional()
      .describe('By network name: an optimizer of its own, used instead of "optimizer".'),
    ema: emaSchema.optional(),
    threads: z.int().min(1).max(256).optional().describe('Processor threads (as many as the machine has cores).'),
    checkpointEvery: steps('Steps between two checkpoints.').default(500),
    keepEvery: z
      .int()
      .min(0)
      .max(mostSteps)
      .default(0)
      .describe(
        'Checkpoints at multiples of this many steps are kept besides the latest and the best; 0: only those two.',
      ),
    sampleEvery: steps('Steps between two sets of samples.').default(250),
    sampleCount: z.int().min(1).max(256).default(16).describe('Samples drawn each time.'),
    logEvery: steps('Steps between two points of the training curves.').default(1),
    evaluateEvery: steps('Steps between two evaluations on the validation split.').default(500),
    scoreEvery: z
      .int()
      .min(0)
      .max(mostSteps)
      .default(0)
      .describe(
        'Steps between two scorings of drawn samples against held-out data (Fréchet distance, classes or modes covered); 0: never.',
      ),
    scoreCount: z.int().min(100).max(50_000).default(500).describe('Samples drawn for each scoring.'),
    bestMetric: z
      .string()
      .min(1)
      .optional()
      .describe("Held-out metric that says which checkpoint is best (the family's first)."),
  })
  .describe('How long, with what, and how closely watched.');

const coordinate = z.number().min(-1e6).max(1e6);

export const canvasSchema = z
  .record(
    z.string().min(1).max(200),
    z.strictObject({ x: coordinate.describe('Pixels to the right.'), y: coordinate.describe('Pixels downwards.') }),
  )
  .describe('Where nodes stand on the canvas, by "network.layer"; ignored by everything but the canvas.');

export const documentNameSchema = z.string().min(1).max(200).describe('What people call the model.');
export const descriptionSchema = z.string().max(20_000).describe('Notes of its author.');

export type DataSection = z.output<typeof dataSchema>;
export type TrainingSection = z.output<typeof trainingSchema>;
export type CanvasSection = z.output<typeof canvasSchema>;

const layerInputs = z
  .array(z.string().min(1))
  .min(1)
  .describe('Ids of earlier layers or names of network inputs; the layer before when left out.');
const bypass = z.boolean().describe('Lets the first input through untouched, as if the layer were not there (false).');
const id = nameSchema.describe('Name of the layer within its network; made of its type and place when left out.');

/** What every layer has beside the fields of its type. */
export const layerFields = { id: id.optional(), inputs: layerInputs.optional(), bypass: bypass.optional() };

/** A layer whose own fields are not looked at yet. */
export const layerHead = z.looseObject({ type: z.string().min(1).describe('What the layer does.'), ...layerFields });

/** The use of a block as a layer. */
export const usedBlock = z
  .strictObject({
    type: z.literal('block'),
    ...layerFields,
    use: nameSchema.describe('Name of the block.'),
    with: z.record(z.string(), z.unknown()).optional().describe("Values of the block's parameters."),
  })
  .describe('Puts the layers of a block here; their ids get the id of this layer in front.');

const layers = z
  .array(z.unknown())
  .describe('The layers, in an order in which each comes after those it takes its inputs from.');

/** What a network input may be called to stand for; resolving a network turns them to kinds. */
export const inputWords = ['data', 'image', 'points', 'table', 'text', 'latent', 'noise', 'label', 'time'] as const;

export const networkHead = z
  .strictObject({
    inputs: z.record(nameSchema, z.enum(inputWords)).describe('Names of the inputs, each with what it stands for.'),
    layers,
    outputs: z
      .array(z.string())
      .optional()
      .describe('Ids of the layers whose results the network gives; the last layer when left out.'),
  })
  .describe('Layers wired by name; sequential where nothing else is said.');

export const blockHead = z
  .strictObject({
    parameters: z
      .record(nameSchema, z.unknown())
      .optional()
      .describe('Names and default values; the text "$name" in a layer of the block stands for the parameter.'),
    layers,
    output: z
      .string()
      .optional()
      .describe('Id of the layer whose result the block gives; the last layer when left out.'),
  })
  .describe(
    'Layers named once and used many times; they see the inputs of the layer that uses them as input, input2, and so on.',
  );
