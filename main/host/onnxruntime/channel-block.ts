/** How many channels ONNX Runtime's blocked layout puts side by side on this processor. */
import type { Value } from '../../../core/graph/graph.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { zeros } from '../../../core/tensor/tensor.ts';
import { EngineError } from '../compute/compute-session.ts';
import { OrtSession } from './session.ts';

/** The fewest channels that can be reordered; what comes back is filled up to a whole block. */
const fewestChannels = 4;

let known: Promise<number | undefined> | undefined;

/** 8 or 16; undefined where the processor, or the build of ONNX Runtime, has no such layout. Found out once a process. */
export function channelBlock(): Promise<number | undefined> {
  return (known ??= found());
}

async function found(): Promise<number | undefined> {
  try {
    const program = 'the layout of channels';
    const session = await OrtSession.create(reordering(), { program, threads: 1, device: 'cpu', spinning: 'never' });
    const { y } = await session.run({ x: zeros('float32', [1, fewestChannels, 1, 1]) });
    await session.release();
    return y.shape[1] > fewestChannels ? y.shape[1] : undefined;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

function reordering(): Uint8Array {
  const x: Value = { name: 'x', type: { dtype: 'float32', shape: [1, fewestChannels, 1, 1] } };
  const y: Value = { name: 'y', type: { dtype: 'float32', shape: [1, 'channels', 1, 1] } };
  return encodeModel({
    name: 'reordering',
    inputs: [x],
    outputs: [{ name: 'y', value: y }],
    nodes: [{ op: 'ToBlocks', inputs: [x], outputs: [y], attributes: {}, origin: '' }],
    initializers: new Map(),
  });
}
