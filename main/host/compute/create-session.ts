/** The one place that chooses an engine: makes a session for a graph on the device asked for. */
import type { Graph } from '../../../core/graph/graph.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { isExecutionProvider } from '../../../core/protocol/devices.ts';
import { OrtSession } from '../onnxruntime/session.ts';
import { EngineError, type ComputeSession, type SessionOptions } from './compute-session.ts';

/** @throws EngineError when the graph does not load there, or no engine of this build has the device. */
export async function createSession(graph: Graph, options: SessionOptions): Promise<ComputeSession> {
  const { device, program } = options;
  if (isExecutionProvider(device)) return OrtSession.create(encodeModel(graph), { ...options, device });
  // TensorFlow.js plugs in here.
  throw new EngineError(program, '', `this build has no engine for the device '${device}'`);
}
