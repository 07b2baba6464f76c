/** The one place that chooses an engine: makes a session for a graph on the device asked for. */
import type { Graph } from '../../../core/graph/graph.ts';
import { inEagerOrder } from '../../../core/ops/passes/eager-order.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { isExecutionProvider, type DeviceId } from '../../../core/protocol/devices.ts';
import { OrtDeviceMemory } from '../onnxruntime/device-memory.ts';
import { OrtSession, type OrtSessionOptions } from '../onnxruntime/session.ts';
import type { OptimisationName } from '../../../core/ops/optimisations.ts';
import { lowerForWebGpu } from '../../../core/ops/targets/webgpu.ts';
import { EngineError, type ComputeSession, type DeviceMemory, type SessionOptions } from './compute-session.ts';
import { SessionCache } from './session-cache.ts';

/** @throws EngineError when the graph does not load there, or no engine of this build has the device. */
export async function createSession(graph: Graph, options: SessionOptions): Promise<ComputeSession> {
  const { device, program } = options;
  if (isExecutionProvider(device))
    return createOrtSession(device === 'webgpu' ? lowerForWebGpu(graph) : graph, { ...options, device });
  // TensorFlow.js plugs in here.
  throw new EngineError(program, '', `this build has no engine for the device '${device}'`);
}

/**
 * Memory of a device that keeps tensors between runs; undefined where the engine cannot be told to leave them there, and
 * state travels with every run. ONNX Runtime's Node package can on WebGPU only.
 */
export function deviceMemory(device: DeviceId): DeviceMemory | undefined {
  return device === 'webgpu' ? new OrtDeviceMemory(device) : undefined;
}

/** Forms of gradient rules that a device lacks the operators for, to compile a model without them. */
export function formsLacking(device: DeviceId): readonly OptimisationName[] {
  return device === 'webgpu' ? ['max-pool-indices'] : [];
}

/** Smaller graphs are optimised in less time than it takes to look them up and keep them. */
const fewestNodesCached = 500;

/** On the CPU alone: elsewhere an optimised graph holds what belongs to one driver. */
function createOrtSession(graph: Graph, options: OrtSessionOptions): Promise<ComputeSession> {
  const model = encodeModel(inEagerOrder(graph));
  if (options.cache === undefined || options.device !== 'cpu' || graph.nodes.length < fewestNodesCached)
    return OrtSession.create(model, options);
  return new SessionCache(options.cache).session(model, options);
}
