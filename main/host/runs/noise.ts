/** Fills a program's random inputs: what is drawn depends on (seed, stream, step) alone. */
import type { ProgramInput } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';

/** Draws one random input for a step, in place. */
export function fillNoise(input: ProgramInput, buffer: Tensor, seed: number, step: number): void {
  if (input.source.kind !== 'noise') return;
  const random = new RandomStream(seed, `noise/${input.source.stream}`, step);
  const data = buffer.data as Float32Array;
  if (input.source.distribution === 'normal') random.fillNormal(data);
  else random.fillUniform(data);
}
