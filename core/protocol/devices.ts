/** The closed list of what a run can compute on: ONNX Runtime's execution providers and TensorFlow.js's backends. */

/** Execution providers, by ONNX Runtime's names for them. */
export const executionProviders = ['cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];

/** Backends of TensorFlow.js, best first. */
export const tensorflowBackends = ['tfjs-node-gpu', 'tfjs-node', 'tfjs-webgpu', 'tfjs-wasm', 'tfjs-cpu'] as const;
export type TensorflowBackend = (typeof tensorflowBackends)[number];

export const deviceIds = [...executionProviders, ...tensorflowBackends] as const;
export type DeviceId = (typeof deviceIds)[number];

/** Those that compute on something else than the processor. */
const accelerators: ReadonlySet<string> = new Set<DeviceId>([
  'webgpu',
  'cuda',
  'tensorrt',
  'dml',
  'coreml',
  'tfjs-node-gpu',
  'tfjs-webgpu',
]);

/** Whether a device is a graphics processor or the like, which runs cannot share without slowing each other down. */
export const isAccelerator = (device: string): boolean => accelerators.has(device);

export const isExecutionProvider = (device: string): device is ExecutionProvider =>
  (executionProviders as readonly string[]).includes(device);

/** A device as it was found. */
export interface DeviceInfo {
  readonly provider: DeviceId;
  readonly label: string;
  readonly bundled: boolean;
  readonly proven: boolean;
  readonly reason: string;
}
