/** The one place that chooses an engine: makes a session for a graph on the device asked for. */
import type { Graph } from '../../../core/graph/graph.ts';
import { inEagerOrder } from '../../../core/ops/passes/eager-order.ts';
import { updatesFirst } from '../../../core/ops/passes/updates-first.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { isExecutionProvider, type DeviceId, type TensorflowBackend } from '../../../core/protocol/devices.ts';
import { OrtDeviceMemory } from '../onnxruntime/device-memory.ts';
import { channelBlock } from '../onnxruntime/channel-block.ts';
import { handsNothingOver, OrtSession, type OrtSessionOptions } from '../onnxruntime/session.ts';
import type { OptimisationName } from '../../../core/ops/optimisations.ts';
import { blockConvolutions } from '../../../core/ops/targets/blocked-convolutions.ts';
import type { LoweredGraph } from '../../../core/ops/targets/session-operators.ts';
import { lowerForWebGpu } from '../../../core/ops/targets/webgpu.ts';
import type { ComputeSession, DeviceMemory, SessionOptions } from './compute-session.ts';
import { fittedSession, mayBeShort } from './fit-memory.ts';
import { SessionCache } from './session-cache.ts';

/** @throws EngineError when the graph does not load there, or the device cannot compute here. */
export async function createSession(graph: Graph, options: SessionOptions): Promise<ComputeSession> {
  const { device, program, held } = options;
  if (isExecutionProvider(device))
    return createOrtSession(device === 'webgpu' ? lowerForWebGpu(graph) : graph, { ...options, device });
  // Its 50 ms of loading are spared where nobody asks for it.
  const { TfSession } = await import('../tensorflow/session.ts');
  return TfSession.create(graph, { program, device, ...(held && { held }) });
}

/**
 * Memory of a device that keeps tensors between runs; undefined where the engine cannot be told to leave them there, and
 * state travels with every run. ONNX Runtime's Node package can on WebGPU only.
 */
export function deviceMemory(device: DeviceId): DeviceMemory | undefined {
  if (!isExecutionProvider(device)) return tensorflowMemory(device);
  return device === 'webgpu' ? new OrtDeviceMemory(device) : undefined;
}

/** Loads TensorFlow.js when it is first used. */
function tensorflowMemory(device: TensorflowBackend): DeviceMemory {
  const memory = async (): Promise<DeviceMemory> =>
    new (await import('../tensorflow/device-memory.ts')).TfDeviceMemory(device);
  return {
    hold: async (tensors) => (await memory()).hold(tensors),
    read: async (tensors) => (await memory()).read(tensors),
    release: async () => (await memory()).release(),
  };
}

/**
 * Forms of gradient rules that a device lacks the operators for, or computes wrongly or slowly, to compile a model without
 * them. The depthwise convolution of `shifted-copies` gives gradients that are 1 % off in ONNX Runtime 1.30's WebGPU, with
 * 6 channels. Kernels as large as an image, one a group, are fast only where convolutions lay out columns: on the CPU. What GPUs make of
 * infinite numbers is their own affair, so slopes are not cut from them.
 */
export function formsLacking(device: DeviceId): readonly OptimisationName[] {
  const everywhere: readonly OptimisationName[] = ['sliding-gradients', 'leaky-slope'];
  if (device === 'webgpu') return ['max-pool-indices', 'shifted-copies', ...everywhere];
  return device === 'cpu' ? [] : everywhere;
}

/** Smaller graphs are optimised in less time than it takes to look them up and keep them. */
const fewestNodesCached = 500;

/**
 * Larger graphs stay in eager order: what nothing reads then waits at the end of ONNX Runtime's list, which it walks for each
 * node. 500 layers took 2 to 6 times as long to load, 2,500 nodes take a fifth of a second more.
 */
const mostNodesReordered = 5000;

function ordered(graph: Graph, { without }: OrtSessionOptions): Graph {
  const eager = inEagerOrder(graph);
  return graph.nodes.length > mostNodesReordered || without?.has('updates-first') ? eager : updatesFirst(eager);
}

async function lowered(graph: Graph, { device, without }: OrtSessionOptions): Promise<LoweredGraph> {
  if (device !== 'cpu' || without?.has('blocked-convolutions')) return graph;
  const block = await channelBlock();
  return block === undefined ? graph : blockConvolutions(graph, block, without);
}

const copiesNothing = ({ buffered, device, without }: OrtSessionOptions): boolean =>
  buffered === true && device === 'cpu' && without?.has('uncopied-results') !== true;

/** On the CPU alone: elsewhere an optimised graph holds what belongs to one driver. */
async function createOrtSession(graph: Graph, options: OrtSessionOptions): Promise<ComputeSession> {
  const ready = await lowered(ordered(graph, options), options);
  const model = encodeModel(ready, { ...(copiesNothing(options) && { emptyListFirst: handsNothingOver }) });
  if (options.memory && options.device === 'cpu' && mayBeShort(ready, options.memory))
    return fittedSession(model, ready, options, options.memory);
  if (options.cache === undefined || options.device !== 'cpu' || graph.nodes.length < fewestNodesCached)
    return OrtSession.create(model, options);
  return new SessionCache(options.cache).session(model, options);
}
