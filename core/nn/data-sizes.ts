/** Sizes that layers leave to the data: how many classes, how many tokens. */
import type { Network, NetworkLayer } from './network.ts';

/** What of the data decides how wide some layers are. */
export interface DataSizes {
  readonly classes: number;
  /** Different tokens of a text; 0 for other data. */
  readonly tokens: number;
}

/** Fields that layers may leave to the data, by type. */
const fieldsOfData: Readonly<Record<string, readonly [field: string, size: keyof DataSizes]>> = {
  classEmbedding: ['classes', 'classes'],
  embedding: ['inputDim', 'tokens'],
  tokenScores: ['tokens', 'tokens'],
};

/** The network with its sizes filled in wherever a layer leaves them to the data. */
export function withDataSizes(network: Network, sizes: DataSizes): Network {
  const fill = (layer: NetworkLayer): NetworkLayer => {
    const [field, size] = fieldsOfData[layer.definition.type] ?? [];
    const config = layer.config as Readonly<Record<string, unknown>>;
    if (!field || !size || sizes[size] === 0 || config[field] !== undefined) return layer;
    return { ...layer, config: { ...config, [field]: sizes[size] } };
  };
  return { ...network, layers: network.layers.map(fill) };
}
