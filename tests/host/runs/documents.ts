/** Tiny documents that train in a moment. */

type Section = Readonly<Record<string, unknown>>;

/** Dense layers that sort points in the plane into clusters. */
export function classifier(
  training: Section,
  layers: readonly Section[] = [{ type: 'dense', units: 16, activation: 'tanh' }],
): string {
  return JSON.stringify({
    lathe: 1,
    name: 'Points',
    data: { source: 'builtin:points/8gaussians', batchSize: 32 },
    task: { type: 'classifier' },
    networks: {
      classifier: { inputs: { x: 'points' }, layers: [...layers, { id: 'scores', type: 'dense', units: 8 }] },
    },
    training: { seed: 5, optimizer: { type: 'sgd', learningRate: 0.05 }, sampleEvery: 100_000, ...training },
  });
}

/** A document with every kind of state and measurement: optimizer slots, moving averages, batch statistics, noise, live scores. */
export function everythingGan(training: Section): string {
  const hidden = { type: 'dense', units: 12, activation: 'leakyRelu' };
  return JSON.stringify({
    lathe: 1,
    name: 'Everything',
    data: { source: 'builtin:points/8gaussians', batchSize: 16 },
    task: { type: 'gan', loss: 'nonSaturating', latentSize: 2 },
    networks: {
      generator: {
        inputs: { z: 'latent' },
        layers: [hidden, { type: 'batchNormalization' }, { type: 'dense', units: 2 }],
      },
      discriminator: {
        inputs: { x: 'points' },
        layers: [hidden, { type: 'dropout', rate: 0.2 }, { type: 'dense', units: 1 }],
      },
    },
    training: {
      seed: 11,
      optimizer: { type: 'adam', learningRate: 0.001, schedule: { type: 'cosine' } },
      ema: { decay: 0.9 },
      scoreCount: 100,
      sampleCount: 4,
      ...training,
    },
  });
}
