/** Operators that ONNX Runtime has for its own use on the CPU: a graph holds them only on its way into a session. */
import type { Graph, Node } from '../../graph/graph.ts';
import { instructionSet, type OpSchema, type OpType } from '../../graph/instruction-set.ts';

export const blockedDomain = 'com.microsoft.nchwc';

/** An operator with its name and domain in ONNX Runtime. */
export interface SessionSchema extends Pick<OpSchema, 'attributes'> {
  readonly name: string;
  readonly domain: typeof blockedDomain;
}

const blocked = (name: string, attributes: OpSchema['attributes']): SessionSchema => ({
  name,
  domain: blockedDomain,
  attributes,
});

/**
 * Images in blocks of channels lie in memory as [N, C/block, H, W, block]; the shape they carry is [N, C, H, W]. Kernels
 * of `BlockedConv` lie as [out/block, in/block, taps, block of in, block of out].
 */
export const sessionOperators = {
  ToBlocks: blocked('ReorderInput', { channels_last: 'int' }),
  FromBlocks: blocked('ReorderOutput', { channels: 'int', channels_last: 'int' }),
  BlockedConv: blocked('Conv', { ...instructionSet.Conv.attributes, activation: 'string' }),
  BlockedMaxPool: blocked('MaxPool', instructionSet.MaxPool.attributes),
  BlockedAveragePool: blocked('AveragePool', instructionSet.AveragePool.attributes),
  BlockedMean: blocked('GlobalAveragePool', {}),
  BlockedUpsample: blocked('Upsample', { scales: 'ints' }),
} as const satisfies Readonly<Record<string, SessionSchema>>;

export type SessionOp = keyof typeof sessionOperators;

export interface LoweredNode extends Omit<Node, 'op'> {
  readonly op: OpType | SessionOp;
}

/** A graph that may hold a session's own operators. */
export interface LoweredGraph extends Omit<Graph, 'nodes'> {
  readonly nodes: readonly LoweredNode[];
}

export function sessionSchemaOf(op: string): SessionSchema | undefined {
  return Object.hasOwn(sessionOperators, op) ? sessionOperators[op as SessionOp] : undefined;
}
