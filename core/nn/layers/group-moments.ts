/** Groups of channels brought to mean 0 and deviation 1, with the gradient written out, so that few passes read the image. */
import type { Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../../ops/builder.ts';
import { sizeOf } from '../../tensor/tensor.ts';

/** Gain and offset of each channel, [C]. */
export interface ChannelAffine {
  readonly gamma: Value | null;
  readonly beta: Value | null;
}

export interface Grouping {
  readonly groups: number;
  readonly channels: number;
  /** Sizes of the axes after the channels. */
  readonly places: readonly number[];
  /** Added to the variance before the root. */
  readonly epsilon: number;
}

/**
 * x [N, C, …places] normalised over groups of neighbouring channels. What belongs to a channel of a sample is worked out on
 * [N, C, 1, …], so that the image itself is met by nothing but a factor and an offset.
 */
export function normalizedGroups(b: OpBuilder, x: Value, { gamma, beta }: ChannelAffine, grouping: Grouping): Value {
  const inputs = [x, ...(gamma ? [gamma] : []), ...(beta ? [beta] : [])];
  const [result] = b.withGradient(inputs, () => {
    const over = channelwise(b, grouping);
    const centred = b.sub(x, over.groupMean(over.mean(x)));
    const variance = over.groupMean(over.mean(b.square(centred)));
    const inverse = b.reciprocal(b.sqrt(b.add(variance, grouping.epsilon)));
    const gain = gamma && over.placed(gamma);
    const factor = gain ? b.mul(inverse, gain) : inverse;
    const scaled = b.mul(centred, factor);
    const result = beta ? b.add(scaled, over.placed(beta)) : scaled;
    const gradient = ([dy]: readonly (Value | null)[], wanted: (index: number) => boolean): (Value | null)[] => {
      if (!dy) return [];
      const [means, products] = [over.mean(dy), over.mean(b.mul(dy, centred))];
      const weighted = (value: Value): Value => over.groupMean(gain ? b.mul(value, gain) : value);
      // dx = f·dy − i·mean(γ·dy) − i³·mean(γ·dy·c)·c with c centred, i the inverse deviation and f = γ·i.
      const slope = b.neg(b.mul(b.mul(b.square(inverse), inverse), weighted(products)));
      const dx = (): Value => b.add(b.sub(b.mul(dy, factor), b.mul(inverse, weighted(means))), b.mul(centred, slope));
      const parameter = (value: Value): Value => b.reshape(b.mul(b.reduceSum(value, [0]), over.count), [-1]);
      return [
        wanted(0) ? dx() : null,
        ...(gamma ? [wanted(1) ? parameter(b.mul(products, inverse)) : null] : []),
        ...(beta ? [wanted(inputs.length - 1) ? parameter(means) : null] : []),
      ];
    };
    return { outputs: [result], gradient };
  });
  return result;
}

function channelwise(b: OpBuilder, { groups, channels, places }: Grouping) {
  const axes = places.map((_, axis) => axis + 2);
  const single = places.map(() => 1);
  return {
    /** The mean of each channel over its places, [N, C, 1, …]. */
    mean: (value: Value): Value => b.reduceMean(value, axes, true),
    /** The mean over the channels of each group, for each channel. */
    groupMean(value: Value): Value {
      if (groups === channels) return value;
      const split = b.reshape(value, [0, groups, channels / groups]);
      return b.reshape(b.expandLike(b.reduceMean(split, [2], true), split), [0, channels, ...single]);
    },
    placed: (parameter: Value): Value => b.reshape(parameter, [channels, ...single]),
    /** Places of a channel. */
    count: sizeOf(places),
  };
}
