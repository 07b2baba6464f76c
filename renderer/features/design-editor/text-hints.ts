/** What stands beside a layer's text without being part of it: the shape it gives. */
import { findNodeAtLocation } from 'jsonc-parser';
import { longCount, shapeWords } from '../../canvas/words.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import type { LayerSummary, Summary } from '../../../core/spec/summary.ts';

export interface ShapeHint {
  /** Behind the layer's type. */
  readonly offset: number;
  readonly label: string;
  readonly help: string;
}

/** A layer's figures in words. */
export function layerFigures({ outputShape, parameters, multiplyAdds }: LayerSummary): string {
  const figures = [
    parameters > 0 ? `${longCount(parameters)} parameters` : 'no parameters',
    ...(multiplyAdds > 0 ? [`${longCount(multiplyAdds)} multiply-adds a sample`] : []),
  ];
  return `Gives ${shapeWords(outputShape)}; ${figures.join(', ')}.`;
}

/** Whether two summaries give the same hints, whatever else changed. */
export function sameHints(one: Summary | undefined, other: Summary | undefined): boolean {
  const [a, b] = [one, other].map((summary) => summary?.networks.flatMap((network) => network.layers) ?? []);
  return a!.length === b!.length && a!.every((layer, index) => hintOf(layer) === hintOf(b![index]!));
}

const hintOf = ({ path, outputShape, parameters, multiplyAdds }: LayerSummary): string =>
  `${path.join('/')} ${outputShape.join()} ${parameters} ${multiplyAdds}`;

/**
 * The shape each layer of the summary gives. A block's own layers give other shapes at each use, so its uses show their last.
 * @param isAsked whether a hint at an offset is wanted, for only a few are in sight
 */
export function shapeHints(
  text: string,
  summary: Summary | undefined,
  isAsked: (offset: number) => boolean = () => true,
): readonly ShapeHint[] {
  const { root } = readSource(text);
  if (!root || !summary) return [];
  const last = new Map<string, LayerSummary>();
  for (const network of summary.networks) {
    for (const layer of network.layers)
      if (layer.path[0] === 'networks') last.set(layer.path.slice(0, 4).join('/'), layer);
  }
  return [...last.values()].flatMap((layer): ShapeHint[] => {
    const node = findNodeAtLocation(root, [...layer.path.slice(0, 4), 'type']);
    if (!node || !isAsked(node.offset + node.length)) return [];
    return [{ offset: node.offset + node.length, label: shapeWords(layer.outputShape), help: layerFigures(layer) }];
  });
}
