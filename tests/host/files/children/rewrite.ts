/**
 * Rewrites a checkpoint for ever, each time with another step in all its elements, and prints each step once it is
 * durable.
 */
import { tensorOf } from '../../../../core/tensor/tensor.ts';
import { writeCheckpoint } from '../../../../main/host/files/checkpoint.ts';

for (let step = 1; ; step++) {
  const size = 50_000;
  const tensors = new Map([['w', tensorOf('float32', [size], new Float32Array(size).fill(step))]]);
  await writeCheckpoint(process.argv[2]!, 'latest.safetensors', { tensors, meta: { step } });
  console.log(step);
}
