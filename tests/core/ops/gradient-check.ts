/** Checks gradient graphs against central finite differences, in double precision with the reference interpreter. */
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import { staticShape, type Dim, type Graph, type Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, sizeOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';

/** A differentiable input. Values are distinct and away from 0 unless told otherwise. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** `apart`: within ±1.5; `positive`: 0.5 to 2.5; or the values themselves. */
  readonly values?: 'apart' | 'positive' | readonly number[];
  /** The first axis is the batch `'N'` in the symbolic form of the case. */
  readonly batch?: boolean;
}

export interface GradientCase {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  /** Returns the outputs that the loss sums up with random weights. */
  readonly build: (b: OpBuilder, inputs: readonly Value[]) => Value | readonly Value[];
  /** false: the second derivative is not checked, for the reason in the case's name. */
  readonly second?: false;
}

/** loss = Σ weights·outputs; probe = Σ ½‖gradient‖² + direction·gradient, whose gradient needs second derivatives. */
export interface GradientProgram {
  /** Gives `loss` and `probe` only: cheap to evaluate many times. */
  readonly scalars: Graph;
  /** Also gives `first/<input>` and `second/<input>`. */
  readonly whole: Graph;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly differentiated: readonly string[];
}

type Float = 'float32' | 'float64';

function valuesOf({ shape, values = 'apart' }: InputSpec, index: number): number[] {
  if (typeof values !== 'string') return [...values];
  const size = sizeOf(shape);
  const order = [...new RandomStream(7 + index, 'order').bits(size)]
    .map((key, place) => ({ key, place }))
    .toSorted((a, c) => a.key - c.key);
  const unit = order.map(({ place }) => (place + 0.5 + 0.13 * index) / (size + 0.3 * index));
  return unit.map((value) => (values === 'positive' ? 0.5 + 2 * value : 3 * value - 1.5 || 0.05));
}

function uniform(stream: string, shape: readonly number[], dtype: Float): Tensor {
  const data = new Float64Array(sizeOf(shape));
  new RandomStream(3, stream).fillUniform(data);
  return tensorOf(
    dtype,
    shape,
    data.map((value) => value * 2 - 1),
  );
}

export function gradientProgram(check: GradientCase, dtype: Float, symbolic: boolean): GradientProgram {
  const b = new OpBuilder(check.name);
  const feeds = new Map<string, Tensor>();
  const feed = (name: string, shape: readonly Dim[], tensor: Tensor): Value => {
    feeds.set(name, tensor);
    return b.input(name, dtype, shape);
  };
  const inputs = check.inputs.map((spec, index) => {
    const shape = symbolic && spec.batch ? ['N', ...spec.shape.slice(1)] : spec.shape;
    return feed(`x${index}`, shape, tensorOf(dtype, spec.shape, valuesOf(spec, index)));
  });
  const built = check.build(b, inputs);
  const outputs = 'type' in built ? [built] : built;
  const sizes = outputSizes(check, dtype);
  const weights = outputs.map((output, index) =>
    feed(`weight${index}`, output.type.shape, uniform(`weight${index}`, sizes[index], dtype)),
  );
  const loss = outputs
    .map((output, index) => b.reduceSum(b.mul(output, weights[index])))
    .reduce((sum, term) => b.add(sum, term));
  const first = differentiate(b, gradients, loss, inputs);
  const probes = first.map((gradient, index) => {
    const direction = feed(
      `direction${index}`,
      gradient.type.shape,
      uniform(`direction${index}`, check.inputs[index].shape, dtype),
    );
    return b.reduceSum(b.mul(gradient, b.add(b.mul(gradient, 0.5), direction)));
  });
  const probe = probes.reduce((sum, term) => b.add(sum, term));
  b.output('loss', loss);
  b.output('probe', probe);
  const scalars = b.build();
  const all = [...inputs, ...weights];
  const second = differentiate(b, gradients, probe, all);
  inputs.forEach((input, index) => b.output(`first/${input.name}`, first[index]));
  all.forEach((input, index) => b.output(`second/${input.name}`, second[index]));
  checkTypes(inputs, first);
  checkTypes(all, second);
  return { scalars, whole: b.build(), feeds, differentiated: all.map((input) => input.name) };
}

/** The shapes of the case's outputs, from its static form. */
function outputSizes(check: GradientCase, dtype: Float): (readonly number[])[] {
  const b = new OpBuilder(check.name);
  const built = check.build(
    b,
    check.inputs.map((spec, index) => b.input(`x${index}`, dtype, spec.shape)),
  );
  return ('type' in built ? [built] : built).map((output) => staticShape(output.type.shape) ?? []);
}

function checkTypes(values: readonly Value[], found: readonly Value[]): void {
  values.forEach((value, index) => {
    const [wanted, given] = [value.type.shape.join(), found[index].type.shape.join()];
    if (wanted !== given) throw new Error(`the gradient of '${value.name}' has shape [${given}], not [${wanted}]`);
  });
}

/** ∂output/∂input by central differences: (f(x + h) − f(x − h)) / 2h. */
export function finiteDifference(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  output: string,
  input: string,
): number[] {
  const step = 1e-5;
  const base = feeds.get(input);
  if (!base) throw new Error(`no input '${input}'`);
  const at = (index: number, change: number): number => {
    const moved = tensorOf('float64', base.shape, numbersOf(base));
    moved.data[index] += change;
    return Number(evaluateGraph(graph, new Map([...feeds, [input, moved]])).get(output)?.data[0]);
  };
  return numbersOf(base).map((_, index) => (at(index, step) - at(index, -step)) / (2 * step));
}

/** The largest difference between two lists, relative to their size. */
export function relativeError(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1, ...Array.from(wanted, Math.abs));
  return Math.max(
    0,
    ...Array.from(wanted, (value, index) => Math.abs(found[index] - value) / scale).map((e) =>
      Number.isNaN(e) ? Infinity : e,
    ),
  );
}
