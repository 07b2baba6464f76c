/** Documents of a given number of layers, of the three shapes that grow large: dense stacks, residual convolutions, U-Nets. */

type Layer = Readonly<Record<string, unknown>>;

export interface LargeDocument {
  readonly name: string;
  readonly text: string;
}

/** One document a shape, each of exactly `layers` layers. @param layers at least 40. */
export function largeDocuments(layers: number): readonly LargeDocument[] {
  return [
    { name: 'dense stack', text: classifier(denseStack(layers)) },
    { name: 'residual convolutions', text: classifier(residualConvolutions(layers)) },
    { name: 'u-net', text: denoiser(uNet(layers)) },
  ];
}

const optimizer = { type: 'adam', learningRate: 0.001 } as const;

function classifier(layers: readonly Layer[]): string {
  return JSON.stringify({
    lathe: 1,
    name: 'Large classifier',
    data: { source: 'builtin:glyphs', batchSize: 8 },
    task: { type: 'classifier' },
    networks: { classifier: { inputs: { x: 'image' }, layers } },
    training: { steps: 2, optimizer },
  });
}

function denoiser(layers: readonly Layer[]): string {
  return JSON.stringify({
    lathe: 1,
    name: 'Large denoiser',
    data: { source: 'builtin:glyphs', batchSize: 4 },
    task: { type: 'diffusion', prediction: 'noise', schedule: 'cosine', timesteps: 100 },
    networks: { denoiser: { inputs: { x: 'image', t: 'time' }, layers } },
    training: { steps: 2, optimizer },
  });
}

const repeat = (count: number, make: (index: number) => readonly Layer[]): readonly Layer[] =>
  Array.from({ length: Math.max(0, count) }, (_, index) => make(index)).flat();

function denseStack(layers: number): readonly Layer[] {
  const hidden = repeat(layers - 2, (index) => [
    { id: `hidden${index}`, type: 'dense', units: 32, activation: 'relu' },
  ]);
  return [{ type: 'flatten' }, ...hidden, { id: 'logits', type: 'dense', units: 10 }];
}

/** Blocks of convolution, normalisation, ReLU, convolution, normalisation, sum. */
function residualConvolutions(layers: number): readonly Layer[] {
  const opening = [
    { type: 'conv2d', filters: 8, kernelSize: 3, strides: 4 },
    { id: 'sum0', type: 'batchNormalization' },
  ];
  const closing = [{ type: 'flatten' }, { id: 'logits', type: 'dense', units: 10 }];
  const room = layers - opening.length - closing.length;
  const blocks = Math.floor(room / 6);
  const padding = repeat(room - 6 * blocks, () => [{ type: 'activation', activation: 'relu' }]);
  const body = repeat(blocks, (index) => [
    { type: 'conv2d', filters: 8, kernelSize: 3 },
    { type: 'batchNormalization' },
    { type: 'activation', activation: 'relu' },
    { type: 'conv2d', filters: 8, kernelSize: 3 },
    { id: `normal${index}`, type: 'batchNormalization' },
    { id: `sum${index + 1}`, type: 'add', inputs: [`normal${index}`, `sum${index}`] },
  ]);
  return [...opening, ...body, ...padding, ...closing];
}

/** Two levels: normalised convolutions with sums on the way down, concatenations with them on the way up, time in between. */
function uNet(layers: number): readonly Layer[] {
  const opening = [
    { id: 'when', type: 'timeEmbedding', dimension: 16, units: 16, inputs: ['t'] },
    { id: 'down0', type: 'conv2d', filters: 8, kernelSize: 3, strides: 2, inputs: ['x'] },
  ];
  const middle = [
    { id: 'timed', type: 'residualBlock', filters: 8, inputs: ['low', 'when'] },
    { id: 'look', type: 'selfAttention2d', heads: 1 },
  ];
  const closing = [
    { type: 'upsampling2d' },
    { type: 'groupNormalization', groups: 4 },
    { id: 'noise', type: 'conv2d', filters: 1, kernelSize: 3 },
  ];
  const low = { id: 'low', type: 'groupNormalization', groups: 4 };
  const room = layers - opening.length - middle.length - closing.length - 1;
  const blocks = Math.floor(room / 8);
  const down = repeat(blocks, (index) => [
    { type: 'groupNormalization', groups: 4, inputs: [`down${index}`] },
    { type: 'activation', activation: 'silu' },
    { id: `conv${index}`, type: 'conv2d', filters: 8, kernelSize: 3 },
    { id: `down${index + 1}`, type: 'add', inputs: [`conv${index}`, `down${index}`] },
  ]);
  const up = repeat(blocks, (index) => [
    { type: 'concatenate', inputs: [index === 0 ? 'look' : `up${index}`, `down${blocks - index}`] },
    { type: 'conv2d', filters: 8, kernelSize: 1 },
    { type: 'groupNormalization', groups: 4 },
    { id: `up${index + 1}`, type: 'activation', activation: 'silu' },
  ]);
  const padding = repeat(room - 8 * blocks, () => [{ type: 'activation', activation: 'silu' }]);
  return [...opening, ...down, low, ...middle, ...up, ...padding, ...closing];
}
