/** Types of whole normalisation operators. */
import { GraphError, numberAttribute, type Dim } from '../../graph/graph.ts';
import { formatShape } from './dims.ts';
import {
  axisAttribute,
  checkBroadcastTo,
  expectEqual,
  expectRank,
  floats,
  inputType,
  optionalType,
  sameDType,
  type Rule,
} from './rule.ts';

function perChannel(parameter: readonly Dim[], channels: Dim, what: string): void {
  expectRank(parameter, 1, what);
  expectEqual(parameter[0], channels, `the ${what} and the channels differ`);
}

export const batchNormalizationRule: Rule = (query) => {
  const x = inputType(query, 0, floats);
  if (x.shape.length < 2)
    throw new GraphError(`the input must have batch and channel axes, its shape is ${formatShape(x.shape)}`);
  if (numberAttribute(query.attributes, 'training_mode', 0) !== 0) {
    throw new GraphError('training_mode is not supported: training lowers batch normalisation to simpler operators');
  }
  ['scale', 'bias', 'mean', 'variance'].forEach((what, at) =>
    perChannel(inputType(query, at + 1, floats).shape, x.shape[1], what),
  );
  return [{ dtype: x.dtype, shape: x.shape }];
};

export const instanceNormalizationRule: Rule = (query) => {
  const x = inputType(query, 0, floats);
  if (x.shape.length < 3)
    throw new GraphError(`the input must have spatial axes, its shape is ${formatShape(x.shape)}`);
  ['scale', 'bias'].forEach((what, at) => perChannel(inputType(query, at + 1, floats).shape, x.shape[1], what));
  return [{ dtype: x.dtype, shape: x.shape }];
};

export const layerNormalizationRule: Rule = (query) => {
  const [x, scale, bias] = [inputType(query, 0, floats), inputType(query, 1, floats), optionalType(query, 2, floats)];
  const normalised = x.shape.slice(axisAttribute(query, x.shape.length, -1));
  checkBroadcastTo(scale.shape, normalised, 'scale');
  if (bias) checkBroadcastTo(bias.shape, normalised, 'bias');
  return [{ dtype: sameDType(x, scale, bias), shape: x.shape }];
};
