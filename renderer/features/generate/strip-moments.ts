/** Parts of a recorded sampler's way. */
import type { Samples } from '../../../core/protocol/samples.ts';
import { sampleAt, sampleCount } from '../../components/samples/pixels.ts';

/** All samples at one moment of a strip, whose row i·moments + k is moment k of sample i. */
export function atMoment(strip: Samples, moments: number, moment: number): Samples {
  const count = Math.floor(sampleCount(strip.data, strip.shape) / moments);
  const size = strip.data.length / Math.max(1, count * moments);
  const data = new Float32Array(count * size);
  for (let i = 0; i < count; i++) data.set(sampleAt(strip.data, strip.shape, i * moments + moment), i * size);
  const labels = strip.labels && Int32Array.from({ length: count }, (_, i) => strip.labels![i * moments + moment]!);
  return { ...strip, data, labels };
}
