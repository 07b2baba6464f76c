/** Sums up where the nodes of a program ran, by the parts of the document they came from. */
import { originOfNodeName } from '../../../core/onnx/encode.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Placement } from '../../../core/protocol/placement.ts';
import type { PlacedNode } from './compute-session.ts';

/** What ONNX Runtime calls the CPU where it says where a node ran. */
export const cpuProvider = 'CPUExecutionProvider';
/** Nodes that ONNX Runtime puts where a tensor has to change places. */
const isCopy = ({ op }: PlacedNode): boolean => op === 'MemcpyToHost' || op === 'MemcpyFromHost';

export function summarisePlacement(program: string, device: DeviceId, placed: readonly PlacedNode[]): Placement {
  const nodes = placed.filter((node) => !isCopy(node)).map((node) => ({ ...node, part: originOfNodeName(node.name) }));
  const stray = device === 'cpu' ? [] : nodes.filter(({ provider, isSizes }) => provider === cpuProvider && !isSizes);
  return {
    program,
    device,
    providers: counted(nodes, ({ provider }) => ({ provider })).toSorted((a, b) => b.nodes - a.nodes),
    parts: counted(nodes, ({ part, provider }) => ({ part, provider })),
    onCpu: counted(stray, ({ op, part }) => ({ op, part })),
    copies: placed.filter(isCopy).length,
  };
}

function counted<Node, Key extends object>(nodes: readonly Node[], keyOf: (node: Node) => Key) {
  const groups = new Map<string, Key & { nodes: number }>();
  for (const node of nodes) {
    const key = keyOf(node);
    const id = JSON.stringify(key);
    groups.set(id, { ...key, nodes: (groups.get(id)?.nodes ?? 0) + 1 });
  }
  return [...groups.values()];
}

/** `train on webgpu: 223 nodes on WebGpuExecutionProvider, 2 on CPUExecutionProvider (Sign in encoder/h); 4 copies`. */
export function placementWords(placement: Placement): string {
  const { program, device, providers, copies } = placement;
  const where = providers.map(({ provider, nodes }, i) => `${nodes}${i === 0 ? ' nodes' : ''} on ${provider}`);
  const stray = placement.onCpu.length > 0 ? ` (on the CPU: ${strayWords(placement)})` : '';
  return `${program} on ${device}: ${where.join(', ')}${stray}${copies > 0 ? `; ${copies} copies between them` : ''}`;
}

const mostNamed = 8;

/** Which operators of which parts run on the CPU. */
export function strayWords({ onCpu }: Placement): string {
  const words = onCpu.map(({ op, part, nodes }) => `${op}${nodes > 1 ? ` ×${nodes}` : ''}${part && ` in ${part}`}`);
  const rest = words.length - mostNamed;
  return [...words.slice(0, mostNamed), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}
