/** Every optimisation by name: why it is there. Each can be switched off, so that its worth can be measured and its results checked. */

/**
 * - `pass`: rewrites the finished graph.
 * - `form`: how a gradient rule or the optimizer writes its formula; without it, the plain form.
 * - `session`: how the engine is set to run the graph.
 */
export type OptimisationKind = 'pass' | 'form' | 'session';

export interface Optimisation {
  readonly kind: OptimisationKind;
  readonly reason: string;
}

export const optimisations = {
  'fold-constants': {
    kind: 'pass',
    reason: 'What depends on no input is computed once, while the graph is built.',
  },
  simplify: {
    kind: 'pass',
    reason: 'Gradient rules leave additions of 0, products with 1 and reshapes that cancel.',
  },
  'merge-repetitions': {
    kind: 'pass',
    reason: 'What is computed twice from the same values is computed once.',
  },
  'shrink-work': {
    kind: 'pass',
    reason: 'Element-by-element work before an Expand or after a sum touches fewer elements.',
  },
  'sum-by-product': {
    kind: 'pass',
    reason: 'A sum over the first axis takes a product with ones a tenth of the time once there are two threads.',
  },
  'silu-gradient': {
    kind: 'pass',
    reason: 'From its result the gradient of SiLU takes four passes instead of six, and its input need not be kept.',
  },
  'pooled-rectifier': {
    kind: 'pass',
    reason: 'Of a rectified image that is pooled, the mask of the pooled one tells the same at a quarter of the size.',
  },
  'transposed-products': {
    kind: 'form',
    reason: 'Gradients of matrix products read an operand transposed instead of copying it.',
  },
  'relu-mask': {
    kind: 'form',
    reason: 'Casting to truth values and back takes half the time of comparing and selecting.',
  },
  'leaky-slope': {
    kind: 'form',
    reason: 'Multiplying by a huge number and cutting off runs on all threads; selecting between two numbers does not.',
  },
  'max-pool-tiles': {
    kind: 'form',
    reason: 'Comparing with the repeated largest value is vectorised, MaxPool with indices and MaxUnpool are not.',
  },
  'max-pool-indices': {
    kind: 'form',
    reason:
      'Where windows overlap, MaxPool tells where the largest stood; without it every place of a window is compared.',
  },
  'group-moments': {
    kind: 'form',
    reason: 'Written out, the gradient of normalised groups reads the image five times instead of nine.',
  },
  'convolution-input': {
    kind: 'form',
    reason: 'With stride 1 the input gradient is a convolution with the flipped kernel, faster than a transposed one.',
  },
  'convolution-weights': {
    kind: 'form',
    reason:
      'The shapes choose the form of the weight gradient, so that columns of every tap are laid out only where they are few.',
  },
  'shifted-copies': {
    kind: 'form',
    reason: 'A convolution that copies makes the columns of large images on all threads; slices are made on one.',
  },
  'sliding-gradients': {
    kind: 'form',
    reason: 'A convolution of one image with the other never writes the columns of all taps, many times an image.',
  },
  'packed-updates': {
    kind: 'form',
    reason:
      'Small parameters are updated many at once: a dozen nodes and two tensors for each take longer than their numbers.',
  },
  'blocked-convolutions': {
    kind: 'session',
    reason:
      'Convolutions take two thirds of the time on channels in blocks, also when image and weights are reordered each time.',
  },
  'blocked-images': {
    kind: 'session',
    reason:
      'What lies between convolutions is done on blocks too: images are not reordered back and forth, and pooling is vectorised.',
  },
  'sides-ahead': {
    kind: 'session',
    reason:
      'Places that meet padding at the sides are worked out one by one, with the whole kernel read for each: it is laid out first.',
  },
  'updates-first': {
    kind: 'session',
    reason:
      'A layer updated before the gradients of the layers before it lets go of what it kept, which is still in the caches.',
  },
  'piecewise-memory': {
    kind: 'session',
    reason:
      'A plan for one block of memory would hold it beside all that the first run, which had no plan, took piece by piece.',
  },
  'uncopied-results': {
    kind: 'session',
    reason:
      'What ONNX Runtime wrote into our buffers its package for Node copies once more: a fifth of a step of a small network.',
  },
  'fewer-rewrites': {
    kind: 'session',
    reason:
      'Rewrites of quantised and half-precision graphs find nothing, and take a quarter of the start of a large model.',
  },
  'plain-layout': {
    kind: 'session',
    reason:
      'Weights that change cannot be laid out in blocks ahead, so blocks would be reordered before and after each pooling.',
  },
} as const satisfies Readonly<Record<string, Optimisation>>;

export type OptimisationName = keyof typeof optimisations;

/** The optimisations to leave out; none when empty. */
export type Without = ReadonlySet<OptimisationName>;
