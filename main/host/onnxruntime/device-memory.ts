/** Brings tensors to the memory of ONNX Runtime's device and back, by graphs that only pass them on. */
import type { Graph, Node, Value } from '../../../core/graph/graph.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import type { ExecutionProvider } from '../../../core/protocol/devices.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { DeviceMemory, DeviceTensor, DeviceTensors, NamedTensors } from '../compute/compute-session.ts';
import { OrtSession } from './session.ts';

type Direction = 'hold' | 'read';
type Typed = Pick<Tensor, 'dtype' | 'shape'>;

export class OrtDeviceMemory implements DeviceMemory {
  readonly #device: ExecutionProvider;
  readonly #sessions = new Map<string, Promise<OrtSession>>();

  constructor(device: ExecutionProvider) {
    this.#device = device;
  }

  async hold(tensors: NamedTensors): Promise<Record<string, DeviceTensor>> {
    const [names, feeds] = numbered(tensors);
    const { held } = await (await this.#session('hold', Object.values(tensors))).runHeld(feeds);
    return Object.fromEntries(names.map((name, i) => [name, held[outputName(i)]]));
  }

  async read(tensors: DeviceTensors): Promise<Record<string, Tensor>> {
    const [names, feeds] = numbered(tensors);
    const values = await (await this.#session('read', Object.values(tensors))).run(feeds);
    return Object.fromEntries(names.map((name, i) => [name, values[outputName(i)]]));
  }

  async release(): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    for (const session of sessions) if (session.status === 'fulfilled') await session.value.release();
  }

  /** One for each list of types: the same state is read again and again. */
  #session(direction: Direction, tensors: readonly Typed[]): Promise<OrtSession> {
    const key = `${direction} ${tensors.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join(' ')}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const graph = passingOn(tensors);
    const created = OrtSession.create(encodeModel(graph), {
      program: `${direction} tensors`,
      threads: 1,
      device: this.#device,
      // Rewritten, the graph would have no nodes left.
      optimisation: 'disabled',
      ...(direction === 'hold' && { held: graph.outputs.map(({ name }) => name) }),
    });
    this.#sessions.set(key, created);
    return created;
  }
}

const inputName = (index: number): string => `in${index}`;
const outputName = (index: number): string => `out${index}`;

/** Names of their own: a state's name may be anything. */
function numbered<Kind>(tensors: Readonly<Record<string, Kind>>): readonly [readonly string[], Record<string, Kind>] {
  const entries = Object.entries(tensors);
  return [
    entries.map(([name]) => name),
    Object.fromEntries(entries.map(([, tensor], index) => [inputName(index), tensor])),
  ];
}

function passingOn(tensors: readonly Typed[]): Graph {
  const made = tensors.map(({ dtype, shape }, index) => {
    const [input, output]: [Value, Value] = [
      { name: inputName(index), type: { dtype, shape } },
      { name: outputName(index), type: { dtype, shape } },
    ];
    const node: Node = { op: 'Identity', inputs: [input], outputs: [output], attributes: {}, origin: '' };
    return { input, output, node };
  });
  return {
    name: 'passing on',
    inputs: made.map(({ input }) => input),
    outputs: made.map(({ output }) => ({ name: output.name, value: output })),
    nodes: made.map(({ node }) => node),
    initializers: new Map(),
  };
}
