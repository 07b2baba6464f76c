/** Finds where a NaN or an infinity began: runs a graph once more with every value in sight. */
import { isFiniteTensor, type Tensor } from '../../../core/tensor/tensor.ts';
import type { Graph, Node, Value } from '../../../core/graph/graph.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import { createSession } from '../compute/create-session.ts';

export interface BadNode {
  readonly op: string;
  /** The part of the document it came from: `denoiser/conv2d_3`; `optimizer/…` for the update itself. */
  readonly origin: string;
  readonly value: string;
  readonly found: 'NaN' | 'infinity';
}

/** A tensor that is not finite, and the first such number in it. */
export interface BadTensor {
  readonly name: string;
  readonly value: number;
}

/** The first tensor with a number that is not finite. */
export function firstNotFinite(tensors: Iterable<readonly [string, Tensor]>): BadTensor | undefined {
  for (const [name, value] of tensors) {
    if (!isFiniteTensor(value))
      return { name, value: (value.data as Float32Array).find((number) => !Number.isFinite(number)) ?? NaN };
  }
  return undefined;
}

/** What a number that is not finite is called. */
export const wordOf = (value: number): BadNode['found'] => (Number.isNaN(value) ? 'NaN' : 'infinity');

/** Values looked at in one run: it bounds the memory this takes. */
const valuesAtOnce = 200;

/**
 * The first node in execution order that makes a value that is not finite from finite inputs.
 * @param inputs finite ones; @returns undefined when nothing is found.
 */
export async function findFirstBadNode(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  options: { readonly threads: number; readonly device: DeviceId },
): Promise<BadNode | undefined> {
  const makers = graph.nodes.flatMap((node) => node.outputs.filter(isFloat).map((value) => ({ node, value })));
  for (let start = 0; start < makers.length; start += valuesAtOnce) {
    const part = makers.slice(start, start + valuesAtOnce);
    const results = await runFor(
      graph,
      part.map(({ value }) => value),
      inputs,
      options,
    );
    const bad = part.find(({ value }) => !isFiniteTensor(results[value.name]));
    if (bad) return describe(bad.node, bad.value, results[bad.value.name]);
  }
  return undefined;
}

const isFloat = (value: Value): boolean => value.type.dtype === 'float32' || value.type.dtype === 'float64';

async function runFor(
  graph: Graph,
  values: readonly Value[],
  inputs: Readonly<Record<string, Tensor>>,
  options: { readonly threads: number; readonly device: DeviceId },
): Promise<Record<string, Tensor>> {
  const watched: Graph = { ...graph, outputs: values.map((value) => ({ name: value.name, value })) };
  // Without ONNX Runtime's rewriting: it may merge the very nodes that are looked for.
  const session = await createSession(watched, {
    program: 'forensics',
    optimisation: 'disabled',
    ...options,
  });
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, inputs[name]]));
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function describe(node: Node, value: Value, result: Tensor): BadNode {
  const numbers = result.data as Float32Array | Float64Array;
  const found = numbers.some((number) => Number.isNaN(number)) ? 'NaN' : 'infinity';
  return { op: node.op, origin: node.origin, value: value.name, found };
}
