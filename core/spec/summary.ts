/** What a network comes to: per layer its output shape, parameters, multiply-adds and activations, and the totals. */
import type { Dim, Value } from '../graph/graph.ts';
import type { DocumentPath, InputKind, Network, NetworkLayer } from '../nn/network.ts';
import { graphFlops } from '../ops/flops.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import { sizeOf } from '../tensor/tensor.ts';

export interface Figures {
  /** Trained numbers. */
  readonly parameters: number;
  /** Multiply-adds of one sample's forward pass. */
  readonly multiplyAdds: number;
  /** Numbers in the outputs of the layers, for one sample. */
  readonly activationElements: number;
}

export interface LayerSummary extends Figures {
  readonly id: string;
  readonly type: string;
  readonly path: DocumentPath;
  readonly inputs: readonly string[];
  /** With 'N' for the batch. */
  readonly outputShape: readonly Dim[];
  readonly bypass: boolean;
}

export interface NetworkSummary extends Figures {
  readonly name: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly kind: InputKind;
    readonly shape: readonly Dim[] | undefined;
  }[];
  /** In order; layers at fault and those behind them are left out. */
  readonly layers: readonly LayerSummary[];
  /** Undefined where a layer is at fault. */
  readonly outputShapes: readonly (readonly Dim[] | undefined)[];
}

export interface Summary extends Figures {
  readonly networks: readonly NetworkSummary[];
}

/** Watches a network being built: give `onLayer` to `applyNetwork`, then ask for the summary. */
export class SummaryWriter {
  readonly #program: ProgramBuilder;
  readonly #layers: { readonly layer: NetworkLayer; readonly shape: readonly Dim[]; readonly parameters: number }[] =
    [];
  #seen = 0;

  /** @param program a program whose registry is still empty. */
  constructor(program: ProgramBuilder) {
    this.#program = program;
  }

  readonly onLayer = (layer: NetworkLayer, output: Value): void => {
    const states = this.#program.registry.all;
    const fresh = states.slice(this.#seen).filter((spec) => spec.role === 'parameter');
    this.#seen = states.length;
    const parameters = fresh.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
    this.#layers.push({ layer, shape: output.type.shape, parameters });
  };

  /** @param inputs and outputs of the network, undefined where they are not known. */
  summary(
    network: Network,
    inputs: ReadonlyMap<string, Value>,
    outputs: readonly (Value | undefined)[],
  ): NetworkSummary {
    const { byOrigin } = graphFlops(this.#program.b.build());
    const layers = this.#layers.map(({ layer, shape, parameters }) => ({
      id: layer.id,
      type: layer.definition.type,
      path: layer.path,
      inputs: layer.inputs,
      outputShape: shape,
      bypass: layer.bypass,
      parameters,
      multiplyAdds: byOrigin.get(`${network.name}/${layer.id}`)?.multiplyAdds ?? 0,
      activationElements: layer.bypass ? 0 : elementsOf(shape),
    }));
    return {
      name: network.name,
      inputs: [...network.inputs].map(([name, kind]) => ({ name, kind, shape: inputs.get(name)?.type.shape })),
      layers,
      outputShapes: outputs.map((output) => output?.type.shape),
      ...totals(layers),
    };
  }
}

/** Sums of each figure. */
export function totals(parts: readonly Figures[]): Figures {
  const sum = (pick: (part: Figures) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  return {
    parameters: sum((part) => part.parameters),
    multiplyAdds: sum((part) => part.multiplyAdds),
    activationElements: sum((part) => part.activationElements),
  };
}

/** Elements of one sample: the batch counts as 1. */
function elementsOf(shape: readonly Dim[]): number {
  return shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1);
}
