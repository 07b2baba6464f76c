/** A graph builder with one method an operator, so that layers, losses and gradient rules read as formulas. */
import { GraphBuilder } from '../graph/builder.ts';
import { staticShape, type Attributes, type Node, type Value } from '../graph/graph.ts';
import type { OpType } from '../graph/instruction-set.ts';
import { scalarTensor, tensorOf, type DType } from '../tensor/tensor.ts';
import type { OptimisationName, Without } from './optimisations.ts';
import { inferTypes } from './types.ts';

/** ONNX's numbers for element types (TensorProto.DataType). */
export const onnxDataType: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** Padding, stride and the like of a convolution or pooling window, one number an axis (pads: begins, then ends). */
export interface Window {
  readonly kernel?: readonly number[];
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
}

const windowAttributes = (window: Window): Attributes => ({
  ...(window.kernel && { kernel_shape: window.kernel }),
  ...(window.strides && { strides: window.strides }),
  ...(window.pads && { pads: window.pads }),
  ...(window.dilations && { dilations: window.dilations }),
});

/** Nodes that have a gradient of their own: `differentiate` takes them as one, unless a gradient reaches what is within. */
export interface OwnGradient {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  /** Adds the gradients in the inputs, from those in the outputs (null where none flows). */
  readonly gradient: (
    gradients: readonly (Value | null)[],
    wanted: (index: number) => boolean,
  ) => readonly (Value | null)[];
}

/** `number` operands become scalar constants of the other operand's type. */
export type Operand = Value | number;

export class OpBuilder extends GraphBuilder {
  /** Values no gradient flows through: `differentiate` treats them as constants. */
  readonly barriers = new Set<Value>();
  /** By the last node of each. */
  readonly ownGradients = new Map<Node, OwnGradient>();

  readonly #without: Without;

  /** @param without optimisations that gradient rules are to do without. */
  constructor(name: string, without: Without = new Set()) {
    super(name, inferTypes);
    this.#without = without;
  }

  /** Whether a rule may use the form of this name. */
  uses(optimisation: OptimisationName): boolean {
    return !this.#without.has(optimisation);
  }

  // --- element by element ---
  unary(op: OpType, x: Value, attributes: Attributes = {}): Value {
    return this.emit(op, [x], attributes);
  }
  /** `x` as a constant to every later `differentiate`. */
  stopGradient(x: Value): Value {
    const stopped = this.emit('Identity', [x]);
    this.barriers.add(stopped);
    return stopped;
  }
  /**
   * The values `body` makes of `inputs`, differentiated as a whole by the gradient it gives beside them. Everything they
   * depend on is among the inputs. Derivatives of that gradient go through the nodes one by one.
   */
  withGradient(inputs: readonly Value[], body: () => Pick<OwnGradient, 'outputs' | 'gradient'>): readonly Value[] {
    const first = this.nodes.length;
    const { outputs, gradient } = body();
    const nodes = this.nodes.slice(first);
    const last = nodes.at(-1);
    if (last) this.ownGradients.set(last, { inputs, outputs, nodes, gradient });
    return outputs;
  }
  neg(x: Value): Value {
    return this.emit('Neg', [x]);
  }
  abs(x: Value): Value {
    return this.emit('Abs', [x]);
  }
  sign(x: Value): Value {
    return this.emit('Sign', [x]);
  }
  exp(x: Value): Value {
    return this.emit('Exp', [x]);
  }
  log(x: Value): Value {
    return this.emit('Log', [x]);
  }
  sqrt(x: Value): Value {
    return this.emit('Sqrt', [x]);
  }
  square(x: Value): Value {
    return this.emit('Mul', [x, x]);
  }
  reciprocal(x: Value): Value {
    return this.emit('Reciprocal', [x]);
  }
  sin(x: Value): Value {
    return this.emit('Sin', [x]);
  }
  cos(x: Value): Value {
    return this.emit('Cos', [x]);
  }
  tanh(x: Value): Value {
    return this.emit('Tanh', [x]);
  }
  sigmoid(x: Value): Value {
    return this.emit('Sigmoid', [x]);
  }
  relu(x: Value): Value {
    return this.emit('Relu', [x]);
  }
  softplus(x: Value): Value {
    return this.emit('Softplus', [x]);
  }
  erf(x: Value): Value {
    return this.emit('Erf', [x]);
  }
  floor(x: Value): Value {
    return this.emit('Floor', [x]);
  }
  not(x: Value): Value {
    return this.emit('Not', [x]);
  }
  cast(x: Value, to: DType): Value {
    return x.type.dtype === to ? x : this.emit('Cast', [x], { to: onnxDataType[to] });
  }
  add(a: Operand, b: Operand): Value {
    return this.#binary('Add', a, b);
  }
  sub(a: Operand, b: Operand): Value {
    return this.#binary('Sub', a, b);
  }
  mul(a: Operand, b: Operand): Value {
    return this.#binary('Mul', a, b);
  }
  div(a: Operand, b: Operand): Value {
    return this.#binary('Div', a, b);
  }
  pow(a: Operand, b: Operand): Value {
    return this.#binary('Pow', a, b);
  }
  min(a: Operand, b: Operand): Value {
    return this.#binary('Min', a, b);
  }
  max(a: Operand, b: Operand): Value {
    return this.#binary('Max', a, b);
  }
  equal(a: Operand, b: Operand): Value {
    return this.#binary('Equal', a, b);
  }
  greater(a: Operand, b: Operand): Value {
    return this.#binary('Greater', a, b);
  }
  greaterOrEqual(a: Operand, b: Operand): Value {
    return this.#binary('GreaterOrEqual', a, b);
  }
  less(a: Operand, b: Operand): Value {
    return this.#binary('Less', a, b);
  }
  where(condition: Value, a: Operand, b: Operand): Value {
    const dtype = typeof a === 'number' ? (typeof b === 'number' ? 'float32' : b.type.dtype) : a.type.dtype;
    return this.emit('Where', [condition, this.#operand(a, dtype), this.#operand(b, dtype)]);
  }
  clip(x: Value, low: number, high: number): Value {
    return this.emit('Clip', [x, this.#operand(low, x.type.dtype), this.#operand(high, x.type.dtype)]);
  }

  // --- reductions: no axes means all of them ---
  reduceSum(x: Value, axes?: readonly number[], keepdims = false): Value {
    return this.reduce('ReduceSum', x, axes, keepdims);
  }
  reduceMean(x: Value, axes?: readonly number[], keepdims = false): Value {
    return this.reduce('ReduceMean', x, axes, keepdims);
  }
  reduceMax(x: Value, axes?: readonly number[], keepdims = false): Value {
    return this.reduce('ReduceMax', x, axes, keepdims);
  }
  reduce(op: OpType, x: Value, axes?: readonly number[], keepdims = false): Value {
    return this.emit(op, axes ? [x, this.ints(axes)] : [x], { keepdims: keepdims ? 1 : 0 });
  }
  argMax(x: Value, axis: number): Value {
    return this.emit('ArgMax', [x], { axis, keepdims: 0 });
  }
  softmax(x: Value, axis = -1): Value {
    return this.emit('Softmax', [x], { axis });
  }
  logSoftmax(x: Value, axis = -1): Value {
    return this.emit('LogSoftmax', [x], { axis });
  }

  // --- matrices, convolution, pooling ---
  matMul(a: Value, b: Value): Value {
    return this.emit('MatMul', [a, b]);
  }
  /** 2-D a·b (+ c), either operand transposed without a copy. */
  gemm(
    a: Value,
    b: Value,
    c: Value | null = null,
    options: { transA?: boolean; transB?: boolean; alpha?: number } = {},
  ): Value {
    const attributes = { transA: options.transA ? 1 : 0, transB: options.transB ? 1 : 0, alpha: options.alpha ?? 1 };
    return this.emit('Gemm', c ? [a, b, c] : [a, b], attributes);
  }
  /** Batched a·b, either operand's last two axes transposed without a copy. */
  fusedMatMul(a: Value, b: Value, options: { transA?: boolean; transB?: boolean; alpha?: number } = {}): Value {
    const attributes = { transA: options.transA ? 1 : 0, transB: options.transB ? 1 : 0, alpha: options.alpha ?? 1 };
    return this.emit('FusedMatMul', [a, b], attributes);
  }
  conv(x: Value, weight: Value, bias: Value | null, window: Window & { group?: number } = {}): Value {
    return this.emit('Conv', bias ? [x, weight, bias] : [x, weight], {
      ...windowAttributes(window),
      group: window.group ?? 1,
    });
  }
  convTranspose(
    x: Value,
    weight: Value,
    bias: Value | null,
    window: Window & { group?: number; outputPadding?: readonly number[] } = {},
  ): Value {
    return this.emit('ConvTranspose', bias ? [x, weight, bias] : [x, weight], {
      ...windowAttributes(window),
      group: window.group ?? 1,
      ...(window.outputPadding && { output_padding: window.outputPadding }),
    });
  }
  /** The largest value of each window, and where it stood (an index into the whole flattened input). */
  maxPool(x: Value, window: Window): { readonly output: Value; readonly indices: Value } {
    const [output, indices] = this.emitMany('MaxPool', [x], windowAttributes(window), 2);
    return { output, indices };
  }
  averagePool(x: Value, window: Window, countIncludePad = false): Value {
    return this.emit('AveragePool', [x], { ...windowAttributes(window), count_include_pad: countIncludePad ? 1 : 0 });
  }

  // --- shape and place ---
  /** The shape as a 1-D int64 value: a constant where it is known. */
  shapeOf(x: Value): Value {
    const shape = staticShape(x.type.shape);
    return shape ? this.ints(shape) : this.emit('Shape', [x]);
  }
  /** −1 infers one dimension, 0 keeps the input's at that place. */
  reshape(x: Value, shape: readonly number[] | Value): Value {
    return this.emit('Reshape', [x, 'type' in shape ? shape : this.ints(shape)]);
  }
  reshapeLike(x: Value, like: Value): Value {
    return this.emit('Reshape', [x, this.shapeOf(like)]);
  }
  transpose(x: Value, perm: readonly number[]): Value {
    return this.emit('Transpose', [x], { perm });
  }
  expand(x: Value, shape: Value): Value {
    return this.emit('Expand', [x, shape]);
  }
  expandLike(x: Value, like: Value): Value {
    return this.emit('Expand', [x, this.shapeOf(like)]);
  }
  unsqueeze(x: Value, axes: readonly number[]): Value {
    return this.emit('Unsqueeze', [x, this.ints(axes)]);
  }
  squeeze(x: Value, axes: readonly number[]): Value {
    return this.emit('Squeeze', [x, this.ints(axes)]);
  }
  concat(values: readonly Value[], axis: number): Value {
    return values.length === 1 ? values[0] : this.emit('Concat', values, { axis });
  }
  split(x: Value, sizes: readonly number[], axis: number): readonly Value[] {
    return this.emitMany('Split', [x, this.ints(sizes)], { axis }, sizes.length);
  }
  slice(
    x: Value,
    starts: readonly number[],
    ends: readonly number[],
    axes: readonly number[],
    steps?: readonly number[],
  ): Value {
    const inputs = [x, this.ints(starts), this.ints(ends), this.ints(axes)];
    return this.emit('Slice', steps ? [...inputs, this.ints(steps)] : inputs);
  }
  /** The elements of `axes` in the opposite order. */
  reverse(x: Value, axes: readonly number[]): Value {
    const back = axes.map(() => -1);
    return this.slice(
      x,
      back,
      axes.map(() => Number.MIN_SAFE_INTEGER),
      axes,
      back,
    );
  }
  /** Pads with a constant: one number an axis, begins then ends. */
  pad(x: Value, pads: readonly number[], value = 0): Value {
    return this.emit('Pad', [x, this.ints(pads), this.#operand(value, x.type.dtype)], { mode: 'constant' });
  }
  gather(x: Value, indices: Value, axis = 0): Value {
    return this.emit('Gather', [x, indices], { axis });
  }
  /** `data` with each update put in where the index points, as ONNX ScatterND; indices must not repeat. */
  scatterND(data: Value, indices: Value, updates: Value): Value {
    return this.emit('ScatterND', [data, indices, updates], { reduction: 'none' });
  }
  /** `data` with each update put (or summed) in at its index along `axis`, as ONNX ScatterElements. */
  scatterElements(
    data: Value,
    indices: Value,
    updates: Value,
    axis: number,
    reduction: 'none' | 'add' = 'none',
  ): Value {
    return this.emit('ScatterElements', [data, indices, updates], { axis, reduction });
  }
  /** Zeros of a shape given as a 1-D int64 value. */
  zerosOf(shape: Value, dtype: DType): Value {
    return this.emit('ConstantOfShape', [shape], { value: tensorOf(dtype, [1], [0]) });
  }
  /** One-hot rows of float32 along a new last axis. */
  oneHot(indices: Value, depth: number): Value {
    const values = this.constant(tensorOf('float32', [2], [0, 1]));
    return this.emit('OneHot', [indices, this.constant(scalarTensor('int64', depth)), values], { axis: -1 });
  }
  /** Every element repeated along each axis as often as its whole-number scale says. */
  resizeNearest(x: Value, scales: readonly number[]): Value {
    const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    return this.emit('Resize', [x, null, this.constant(tensorOf('float32', [scales.length], scales))], attributes);
  }
  /** A value of `x`'s shape filled with one number. */
  fillLike(x: Value, value: number): Value {
    const filler = tensorOf(x.type.dtype, [1], [value]);
    return this.emit('ConstantOfShape', [this.shapeOf(x)], { value: filler });
  }
  zerosLike(x: Value): Value {
    return this.fillLike(x, 0);
  }

  #binary(op: OpType, a: Operand, b: Operand): Value {
    const dtype = typeof a === 'number' ? (typeof b === 'number' ? 'float32' : b.type.dtype) : a.type.dtype;
    return this.emit(op, [this.#operand(a, dtype), this.#operand(b, dtype)]);
  }

  #operand(x: Operand, dtype: DType): Value {
    return typeof x === 'number' ? this.scalar(x, dtype) : x;
  }
}
