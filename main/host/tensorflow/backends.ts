/** Makes the backends of TensorFlow.js ready, each when first asked for, and says in words why one cannot run. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../../../core/protocol/devices.ts';

/** How a backend comes to be, and TensorFlow.js's name for it. */
interface Backend {
  readonly name: string;
  readonly load: () => Promise<void>;
}

const backends: Readonly<Record<TensorflowBackend, Backend>> = {
  'tfjs-node-gpu': { name: 'tensorflow', load: loadGpu },
  'tfjs-node': { name: 'tensorflow', load: () => loadNative('@tensorflow/tfjs-node', 'setup:tensorflow-node') },
  'tfjs-webgpu': { name: 'webgpu', load: loadWebGpu },
  'tfjs-wasm': { name: 'wasm', load: loadWasm },
  'tfjs-cpu': { name: 'cpu', load: loadCpu },
};

const loaded = new Map<TensorflowBackend, Promise<void>>();

/**
 * Makes a backend ready to use in this process. Both native ones carry one name in TensorFlow.js: a process has one of them.
 * @throws Error that says why the backend cannot run here and what to do.
 */
export async function loadBackend(device: TensorflowBackend): Promise<void> {
  const { name, load } = backends[device];
  let loading = loaded.get(device);
  if (!loading) {
    // Silences advice to install other backends; leaves results as they are.
    tf.enableProdMode();
    loading = load().then(async () => {
      if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js could not start its backend '${name}'`);
      await tf.ready();
    });
    loaded.set(device, loading);
  }
  await loading;
}

/** Makes a loaded backend the one that computes, until another is. Takes effect at once. */
export function useBackend(device: TensorflowBackend): void {
  void tf.setBackend(backends[device].name);
}

async function loadCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
}

async function loadWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // The .wasm files stand beside the package's entry.
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
}

async function loadWebGpu(): Promise<void> {
  if (!(navigator as { gpu?: unknown }).gpu)
    throw new Error(
      'this process has no navigator.gpu: Node has none, and neither have the workers of the application',
    );
  await import('@tensorflow/tfjs-backend-webgpu');
}

/** Loads a package that brings TensorFlow's own library by a download of its own. */
async function loadNative(packageName: string, setup: string): Promise<void> {
  // Both were taken out of Node 23; the packages call them while they load.
  const legacy = util as { isNullOrUndefined?: unknown; isArray?: unknown };
  legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
  try {
    createRequire(import.meta.url)(packageName);
  } catch (error) {
    throw new Error(`${reasonOf(error)}; \`npm run ${setup}\` fetches what it needs, once and online`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return 'its package is not installed';
  if (message.includes('tfjs_binding.node')) return "TensorFlow's native library is not installed";
  return message.split('\n')[0];
}

/** The package for GPUs computes on the processor, without a word, where it finds none. */
async function loadGpu(): Promise<void> {
  await loadNative('@tensorflow/tfjs-node-gpu', 'setup:tensorflow-gpu');
  if (!(tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean }).isUsingGpuDevice)
    throw new Error('TensorFlow found no GPU that it can use: it needs an NVIDIA GPU with CUDA 11 and cuDNN 8');
}
