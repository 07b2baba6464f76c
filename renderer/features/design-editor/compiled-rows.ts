/** The compiled graph as rows of a tree: phases, the parts of the document in them, and their nodes. */
import { phases, type CompiledGraph, type CompiledNode, type Phase } from './compiled-graph.ts';

export interface PhaseRow {
  readonly kind: 'phase';
  readonly id: string;
  readonly phase: Phase;
  readonly count: number;
  readonly multiplyAdds: number;
}

export interface OriginRow {
  readonly kind: 'origin';
  readonly id: string;
  readonly phase: Phase;
  readonly origin: string;
  readonly count: number;
  readonly multiplyAdds: number;
}

export interface NodeRow {
  readonly kind: 'node';
  readonly id: string;
  readonly node: CompiledNode;
}

export type Row = PhaseRow | OriginRow | NodeRow;

export const originRowId = (phase: Phase, origin: string): string => `${phase} ${origin}`;
export const nodeRowId = (index: number): string => `node ${index}`;

/** Nodes that have every word of a search in their operator, origin, phase, or the names, shapes and types of what they give. */
export function matching(nodes: readonly CompiledNode[], search: string): readonly CompiledNode[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return nodes;
  return nodes.filter((node) => {
    const values = node.outputs.flatMap((value) => [value.name, value.shape, value.dtype]);
    const text = [node.op, node.origin, node.phase, ...values].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The rows in sight. @param open ids of the rows whose children show; a search opens everything */
export function rowsOf(graph: CompiledGraph, search: string, open: ReadonlySet<string>): readonly Row[] {
  const nodes = matching(graph.nodes, search);
  const isOpen = (id: string): boolean => search.trim() !== '' || open.has(id);
  const costOf = (some: readonly CompiledNode[]): number => some.reduce((sum, node) => sum + node.multiplyAdds, 0);
  return phases.flatMap((phase): readonly Row[] => {
    const own = nodes.filter((node) => node.phase === phase);
    if (own.length === 0) return [];
    const head: Row = { kind: 'phase', id: phase, phase, count: own.length, multiplyAdds: costOf(own) };
    if (!isOpen(phase)) return [head];
    const groups = Map.groupBy(own, (node) => node.origin);
    const inside = [...groups].flatMap(([origin, members]): readonly Row[] => {
      const id = originRowId(phase, origin);
      const row: Row = { kind: 'origin', id, phase, origin, count: members.length, multiplyAdds: costOf(members) };
      return isOpen(id)
        ? [row, ...members.map((node): Row => ({ kind: 'node', id: nodeRowId(node.index), node }))]
        : [row];
    });
    return [head, ...inside];
  });
}

/** How deep a row stands; the phases are at 1. */
export const levelOf = (row: Row): 1 | 2 | 3 => (row.kind === 'phase' ? 1 : row.kind === 'origin' ? 2 : 3);

/** The row that holds another. */
export function parentId(row: Row): string | undefined {
  if (row.kind === 'phase') return undefined;
  return row.kind === 'origin' ? row.phase : originRowId(row.node.phase, row.node.origin);
}
