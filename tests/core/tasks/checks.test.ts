/** Planted mistakes: each is found at its place and said in words. */
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { noiseSchedule } from '../../../core/tasks/diffusion-schedule.ts';
import { documentText, familyNamed, type FamilyCase, type Json } from './documents.ts';

interface Found {
  readonly severity: string;
  readonly path: string;
  readonly message: string;
}

function found(family: FamilyCase, changes: Readonly<Record<string, Json>> = {}, data?: DataInfo): readonly Found[] {
  const { issues } = checkDocument(documentText(family, changes), data);
  return issues.map(({ severity, path, message }) => ({ severity, path: path.join('.'), message }));
}

/** The family with some networks replaced. */
const having = (name: string, networks: Readonly<Record<string, Json>>): FamilyCase => {
  const family = familyNamed(name);
  return { ...family, networks: { ...family.networks, ...networks } };
};

const dense = (inputs: Record<string, string>, units: number): Json => ({ inputs, layers: [{ type: 'dense', units }] });

describe.each([
  ['classifier', 'classifier'],
  ['autoencoder', 'decoder'],
  ['vae', 'encoder'],
  ['gan', 'discriminator'],
  ['diffusion', 'denoiser'],
  ['conditional flow matching', 'denoiser'],
])('%s without its network %s', (name, network) => {
  it('names the network and what it is for', () => {
    const { [network]: _, ...others } = familyNamed(name).networks;
    const missing = found({ ...familyNamed(name), networks: others });
    expect(missing.map((issue) => issue.message)).toEqual([expect.stringContaining(`needs a network '${network}': `)]);
  });
});

describe('an output of another shape than the family needs', () => {
  it.each([
    [
      'classifier',
      'classifier',
      dense({ x: 'data' }, 5),
      '[N, 5], expected [N, 8]: one score for each class of the data',
    ],
    [
      'autoencoder',
      'decoder',
      dense({ z: 'latent' }, 3),
      '[N, 3], expected [N, 2]: the decoder must give what the encoder was given',
    ],
    [
      'vae',
      'decoder',
      dense({ z: 'latent' }, 3),
      '[N, 3], expected [N, 2]: the decoder must give what the encoder was given',
    ],
    [
      'gan',
      'generator',
      dense({ z: 'latent' }, 3),
      '[N, 3], expected [N, 2]: the generator must give samples shaped like the data',
    ],
    [
      'diffusion',
      'denoiser',
      dense({ x: 'data' }, 4),
      '[N, 4], expected [N, 2]: the prediction must be shaped like the data',
    ],
  ])('of the %s’s %s is reported', (name, network, changed, words) => {
    expect(found(having(name, { [network]: changed }))).toEqual([
      { severity: 'error', path: `networks.${network}.layers`, message: `network '${network}' gives ${words}` },
    ]);
  });

  it('of the two moments of a VAE is reported', () => {
    const layers = [
      { id: 'mean', type: 'dense', units: 2, inputs: ['x'] },
      { id: 'spread', type: 'dense', units: 3, inputs: ['x'] },
    ];
    const encoder = { inputs: { x: 'data' }, layers, outputs: ['mean', 'spread'] };
    expect(found(having('vae', { encoder })).map((issue) => issue.message)).toEqual([
      "network 'encoder' gives [N, 3], expected [N, 2]: the log-variance must be shaped like the mean",
    ]);
  });

  it('of a VAE’s encoder with one output is reported', () => {
    expect(found(having('vae', { encoder: dense({ x: 'data' }, 2) }))).toEqual([
      {
        severity: 'error',
        path: 'networks.encoder',
        message: "network 'encoder' must have two outputs, the mean and the log-variance; found 1",
      },
    ]);
  });

  it('is not to be had of a discriminator: it may score a sample in several places', () => {
    const layers: Json = [
      { type: 'reshape', shape: [2, 1] },
      { type: 'dense', units: 3 },
    ];
    expect(found(having('gan', { discriminator: { inputs: { x: 'data' }, layers } }))).toEqual([]);
  });
});

describe('an input of a kind the family does not give', () => {
  it.each([
    ['classifier', 'classifier', 'latent'],
    ['vae', 'decoder', 'time'],
    ['gan', 'generator', 'data'],
    ['diffusion', 'denoiser', 'latent'],
  ])('is reported: %s, %s from %s', (name, network, kind) => {
    const issues = found(having(name, { [network]: dense({ wrong: kind }, 2) }));
    expect(issues).toContainEqual({
      severity: 'error',
      path: `networks.${network}.inputs.wrong`,
      message: expect.stringContaining(`input 'wrong' of network '${network}' asks for ${kind}`) as string,
    });
  });
});

describe('labels', () => {
  const checkerboard = { data: { source: 'builtin:points/checkerboard', batchSize: 64 } };

  it.each([
    ['conditional vae', ['encoder', 'decoder']],
    ['conditional gan', ['generator', 'discriminator']],
    ['conditional diffusion', ['denoiser']],
    ['conditional flow matching', ['denoiser']],
  ])('of a %s need data with classes', (name, networks) => {
    const messages = found(familyNamed(name), checkerboard).map((issue) => issue.message);
    for (const network of networks)
      expect(messages).toContain(`network '${network}' takes a label, but the data has no classes`);
  });

  it('are what a classifier needs, and that is all that is said', () => {
    expect(found(familyNamed('classifier'), checkerboard)).toEqual([
      {
        severity: 'error',
        path: 'data.source',
        message: 'a classifier needs data with classes, and this data has none',
      },
    ]);
  });

  const embedded = (layer: Json): Json => ({
    inputs: { data: 'data', time: 'time', label: 'label' },
    layers: [layer, { type: 'concatenate', inputs: ['data', 'e'] }, { type: 'dense', units: 2 }],
  });

  it.each([
    [
      { id: 'e', type: 'embedding', inputDim: 8, outputDim: 2, inputs: ['label'] },
      "embedding 'e' has 8 rows, expected 9",
    ],
    [
      { id: 'e', type: 'classEmbedding', classes: 5, outputDim: 2, inputs: ['label'] },
      "classEmbedding 'e' has 6 rows, expected 9",
    ],
  ])('need a row each in their embedding, and one for no label where labels are hidden', (layer, words) => {
    expect(found(having('conditional diffusion', { denoiser: embedded(layer) }))).toEqual([
      { severity: 'error', path: 'networks.denoiser.layers.0', message: expect.stringContaining(words) as string },
    ]);
  });

  it('need no row for no label where none is hidden', () => {
    const family = having('conditional diffusion', {
      denoiser: embedded({ id: 'e', type: 'embedding', inputDim: 8, outputDim: 2, inputs: ['label'] }),
    });
    expect(found({ ...family, task: { ...family.task, labelDropout: 0 } })).toEqual([]);
  });

  it('that only one side of a GAN sees are warned of', () => {
    const { generator, discriminator } = familyNamed('gan').networks;
    const warning = (taker: string, other: string) => [
      {
        severity: 'warning',
        path: `networks.${taker}.inputs`,
        message: `network '${taker}' takes a label, but '${other}' does not: samples will not follow their labels`,
      },
    ];
    expect(found(having('conditional gan', { discriminator }))).toEqual(warning('generator', 'discriminator'));
    expect(found(having('conditional gan', { generator }))).toEqual(warning('discriminator', 'generator'));
  });
});

describe('a predicted noise under the cosine schedule', () => {
  const task = { type: 'diffusion', schedule: 'cosine' };

  it('is warned of where nothing cuts the sample to a range: the last step divides by a signal of about 5e-5', () => {
    const [warning, ...others] = found({ ...familyNamed('diffusion'), task });
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ severity: 'warning', path: 'task.prediction' });
    expect(noiseSchedule('cosine', 1000).signal[999]).toBeLessThan(1e-4);
  });

  it('is fine with the linear schedule, and other predictions with both', () => {
    expect(found({ ...familyNamed('diffusion'), task: { ...task, schedule: 'linear' } })).toEqual([]);
    expect(found({ ...familyNamed('diffusion'), task: { ...task, prediction: 'sample' } })).toEqual([]);
  });
});

describe('a loss for values in [0, 1]', () => {
  it.each([
    [
      'vae',
      { type: 'vae' },
      'likelihood',
      "likelihood 'bernoulli' is for values from 0 to 1, found coordinates of points",
    ],
    [
      'autoencoder',
      { type: 'autoencoder', loss: 'binaryCrossEntropy' },
      'loss',
      "loss 'binaryCrossEntropy' is for values from 0 to 1, found coordinates of points",
    ],
  ])('is refused over points: %s', (name, task, field, message) => {
    expect(found({ ...familyNamed(name), task })).toEqual([{ severity: 'error', path: `task.${field}`, message }]);
  });

  it('is right for pictures', () => {
    const flat = (units: number): Json => ({
      inputs: { x: 'data' },
      layers: [{ type: 'flatten' }, { type: 'dense', units }],
    });
    const decoder: Json = {
      inputs: { z: 'latent' },
      layers: [
        { type: 'dense', units: 784 },
        { type: 'reshape', shape: [1, 28, 28] },
      ],
    };
    const family: FamilyCase = {
      name: 'pictures',
      task: { type: 'autoencoder', loss: 'binaryCrossEntropy' },
      networks: { encoder: flat(4), decoder },
    };
    expect(found(family, { data: { source: 'builtin:glyphs' } })).toEqual([]);
  });
});
