import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Dim } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { weightGradient, type WeightForm } from '../../../core/ops/gradients/convolution-weights.ts';
import { slidingWalk } from '../../../core/ops/gradients/walk.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, tensorOf, type Shape } from '../../../core/tensor/tensor.ts';
import { relativeError } from './gradient-check.ts';

interface Layer {
  readonly name: string;
  readonly x: Shape;
  readonly kernel: Shape;
  readonly outputs: number;
  readonly window: {
    readonly strides?: readonly number[];
    readonly pads?: readonly number[];
    readonly dilations?: readonly number[];
  };
}

const layers: readonly Layer[] = [
  { name: '3x3, padded', x: [2, 2, 4, 5], kernel: [3, 3], outputs: 3, window: { pads: [1, 1, 1, 1] } },
  { name: 'stride 2 that leaves a rest', x: [2, 3, 6, 5], kernel: [3, 2], outputs: 2, window: { strides: [2, 2] } },
  {
    name: 'dilation, asymmetric padding',
    x: [1, 2, 5, 6],
    kernel: [2, 3],
    outputs: 2,
    window: { dilations: [2, 1], pads: [1, 0, 0, 2] },
  },
  { name: 'one axis', x: [3, 2, 7], kernel: [3], outputs: 2, window: { strides: [2], pads: [1, 1] } },
];

function draw(stream: string, shape: Shape) {
  const data = new Float64Array(shape.reduce((size, dim) => size * dim, 1));
  new RandomStream(5, stream).fillNormal(data);
  return tensorOf('float64', shape, data);
}

/** The weight gradient in one form, and the gradient of half its squared norm in x and dy. */
function computed({ x, kernel, outputs, window }: Layer, form: WeightForm, batch: Dim = 'N'): number[] {
  const b = new OpBuilder(form);
  const input = b.input('x', 'float64', [batch, ...x.slice(1)]);
  const walk = slidingWalk(window, input, kernel);
  const dy = b.input('dy', 'float64', [batch, outputs, ...walk.output]);
  const gradient = weightGradient(b, input, dy, walk, 1, form);
  const again = differentiate(b, gradients, b.mul(b.reduceSum(b.square(gradient)), 0.5), [input, dy]);
  [gradient, ...again].forEach((value, index) => b.output(`${index}`, value));
  const feeds = new Map([
    ['x', draw('x', x)],
    ['dy', draw('dy', [x[0], outputs, ...walk.output])],
  ]);
  return [...evaluateGraph(b.build(), feeds).values()].flatMap(numbersOf);
}

describe('every form of the weight gradient gives the same numbers, and so do its own gradients', () => {
  for (const layer of layers) {
    it.each(['shifts', 'columns', 'images', 'rows'] as const)(`${layer.name}: %s`, (form) => {
      expect(relativeError(computed(layer, form), computed(layer, 'positions'))).toBeLessThan(1e-12);
    });
  }

  const sliding: readonly Layer[] = [
    ...layers.filter(({ name }) => !name.includes('rest')),
    {
      name: 'fewer outputs than channels',
      x: [2, 5, 9, 8],
      kernel: [3, 3],
      outputs: 2,
      window: { pads: [1, 1, 1, 1] },
    },
    { name: 'images larger than results', x: [2, 1, 9, 8], kernel: [3, 3], outputs: 2, window: { pads: [1, 1, 1, 1] } },
    {
      name: 'stride 2, 4x4',
      x: [2, 2, 6, 8],
      kernel: [4, 4],
      outputs: 3,
      window: { strides: [2, 2], pads: [1, 1, 1, 1] },
    },
  ];
  it.each(sliding)('$name: slides', (layer) => {
    expect(relativeError(computed(layer, 'slides', layer.x[0]), computed(layer, 'positions'))).toBeLessThan(1e-12);
  });
});
