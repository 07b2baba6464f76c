/** What the canvas draws: nodes, wires and lanes made of the document's outline and of what checking it found. */
import type { Issue } from '../../core/spec/issue.ts';
import type { DocumentOutline, NodeKey, OutlineLayer, OutlineScope } from '../../core/spec/model-edits/outline.ts';
import type { LayerSummary, Summary } from '../../core/spec/summary.ts';
import { layerTable } from '../../core/nn/layer-table.ts';
import { shared } from '../state/shared.ts';
import { kindOf, longCount, parameterWords, shapeWords, shortCount, type LayerKind } from './words.ts';

export interface CanvasNode {
  readonly key: NodeKey;
  readonly scope: string;
  readonly id: string;
  readonly type: string;
  readonly kind: LayerKind;
  /** Fields in a few words; '' when there are none. */
  readonly parameters: string;
  /** `544 params · 100k MACs`; '' until it is known. */
  readonly figures: string;
  readonly shape: string;
  readonly bypass: boolean;
  readonly isOutput: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Names of its inputs, where each has a place of its own. */
  readonly slots: readonly string[];
  /** What a reader of the screen says. */
  readonly label: string;
}

export interface CanvasWire {
  readonly id: string;
  readonly from: NodeKey;
  readonly to: NodeKey;
  readonly slot: number;
  readonly hasSlots: boolean;
  /** Shape of what flows; '' when it is not known. */
  readonly shape: string;
}

export interface CanvasLane {
  readonly key: string;
  readonly title: string;
  readonly isBlock: boolean;
  readonly note: string;
  readonly nodes: readonly CanvasNode[];
  readonly wires: readonly CanvasWire[];
  readonly errors: readonly string[];
}

/** Figures of one layer as it stands in the document; a block's use stands for all its layers. */
export interface LayerFigures {
  readonly shape: string;
  readonly outputShape: LayerSummary['outputShape'];
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly activationElements: number;
}

const noFigures: ReadonlyMap<string, LayerFigures> = new Map();
/** What summaries and layers of them came to: asked for by several views, and at each edit. */
const knownFigures = new WeakMap<Summary, ReadonlyMap<string, LayerFigures>>();
const figuresOfLayer = new WeakMap<LayerSummary, LayerFigures>();

/** Figures of layers by the path of where they stand. */
export function figuresByPath(summary: Summary | undefined): ReadonlyMap<string, LayerFigures> {
  if (!summary) return noFigures;
  const known = knownFigures.get(summary);
  if (known) return known;
  const figures = new Map<string, LayerFigures>();
  for (const layer of summary.networks.flatMap((network) => network.layers)) {
    const path = layer.path.join('/');
    const sum = figures.get(path);
    const own = figuresOfLayer.get(layer) ?? figuresOf(layer);
    figuresOfLayer.set(layer, own);
    figures.set(path, sum ? added(sum, own) : own);
  }
  knownFigures.set(summary, figures);
  return figures;
}

const figuresOf = ({ outputShape, parameters, multiplyAdds, activationElements }: LayerSummary): LayerFigures => ({
  shape: shapeWords(outputShape),
  outputShape,
  parameters,
  multiplyAdds,
  activationElements,
});

/** Of a block used more than once: the shape of its last use, the cost of all. */
const added = (sum: LayerFigures, own: LayerFigures): LayerFigures => ({
  ...own,
  parameters: sum.parameters + own.parameters,
  multiplyAdds: sum.multiplyAdds + own.multiplyAdds,
  activationElements: sum.activationElements + own.activationElements,
});

/** Issues by the path of the layer they are about, and of the network for the others. */
function issuesByNode(issues: readonly Issue[]): ReadonlyMap<string, readonly Issue[]> {
  const byPath = new Map<string, Issue[]>();
  for (const issue of issues) {
    const [section, , part] = issue.path;
    if (section !== 'networks' && section !== 'blocks') continue;
    const path = issue.path.slice(0, part === 'layers' && issue.path.length > 3 ? 4 : 2).join('/');
    const list = byPath.get(path);
    if (list) list.push(issue);
    else byPath.set(path, [issue]);
  }
  return byPath;
}

/** The lanes of a document. What is as in `last` is the same object, all of it if nothing changed, so that none of it is drawn again. */
export function buildLanes(
  outline: DocumentOutline,
  issues: readonly Issue[],
  summary: Summary | undefined,
  last: readonly CanvasLane[],
): readonly CanvasLane[] {
  const figures = figuresByPath(summary);
  const faults = issuesByNode(issues);
  const known = new Map(last.flatMap((lane) => lane.nodes.map((node) => [node.key, node] as const)));
  const knownWires = new Map(last.flatMap((lane) => lane.wires.map((wire) => [wire.id, wire] as const)));
  const lanes = outline.scopes.map((scope): CanvasLane => {
    const inputShapes = new Map(
      summary?.networks
        .find((network) => scope.kind === 'network' && network.name === scope.name)
        ?.inputs.map((input) => [input.name, input.shape]),
    );
    const inputs = scope.inputs.map((input) => inputNode(scope, input, inputShapes.get(input.name)));
    const layers = scope.layers.map((layer) => {
      const path = layer.path.join('/');
      return layerNode(scope, layer, figures.get(path), faults.get(path) ?? noIssues, outline);
    });
    const nodes = [...inputs, ...layers].map((node) => reused(known.get(node.key), node));
    const sums = summary?.networks.find((network) => scope.kind === 'network' && network.name === scope.name);
    return {
      key: scope.key,
      title: scope.name,
      isBlock: scope.kind === 'block',
      note: sums ? `${shortCount(sums.parameters)} params · ${shortCount(sums.multiplyAdds)} MACs` : '',
      nodes,
      wires: wiresOf(scope, nodes).map((wire) => reused(knownWires.get(wire.id), wire)),
      errors: (faults.get(scope.path.join('/')) ?? [])
        .filter((issue) => issue.severity === 'error')
        .map((issue) => issue.message),
    };
  });
  return shared(last, lanes);
}

const noIssues: readonly Issue[] = [];

const reused = <T extends object>(old: T | undefined, fresh: T): T => (old ? shared(old, fresh) : fresh);

function inputNode(
  scope: OutlineScope,
  input: OutlineScope['inputs'][number],
  shape: readonly (number | string)[] | undefined,
): CanvasNode {
  const words = shape ? shapeWords(shape) : '';
  return {
    key: input.key,
    scope: scope.key,
    id: input.name,
    type: input.word,
    kind: 'io',
    parameters: '',
    figures: '',
    shape: words,
    bypass: false,
    isOutput: scope.outputs.includes(input.name) && scope.namesOutputs,
    errors: [],
    warnings: [],
    slots: [],
    label: [`Input ${input.name}`, input.word, words && `shape ${words}`].filter(Boolean).join(', '),
  };
}

/** What a layer's node was made of, and the node. */
interface Made {
  readonly from: readonly unknown[];
  readonly node: CanvasNode;
}

/** The outline keeps layers that stayed as they were, so what was made of one can be given out again. */
const madeOf = new WeakMap<OutlineLayer, Made>();

function layerNode(
  scope: OutlineScope,
  layer: OutlineLayer,
  figures: LayerFigures | undefined,
  issues: readonly Issue[],
  outline: DocumentOutline,
): CanvasNode {
  const isOutput = scope.outputs.includes(layer.id);
  const slots = slotsOf(layer.spec.type, String(layer.spec.use), outline);
  const from = [figures, isOutput, slots.length, ...slots, ...issues];
  const made = madeOf.get(layer);
  if (made && made.from.length === from.length && made.from.every((each, index) => each === from[index]))
    return made.node;
  const node = newNode(scope.key, layer, figures, issues, isOutput, slots);
  madeOf.set(layer, { from, node });
  return node;
}

function newNode(
  scope: string,
  { spec, id, key }: OutlineLayer,
  figures: LayerFigures | undefined,
  issues: readonly Issue[],
  isOutput: boolean,
  slots: readonly string[],
): CanvasNode {
  const parameters = parameterWords(spec);
  const errors = issues.filter((issue) => issue.severity === 'error').map((issue) => issue.message);
  const warnings = issues.filter((issue) => issue.severity === 'warning').map((issue) => issue.message);
  const shape = figures?.shape ?? '';
  return {
    key,
    scope,
    id,
    type: spec.type,
    kind: kindOf(spec.type),
    parameters,
    figures: figures && spec.bypass !== true ? figureWords(figures) : '',
    shape,
    bypass: spec.bypass === true,
    isOutput,
    errors,
    warnings,
    slots,
    label: [
      id.startsWith(spec.type) ? id : `${id}, ${spec.type}`,
      ...parameters.split(' · ').filter(Boolean),
      spec.bypass === true && 'bypassed',
      shape && `output ${shape}`,
      figures && figures.parameters > 0 && `${longCount(figures.parameters)} parameters`,
      isOutput && 'gives an output of the network',
      errors.length > 0 && `${errors.length === 1 ? 'error' : `${errors.length} errors`}: ${errors.join('; ')}`,
      warnings.length > 0 && `warning: ${warnings.join('; ')}`,
    ]
      .filter(Boolean)
      .join(', '),
  };
}

const figureWords = ({ parameters, multiplyAdds }: LayerFigures): string =>
  [parameters > 0 && `${shortCount(parameters)} params`, multiplyAdds > 0 && `${shortCount(multiplyAdds)} MACs`]
    .filter(Boolean)
    .join(' · ');

function slotsOf(type: string, use: string, outline: DocumentOutline): readonly string[] {
  if (type === 'block') {
    const inputs = outline.scopes.find((scope) => scope.key === `block:${use}`)?.inputs ?? [];
    return inputs.length > 1 ? inputs.map((input) => input.name) : [];
  }
  const names = layerTable.get(type)?.inputs.names ?? [];
  return names.length > 1 ? names : [];
}

function wiresOf(scope: OutlineScope, nodes: readonly CanvasNode[]): readonly CanvasWire[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return scope.layers.flatMap((layer) => {
    const hasSlots = (byId.get(layer.id)?.slots.length ?? 0) > 0;
    return layer.inputs.flatMap((name, slot): readonly CanvasWire[] => {
      const from = byId.get(name);
      return from && from.key !== layer.key
        ? [{ id: `${from.key}>${layer.key}#${slot}`, from: from.key, to: layer.key, slot, hasSlots, shape: from.shape }]
        : [];
    });
  });
}
