/** Tensors that stay on a backend of TensorFlow.js between runs. */
import type * as tf from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../../../core/protocol/devices.ts';
import type { DType, Shape, Tensor } from '../../../core/tensor/tensor.ts';
import type { DeviceMemory, DeviceTensor, DeviceTensors, NamedTensors } from '../compute/compute-session.ts';
import { loadBackend, useBackend } from './backends.ts';
import { fromTf, toTf } from './convert.ts';

export class TfDeviceTensor implements DeviceTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly tensor: tf.Tensor;

  /** @param tensor given away: it is freed with this. */
  constructor(dtype: DType, tensor: tf.Tensor) {
    this.dtype = dtype;
    this.shape = tensor.shape;
    this.tensor = tensor;
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

/** @throws Error for a tensor of another engine's. */
export function heldTensor(value: DeviceTensor): TfDeviceTensor {
  if (!(value instanceof TfDeviceTensor)) throw new Error('a tensor of another engine was given to TensorFlow.js');
  return value;
}

export class TfDeviceMemory implements DeviceMemory {
  readonly #device: TensorflowBackend;

  constructor(device: TensorflowBackend) {
    this.#device = device;
  }

  async hold(tensors: NamedTensors): Promise<Record<string, DeviceTensor>> {
    await loadBackend(this.#device);
    useBackend(this.#device);
    return mapped(tensors, (tensor) => new TfDeviceTensor(tensor.dtype, toTf(tensor)));
  }

  async read(tensors: DeviceTensors): Promise<Record<string, Tensor>> {
    const entries = Object.entries(tensors).map(async ([name, held]): Promise<[string, Tensor]> => {
      const { dtype, shape, tensor } = heldTensor(held);
      return [name, fromTf(dtype, shape, (await tensor.data()) as ArrayLike<number>)];
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Tensors are freed one by one; there is nothing besides. */
  async release(): Promise<void> {}
}

const mapped = <From, To>(values: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
