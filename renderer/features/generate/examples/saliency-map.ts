/** Saliency as a picture over the picture: how much each pixel weighs, in colours that everyone tells apart. */
import { imageSize, rgbaOf, sampleAt } from '../../../components/samples/pixels.ts';

/** Viridis (van der Walt and Smith 2015): even in lightness, and told apart with any kind of colour vision. */
const viridis = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
] as const;

/** The map from little to much, as a CSS background. */
export const mapGradient = `linear-gradient(90deg, ${viridis.map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`;

/** The colour of a share, 0 to 1. */
export function mapColour(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (viridis.length - 1);
  const below = Math.min(viridis.length - 2, Math.floor(at));
  const [low, high] = [viridis[below]!, viridis[below + 1]!];
  const mix = (channel: 0 | 1 | 2): number => low[channel] + (high[channel] - low[channel]) * (at - below);
  return [mix(0), mix(1), mix(2)];
}

/** What pixels are compared with: one in a hundred may lie above it, or single ones would darken all others (Smilkov 2017). */
const fullShare = 0.99;

/**
 * How much each pixel weighs, 0 to 1: the largest magnitude over its channels (Simonyan et al. 2013), by the picture's own
 * 99th percentile. @param shape [channels, height, width]
 */
export function pixelWeights(saliency: Float32Array, shape: readonly number[]): Float32Array {
  const { channels, height, width } = imageSize(shape);
  const area = height * width;
  const weights = new Float32Array(area);
  for (let i = 0; i < area * channels; i++) weights[i % area] = Math.max(weights[i % area]!, Math.abs(saliency[i]!));
  const full = weights.toSorted()[Math.min(area - 1, Math.floor(fullShare * area))]!;
  return full > 0 ? weights.map((weight) => Math.min(1, weight / full)) : weights;
}

export interface OverlaidPicture {
  /** All samples' values, and their saliency alike. */
  readonly pictures: Float32Array;
  readonly saliency: Float32Array;
  readonly shape: readonly number[];
  readonly range: 'unit' | 'symmetric';
  readonly index: number;
  /** Of the map, 0 to 1. */
  readonly opacity: number;
}

/** Draws one picture with its map over it, at its own size; the page enlarges it. */
export function drawOverlaid(canvas: HTMLCanvasElement, picture: OverlaidPicture): void {
  const { pictures, saliency, shape, range, index, opacity } = picture;
  const size = imageSize(shape);
  const pixels = rgbaOf(sampleAt(pictures, shape, index), size, range);
  if (opacity > 0) {
    pixelWeights(sampleAt(saliency, shape, index), shape).forEach((weight, pixel) => {
      mapColour(weight).forEach((value, channel) => {
        const at = 4 * pixel + channel;
        pixels[at] = (1 - opacity) * pixels[at]! + opacity * value;
      });
    });
  }
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, size.width, size.height), 0, 0);
}
