/** Layers as they are first put into a document: valid, with the sizes people most often begin with. */
import type { z } from 'zod';
import { layerTable } from '../../nn/layer-table.ts';
import type { LayerSpec } from '../../nn/network-spec.ts';
import { objectShape } from '../document-schema.ts';

/** Fields that have no default, with what most people write first. */
const firstValues: Readonly<Record<string, unknown>> = {
  units: 64,
  filters: 32,
  activation: 'relu',
  shape: [-1],
  dims: [2, 1],
  inputDim: 1000,
  outputDim: 32,
};

/** Fields worth showing from the start, although they have a default. */
const shownFields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  dense: { activation: 'relu' },
  conv1d: { kernelSize: 3, activation: 'relu' },
  conv2d: { kernelSize: 3, activation: 'relu' },
  conv1dTranspose: { kernelSize: 4, strides: 2 },
  conv2dTranspose: { kernelSize: 4, strides: 2 },
  dropout: { rate: 0.2 },
};

/** A new layer of a type of the layer table. */
export function starterLayer(type: string): LayerSpec {
  const definition = layerTable.get(type);
  if (!definition) return { type };
  const shape = objectShape(definition.schema, `layer '${type}'`);
  const needed = Object.entries(shape).filter(([, field]) => !(field as z.ZodType).safeParse(undefined).success);
  return { type, ...Object.fromEntries(needed.map(([name]) => [name, firstValues[name]])), ...shownFields[type] };
}
