/** The state a model starts from: every tensor drawn from a stream of its own, so that adding a layer changes no other. */
import { RandomStream } from '../random/random.ts';
import { tensor, type Tensor } from '../tensor/tensor.ts';
import { drawParameter } from './parameter-init.ts';
import type { StateSpec } from './program.ts';

/** Draws the starting state from the run's seed. A moving average starts at its parameter's starting value. */
export function initialState(specs: readonly StateSpec[], seed: number): Map<string, Tensor<'float32'>> {
  return new Map(
    specs.map((spec) => {
      const drawnAs = spec.role === 'ema' ? spec.name.slice('ema/'.length) : spec.name;
      const random = new RandomStream(seed, `init/${drawnAs}`);
      return [spec.name, tensor('float32', spec.shape, drawParameter(spec.init, spec.shape, random))];
    }),
  );
}
