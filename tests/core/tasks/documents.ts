/** Small documents of every family over points, with two dense layers in each network. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const network = (inputs: Record<string, Json>, units: number, more: readonly Json[] = []): Json => ({
  inputs,
  layers: [...more, { type: 'dense', units: 32, activation: 'tanh' }, { type: 'dense', units }],
});

/** Joins inputs to one vector: labels by an embedding, times by sinusoids. */
function joined(inputs: readonly string[]): readonly Json[] {
  if (inputs.length === 1) return [];
  const embeddings: Record<string, Json> = {
    label: { id: 'eLabel', type: 'classEmbedding', outputDim: 8, embeddingsInitializer: 'uniform', inputs: ['label'] },
    time: { id: 'eTime', type: 'timeEmbedding', dimension: 16, inputs: ['time'] },
  };
  const used = inputs.filter((input) => input in embeddings);
  const names = inputs.map((input) => (input === 'label' ? 'eLabel' : input === 'time' ? 'eTime' : input));
  return [...used.map((input) => embeddings[input]), { type: 'concatenate', inputs: names }];
}

const over = (inputs: readonly string[], units: number): Json =>
  network(Object.fromEntries(inputs.map((input) => [input, input])), units, joined(inputs));

/** The encoder of a VAE: two outputs of two numbers each. */
const moments = (inputs: readonly string[]): Json => ({
  inputs: Object.fromEntries(inputs.map((input) => [input, input])),
  layers: [
    ...joined(inputs),
    { id: 'h', type: 'dense', units: 32, activation: 'tanh' },
    { id: 'mean', type: 'dense', units: 2, inputs: ['h'] },
    { id: 'logVariance', type: 'dense', units: 2, inputs: ['h'] },
  ],
  outputs: ['mean', 'logVariance'],
});

export interface FamilyCase {
  readonly name: string;
  readonly task: { readonly type: string; readonly [key: string]: Json };
  readonly networks: Readonly<Record<string, Json>>;
  /** The curve that must fall, where one must. */
  readonly falls?: string;
}

const vae = { type: 'vae', likelihood: 'gaussian', deviation: 0.2 };
const gan = { type: 'gan', latentSize: 3 };

export const families: readonly FamilyCase[] = [
  { name: 'classifier', task: { type: 'classifier' }, networks: { classifier: over(['data'], 8) }, falls: 'loss' },
  {
    name: 'autoencoder',
    task: { type: 'autoencoder', noise: 0.05 },
    networks: { encoder: over(['data'], 2), decoder: over(['latent'], 2) },
    falls: 'loss',
  },
  { name: 'vae', task: vae, networks: { encoder: moments(['data']), decoder: over(['latent'], 2) }, falls: 'loss' },
  {
    name: 'conditional vae',
    task: { ...vae, freeBits: 0.05, betaWarmupSteps: 10 },
    networks: { encoder: moments(['data', 'label']), decoder: over(['latent', 'label'], 2) },
    falls: 'distortion',
  },
  { name: 'gan', task: gan, networks: { generator: over(['latent'], 2), discriminator: over(['data'], 1) } },
  {
    name: 'conditional gan',
    task: { ...gan, loss: 'hinge' },
    networks: { generator: over(['latent', 'label'], 2), discriminator: over(['data', 'label'], 1) },
  },
  {
    name: 'wgan-gp',
    task: { ...gan, loss: 'wasserstein', criticSteps: 3 },
    networks: { generator: over(['latent'], 2), discriminator: over(['data'], 1) },
  },
  {
    name: 'diffusion',
    task: { type: 'diffusion', timesteps: 100 },
    networks: { denoiser: over(['data', 'time'], 2) },
    falls: 'loss',
  },
  {
    name: 'conditional diffusion',
    task: { type: 'diffusion', timesteps: 100, prediction: 'velocity', schedule: 'cosine' },
    networks: { denoiser: over(['data', 'time', 'label'], 2) },
    falls: 'loss',
  },
  {
    name: 'conditional flow matching',
    task: { type: 'flowMatching' },
    networks: { denoiser: over(['data', 'time', 'label'], 2) },
    falls: 'loss',
  },
];

export function familyNamed(name: string): FamilyCase {
  const found = families.find((family) => family.name === name);
  if (!found) throw new Error(`no family '${name}'`);
  return found;
}

/** The text of a family's document. @param changes replaces whole sections. */
export function documentText({ task, networks }: FamilyCase, changes: Readonly<Record<string, Json>> = {}): string {
  return JSON.stringify({
    lathe: 1,
    name: 'small',
    data: { source: 'builtin:points/8gaussians', batchSize: 64 },
    task,
    networks,
    training: { steps: 150, seed: 1, optimizer: { type: 'adam', learningRate: 0.005 }, ema: { decay: 0.9 } },
    ...changes,
  });
}
