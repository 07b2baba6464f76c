/** Runs a graph node by node with kernels over TensorFlow.js; each value is freed after its last use. */
import * as tf from '@tensorflow/tfjs-core';
import { GraphError, staticShape, type Graph, type Node, type Value } from '../../../core/graph/graph.ts';
import type { OutputType } from '../../../core/ops/reference/kernel.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { Operand, type KernelQuery } from './kernel.ts';
import { kernels } from './kernels/kernel-table.ts';

/** Lists longer than this carry no shapes, so nothing is read back for the type rules. */
const longestList = 64;

/** A graph cut down to what some outputs need, with the values that are no longer needed after each node. */
export interface Plan {
  readonly nodes: readonly Node[];
  readonly freedAfter: readonly (readonly Value[])[];
  readonly results: readonly Value[];
}

/** @param wanted names of outputs of the graph. */
export function planOf(graph: Graph, wanted: readonly string[]): Plan {
  const results = graph.outputs.filter(({ name }) => wanted.includes(name)).map(({ value }) => value);
  const needed = new Set<Value>(results);
  const kept = new Set<Value>([...results, ...graph.initializers.keys()]);
  const nodes: Node[] = [];
  const freed: Value[][] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    const unused = node.outputs.filter((output) => !needed.has(output));
    const last = new Set(node.inputs.filter((input): input is Value => input !== null && !needed.has(input)));
    for (const value of last) needed.add(value);
    nodes.unshift(node);
    freed.unshift([...last, ...unused].filter((value) => !kept.has(value)));
  }
  return { nodes, freedAfter: freed, results };
}

/**
 * Computes a plan's results.
 * @param known the graph's inputs and constants; computed values are added and, once used for the last time, removed.
 * @throws NodeError naming the node that failed.
 */
export function interpret({ nodes, freedAfter }: Plan, known: Map<Value, Operand>): void {
  nodes.forEach((node, at) => {
    compute(node, known);
    for (const value of freedAfter[at]) {
      known.get(value)?.dispose();
      known.delete(value);
    }
  });
}

/** What failed, and in which node. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
  readonly node: Node;

  constructor(node: Node, cause: unknown) {
    super(`${node.op} '${node.outputs[0].name}': ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.node = node;
  }
}

function compute(node: Node, known: Map<Value, Operand>): void {
  try {
    const inputs = node.inputs.map((input) => input && lookUp(known, input));
    const query = { inputs, attributes: node.attributes, outputs: outputTypes(node, inputs) };
    const results = tf.tidy(() => ownTensors(kernels[node.op](query), query));
    node.outputs.forEach((output, index) => {
      known.set(output, Operand.computed(output.type.dtype, results[index]));
    });
  } catch (error) {
    throw error instanceof NodeError ? error : new NodeError(node, error);
  }
}

function lookUp(known: ReadonlyMap<Value, Operand>, value: Value): Operand {
  const operand = known.get(value);
  if (!operand) throw new GraphError(`the value '${value.name}' is used before it is made`);
  return operand;
}

/** A result that is an operand itself would be freed with it. */
function ownTensors(results: readonly tf.Tensor[], { inputs }: KernelQuery): tf.Tensor[] {
  return results.map((result) => (inputs.some((input) => input?.holds(result)) ? result.clone() : result));
}

/** The types of a node's results with every size known: recorded ones, or inferred from the operands at hand. */
function outputTypes(node: Node, inputs: readonly (Operand | null)[]): readonly OutputType[] {
  const recorded = node.outputs.map(({ type }) => ({ dtype: type.dtype, shape: staticShape(type.shape) }));
  if (recorded.every((type): type is OutputType => type.shape !== undefined)) return recorded;
  const types = inferTypes(node.op, {
    inputs: inputs.map((input) => input && { dtype: input.dtype, shape: input.shape }),
    constants: inputs.map((input) => (input && carriesShape(input) ? listTensor(input) : undefined)),
    attributes: node.attributes,
    outputCount: node.outputs.length,
  });
  return types.map(({ dtype, shape }): OutputType => {
    const known = staticShape(shape);
    if (!known) throw new GraphError(`the shape [${shape.join(', ')}] of its result is not known from its inputs`);
    return { dtype, shape: known };
  });
}

const carriesShape = ({ shape, dtype, isConstant }: Operand): boolean =>
  shape.length <= 1 && (shape[0] ?? 1) <= longestList && (isConstant || dtype === 'int64');

const listTensor = (operand: Operand) => tensorOf(operand.dtype, operand.shape, operand.numbers);
