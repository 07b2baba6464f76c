/** TensorFlow.js's own differentiation of a graph that its interpreter runs: the check of ours. */
// Registers the gradients of TensorFlow.js's operations; its core alone has none.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../../../core/graph/graph.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import { toTf } from '../../../main/host/tensorflow/convert.ts';
import { interpret, planOf } from '../../../main/host/tensorflow/interpret.ts';
import { Operand } from '../../../main/host/tensorflow/kernel.ts';

/** TensorFlow.js knows that `GreaterEqual` has no slope, and of no other comparison. */
function registerFlat(kernelName: string, ...inputs: string[]): void {
  const flat = (x: tf.Tensor) => () => tf.zerosLike(tf.cast(x, 'float32'));
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_, saved) => Object.fromEntries(inputs.map((name, index) => [name, flat(saved[index])])),
  });
}
for (const kernel of ['Greater', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'])
  registerFlat(kernel, 'a', 'b');
registerFlat('LogicalNot', 'x');

interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
}

/**
 * An operation that keeps its result for its gradient copies it, and TensorFlow.js 4.22 writes the copy on its tape before
 * the operation itself: second derivatives then lose the way through the result, without a word. Here the copy comes after.
 */
function repairTape(): void {
  const engine = tf.engine() as unknown as {
    readonly state: { readonly activeTape: TapeNode[] };
    addTapeNode: (kernel: string, inputs: unknown, outputs: readonly tf.Tensor[], ...rest: unknown[]) => void;
  };
  const add = engine.addTapeNode.bind(engine);
  engine.addTapeNode = (kernel, inputs, outputs, ...rest) => {
    add(kernel, inputs, outputs, ...rest);
    const tape = engine.state.activeTape;
    const ids = new Set(outputs.map(({ id }) => id));
    const copy = tape.findIndex((node) => Object.values(node.inputs).some(({ id }) => ids.has(id)));
    if (copy >= 0) tape.splice(copy, 0, ...tape.splice(tape.length - 1, 1));
  };
}
repairTape();

/** The scalar output of a graph as a function of the values named, for TensorFlow.js to differentiate. */
export function scalarOf(
  graph: Graph,
  output: string,
  feeds: ReadonlyMap<string, Tensor>,
  names: readonly string[],
): (...values: tf.Tensor[]) => tf.Scalar {
  const { nodes, results } = planOf(graph, [output]);
  // The tape may ask for any value again: none is freed.
  const plan = { nodes, results, freedAfter: nodes.map(() => []) };
  return (...values) => {
    const known = new Map<Value, Operand>();
    for (const [value, tensor] of graph.initializers) known.set(value, Operand.constant(tensor));
    for (const input of graph.inputs) {
      const at = names.indexOf(input.name);
      const fed = feeds.get(input.name);
      if (at < 0 && !fed) continue;
      known.set(input, at < 0 ? Operand.constant(fed!) : Operand.computed(input.type.dtype, values[at]));
    }
    interpret(plan, known);
    return known.get(results[0])!.tensor as tf.Scalar;
  };
}

/**
 * A scalar plus nothing of every value: TensorFlow.js refuses to tell the slope in what a scalar does not depend on, which
 * is zero.
 */
export const withNothing = (scalar: tf.Tensor, values: readonly tf.Tensor[]): tf.Scalar =>
  values.reduce((sum, value) => tf.add(sum, tf.mul(tf.sum(tf.mul(value, value)), 0)), scalar) as tf.Scalar;

/** Gradients of a scalar function by `tf.grads`, as numbers. */
export function gradientsOf(f: (...values: tf.Tensor[]) => tf.Tensor, at: readonly Tensor[]): number[][] {
  const whole = (...values: tf.Tensor[]): tf.Scalar => withNothing(f(...values), values);
  return tf.tidy(() =>
    tf
      .grads(whole)(at.map(toTf))
      .map((gradient) => Array.from(gradient.dataSync())),
  );
}
