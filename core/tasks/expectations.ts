/** What families expect of networks and data, as findings about the document. */
import { sameShape, type Dim, type TensorType } from '../graph/graph.ts';
import type { Network } from '../nn/network.ts';
import type { Probe } from './task.ts';

/** Reports a network whose output is missing or has another shape than it must have. */
export function expectShape(
  probe: Probe,
  network: string,
  found: TensorType | undefined,
  expected: readonly Dim[],
  reason: string,
): void {
  if (!found || sameShape(found.shape, expected)) return;
  const at = probe.network(network);
  if (!at) return;
  probe.issue(
    [...at.path, 'layers'],
    `network '${network}' gives [${found.shape.join(', ')}], expected [${expected.join(', ')}]: ${reason}`,
  );
}

/**
 * Reports networks that take labels although the data has no classes, and embeddings too small for those it has.
 * @param nullLabel whether the networks also see the class number that stands for no label, one above the last.
 */
export function expectClasses(probe: Probe, names: readonly string[], nullLabel = false): void {
  for (const name of names) {
    const network = probe.network(name);
    if (!network || !probe.takes(name, 'label')) continue;
    if (probe.data.target === 'class')
      expectRows(probe, network, probe.data.classes.length + (nullLabel ? 1 : 0), nullLabel);
    else probe.issue([...network.path, 'inputs'], `network '${name}' takes a label, but the data has no classes`);
  }
}

/** Reports embeddings of a label that have no row for some label: the lookup would fail in the middle of training. */
function expectRows(probe: Probe, network: Network, needed: number, nullLabel: boolean): void {
  for (const layer of network.layers) {
    if (!layer.inputs.some((input) => network.inputs.get(input) === 'label')) continue;
    const { type } = layer.definition;
    const config = layer.config as { readonly inputDim?: number; readonly classes?: number };
    const held =
      type === 'embedding' ? config.inputDim : type === 'classEmbedding' ? (config.classes ?? 0) + 1 : undefined;
    if (held === undefined || held >= needed) continue;
    const why = nullLabel ? 'the classes of the data and one more for no label' : 'the classes of the data';
    const hint = 'use classEmbedding without "classes": it takes their number from the data';
    probe.issue(layer.path, `${type} '${layer.id}' has ${held} rows, expected ${needed}: ${why}`, hint);
  }
}

/** Reports a loss for values in [0, 1] over data that has others: it would have no lower bound. */
export function expectUnitValues(probe: Probe, field: string, choice: string, instead: string): void {
  if (probe.data.kind === 'image') return;
  const found = probe.data.kind === 'points' ? 'coordinates of points' : 'columns of a table';
  probe.issue(
    ['task', field],
    `${field} '${choice}' is for values from 0 to 1, found ${found}`,
    `use "${field}": "${instead}"`,
  );
}
