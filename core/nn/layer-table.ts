/** Every layer a document may use, by its type. */
import type { LayerDefinition } from './layer.ts';
import { activationLayer, prelu } from './layers/activation.ts';
import { selfAttention2d } from './layers/attention.ts';
import { conv1d, conv2d, depthwiseConv2d } from './layers/convolution.ts';
import { dense, tokenScores } from './layers/dense.ts';
import { classEmbedding, embedding, timeEmbedding } from './layers/embedding.ts';
import { add, average, concatenate, maximum, multiply, subtract } from './layers/merge.ts';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
} from './layers/normalization.ts';
import {
  averagePooling1d,
  averagePooling2d,
  globalAveragePooling,
  globalMaxPooling,
  maxPooling1d,
  maxPooling2d,
} from './layers/pooling.ts';
import { gru, lstm } from './layers/recurrent.ts';
import { dropout, gaussianNoise, spatialDropout } from './layers/regularization.ts';
import { residualBlock } from './layers/residual-block.ts';
import { multiHeadAttention, positionEmbedding } from './layers/sequence.ts';
import { cropping2d, flatten, permute, reshape, zeroPadding2d } from './layers/shape.ts';
import { conv1dTranspose, conv2dTranspose } from './layers/transposed-convolution.ts';
import { upsampling1d, upsampling2d } from './layers/upsampling.ts';

const definitions: readonly LayerDefinition[] = [
  dense,
  tokenScores,
  activationLayer,
  prelu,
  conv1d,
  conv2d,
  depthwiseConv2d,
  conv1dTranspose,
  conv2dTranspose,
  residualBlock,
  maxPooling1d,
  maxPooling2d,
  averagePooling1d,
  averagePooling2d,
  globalAveragePooling,
  globalMaxPooling,
  batchNormalization,
  layerNormalization,
  groupNormalization,
  instanceNormalization,
  flatten,
  reshape,
  permute,
  zeroPadding2d,
  cropping2d,
  upsampling1d,
  upsampling2d,
  add,
  subtract,
  multiply,
  average,
  maximum,
  concatenate,
  selfAttention2d,
  multiHeadAttention,
  lstm,
  gru,
  embedding,
  positionEmbedding,
  classEmbedding,
  timeEmbedding,
  dropout,
  spatialDropout,
  gaussianNoise,
];

/** All layers in the order palettes and the reference show them, by type. */
export const layerTable: ReadonlyMap<string, LayerDefinition> = new Map(
  definitions.map((layer) => [layer.type, layer]),
);
