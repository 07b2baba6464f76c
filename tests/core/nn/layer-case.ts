/** Builds and runs one layer as layers.json describes it, for comparison with PyTorch. */
import { readFileSync } from 'node:fs';
import type { Graph, Value } from '../../../core/graph/graph.ts';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { applyNetwork, type Network } from '../../../core/nn/network.ts';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import type { Program } from '../../../core/program/program.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import { onnxDataType } from '../../../core/ops/builder.ts';
import { numbersOf, sizeOf, tensorOf, type DType, type Tensor } from '../../../core/tensor/tensor.ts';

export interface LayerCase {
  readonly type: string;
  readonly label: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly training: boolean;
  readonly steps: number;
  readonly spread: number;
  readonly inputs: readonly {
    readonly dtype: 'float32' | 'int64';
    readonly shape: readonly number[];
    readonly data?: readonly number[];
  }[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly buffers: Readonly<Record<string, readonly number[]>>;
  readonly noise: readonly { readonly distribution: 'uniform' | 'normal'; readonly shape: readonly number[] }[];
  readonly output: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly buffersAfter: Readonly<Record<string, readonly number[]>>;
}

export const layerCases = JSON.parse(
  readFileSync(new URL('../../golden/layers.json', import.meta.url), 'utf8'),
) as readonly LayerCase[];

/** `fill` of layers.py. */
export function fill(shape: readonly number[], seed: number): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => ((7 * i * i + 37 * i + 101 * seed) % 1009) / 1009 - 0.5);
}

/** Whether the batch axis has a number or the name `N`. */
export type Batch = 'static' | 'symbolic';

export interface BuiltCase {
  readonly program: Program;
  /** What PyTorch was given, by input name of the program. */
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly output: Value;
}

/**
 * The layer's program, with the gradients of Σ output·weights in every parameter and float input as results; with
 * `penalty` also the sum of the squares of the gradient in the first input, and the gradients of that.
 */
export function buildCase(
  layerCase: LayerCase,
  batch: Batch,
  dtype: 'float32' | 'float64',
  penalty?: 'penalty',
): BuiltCase {
  const p = new ProgramBuilder('layer', new StateRegistry());
  const inputs = layerCase.inputs.map(({ dtype: kind, shape }, index) =>
    p.argument(`input${index}`, kind, batch === 'symbolic' ? ['N', ...shape.slice(1)] : shape),
  );
  const values = new Map(inputs.map((input) => [input.name, input]));
  const [output] = applyNetwork(p, layerNetwork(layerCase), values, { training: layerCase.training });
  if (!output) throw new Error('the layer gave no output');
  p.result('output', output);
  const feeds = new Map<string, Tensor>();
  const parameters = p.usedStates.filter((state) => state.role === 'parameter').map((state) => p.state(state));
  const wrt = [...parameters, ...inputs.filter((input) => input.type.dtype === 'float32')];
  const weights = p.argument('weights', 'float32', output.type.shape);
  const loss = p.b.reduceSum(p.b.mul(output, weights));
  p.result('loss', loss);
  const named = (prefix: string, values: readonly Value[]) => {
    values.forEach((value, index) => p.result(`${prefix}.${wrt[index].name.replace('net/layer/', '')}`, value));
  };
  const first = differentiate(p.b, gradients, loss, wrt);
  named('gradient', first);
  if (penalty) {
    const total = p.b.reduceSum(p.b.square(first[wrt.indexOf(inputs[0])]));
    p.result('penalty', total);
    named('second', differentiate(p.b, gradients, total, wrt));
  }
  const program = p.build();
  let draws = 0;
  for (const input of program.inputs) {
    const given = feedOf(layerCase, input, () => draws++);
    feeds.set(
      input.name,
      input.dtype === 'int64' ? tensorOf('int64', given.shape, given.data) : tensorOf(dtype, given.shape, given.data),
    );
  }
  return { program, feeds, output };
}

export function layerNetwork({ type, fields, inputs }: Pick<LayerCase, 'type' | 'fields' | 'inputs'>): Network {
  const definition = layerTable.get(type);
  if (!definition) throw new Error(`no layer '${type}'`);
  const names = inputs.map((_, index) => `input${index}`);
  const layer = {
    id: 'layer',
    definition,
    config: definition.schema.parse(fields),
    inputs: names,
    bypass: false,
    path: [],
  };
  return {
    name: 'net',
    inputs: new Map(names.map((name) => [name, 'data'])),
    layers: [layer],
    outputs: ['layer'],
    path: [],
  };
}

function feedOf(layerCase: LayerCase, input: Program['inputs'][number], nextDraw: () => number) {
  const { source, name } = input;
  if (source.kind === 'noise') {
    const index = nextDraw();
    const { shape, distribution } = layerCase.noise[index];
    return { shape, data: fill(shape, 80 + index).map((value) => value + (distribution === 'uniform' ? 0.5 : 0)) };
  }
  if (source.kind === 'state') return stateFeed(layerCase, name.replace('net/layer/', ''));
  if (name === 'weights') return { shape: layerCase.output.shape, data: fill(layerCase.output.shape, 99) };
  const index = Number(name.replace('input', ''));
  const { shape, data } = layerCase.inputs[index];
  return { shape, data: data ?? fill(shape, index + 1).map((value) => value * layerCase.spread) };
}

function stateFeed({ parameters, buffers }: LayerCase, name: string) {
  const parameter = Object.keys(parameters).indexOf(name);
  if (parameter >= 0) return { shape: parameters[name], data: fill(parameters[name], 20 + parameter) };
  const data = fill(buffers[name], 60 + Object.keys(buffers).indexOf(name));
  return { shape: buffers[name], data: name.includes('ariance') ? data.map((value) => value + 1) : data };
}

/** Runs the program `steps` times, state fed back, in the precision of its feeds. */
export function runCase(layerCase: LayerCase, { program, feeds }: BuiltCase): ReadonlyMap<string, Tensor> {
  const graph = [...feeds.values()].some((tensor) => tensor.dtype === 'float64')
    ? widened(program.graph)
    : program.graph;
  const current = new Map(feeds);
  let results = evaluateGraph(graph, current);
  for (let step = 1; step < layerCase.steps; step++) {
    feedBack(program, results, current);
    results = evaluateGraph(graph, current);
  }
  return results;
}

/** Puts what a program made of its state where the next run reads it. */
export function feedBack(program: Program, results: ReadonlyMap<string, Tensor>, feeds: Map<string, Tensor>): void {
  for (const { name, target } of program.outputs) {
    const next = results.get(name);
    if (target.kind === 'state' && next) feeds.set(target.state, next);
  }
}

/** The same graph in double precision: constants, casts and fillers too. The scales of Resize stay float32, as ONNX has them. */
export function widened(graph: Graph): Graph {
  const scales = new Set(graph.nodes.flatMap((node) => (node.op === 'Resize' ? (node.inputs[2] ?? []) : [])));
  const initializers = new Map(
    [...graph.initializers].map(([value, tensor]) => [value, scales.has(value) ? tensor : wide(tensor)]),
  );
  const nodes = graph.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, value]) => {
        if (name === 'to' && value === onnxDataType.float32) return [name, onnxDataType.float64];
        return [name, typeof value === 'object' && 'dtype' in value ? wide(value) : value];
      }),
    ),
  }));
  return { ...graph, initializers, nodes };
}

function wide(tensor: Tensor): Tensor<DType> {
  return tensor.dtype === 'float32' ? tensorOf('float64', tensor.shape, numbersOf(tensor)) : tensor;
}
