/** Proves an execution provider: computes a small graph on it and compares with the known answer. */
import type { Graph, Value } from '../../../core/graph/graph.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { EngineError } from './compute-session.ts';
import { createSession } from './create-session.ts';

export interface ProbeResult {
  readonly proven: boolean;
  /** Why not, in words; empty when proven. */
  readonly reason: string;
}

const value = (name: string, shape: readonly number[]): Value => ({ name, type: { dtype: 'float32', shape } });

/** x·w + b with whole numbers, so that every provider must give exactly the expected ones. */
function probeGraph(): Graph {
  const [x, w, b, product, sum] = [
    value('x', [2, 3]),
    value('w', [3, 2]),
    value('b', [2]),
    value('product', [2, 2]),
    value('sum', [2, 2]),
  ];
  return {
    name: 'probe',
    inputs: [x, w, b],
    outputs: [{ name: 'y', value: sum }],
    nodes: [
      { op: 'MatMul', inputs: [x, w], outputs: [product], attributes: {}, origin: '' },
      { op: 'Add', inputs: [product, b], outputs: [sum], attributes: {}, origin: '' },
    ],
    initializers: new Map(),
  };
}
const feeds = {
  x: tensorOf('float32', [2, 3], [1, 2, 3, 4, 5, 6]),
  w: tensorOf('float32', [3, 2], [1, 0, 0, 1, 2, -1]),
  b: tensorOf('float32', [2], [10, 20]),
};
const expected = [17, 19, 26, 19];

/** Runs the probe in this process. Native code may end the process: see `listDevices` for the safe way. */
export async function probeProvider(device: DeviceId): Promise<ProbeResult> {
  try {
    const session = await createSession(probeGraph(), {
      program: `probe of ${device}`,
      threads: 1,
      device,
      cpuFallback: device === 'cpu',
    });
    const { y } = await session.run(feeds);
    await session.release();
    const found = Array.from(y.data, Number);
    const proven = found.length === expected.length && found.every((number, index) => number === expected[index]);
    return {
      proven,
      reason: proven ? '' : `it computed [${found.join(', ')}] where [${expected.join(', ')}] is right`,
    };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { proven: false, reason: error.message };
  }
}

// As a program of its own: probes the provider named first and sends the result to its parent.
if (process.argv[1] === import.meta.filename && process.send) {
  process.send(await probeProvider(process.argv[2] as DeviceId), () => process.exit(0));
}
