/** What is known of the row in hand: a node with its values, or a part of the document drawn as its nodes. */
import { useMemo } from 'react';
import { graphlib, layout } from '@dagrejs/dagre';
import { classNames } from '../../components/class-names.ts';
import type { CompiledGraph, CompiledNode, CompiledValue } from './compiled-graph.ts';
import type { Row } from './compiled-rows.ts';
import styles from './compiled.module.css';

export interface CompiledDetailProps {
  readonly graph: CompiledGraph;
  readonly row: Row;
  readonly onPick: (node: CompiledNode) => void;
}

export function CompiledDetail({ graph, row, onPick }: CompiledDetailProps) {
  if (row.kind === 'phase') return null;
  const { phase, origin } = row.kind === 'node' ? row.node : row;
  return (
    <section className={styles['detail']} aria-label="Details">
      {row.kind === 'node' && <NodeFacts graph={graph} node={row.node} onPick={onPick} />}
      <Drawing
        nodes={graph.nodes.filter((node) => node.phase === phase && node.origin === origin)}
        active={row.kind === 'node' ? row.node : undefined}
        onPick={onPick}
      />
    </section>
  );
}

function NodeFacts({
  graph,
  node,
  onPick,
}: {
  readonly graph: CompiledGraph;
  readonly node: CompiledNode;
  readonly onPick: (node: CompiledNode) => void;
}) {
  const makers = useMemo(
    () => new Map(graph.nodes.flatMap((each) => each.outputs.map((output) => [output.name, each] as const))),
    [graph],
  );
  const words = (value: CompiledValue | null): string =>
    value ? `${value.name}: ${value.dtype} ${value.shape || 'scalar'}` : 'left out';
  return (
    <dl className={styles['facts']}>
      <dt>{node.op}</dt>
      <dd>{node.attributes || 'no attributes'}</dd>
      {node.inputs.map((input, index) => {
        const maker = input ? makers.get(input.name) : undefined;
        return (
          <div key={index} className={styles['fact']}>
            <dt>takes</dt>
            <dd>
              {maker ? (
                <button type="button" className={styles['jump']} onClick={() => onPick(maker)}>
                  {words(input)}
                </button>
              ) : (
                words(input)
              )}
            </dd>
          </div>
        );
      })}
      {node.outputs.map((output) => (
        <div key={output.name} className={styles['fact']}>
          <dt>gives</dt>
          <dd>{words(output)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** More nodes than these make no drawing that can be read. */
const mostDrawn = 60;
const boxHeight = 22;
/** Pixels of a letter of the drawing's text. */
const letterWidth = 6.6;

interface Box {
  readonly node: CompiledNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function Drawing({
  nodes,
  active,
  onPick,
}: {
  readonly nodes: readonly CompiledNode[];
  readonly active: CompiledNode | undefined;
  readonly onPick: (node: CompiledNode) => void;
}) {
  const drawn = useMemo(
    () => (nodes.length <= mostDrawn ? arrange(nodes) : undefined),
    [nodes.map((node) => node.index).join(' ')],
  );
  if (!drawn)
    return <p className={styles['note']}>{nodes.length} nodes: too many to draw. The list above has them all.</p>;
  const at = new Map(drawn.boxes.map((box) => [box.node.index, box]));
  return (
    <div
      className={styles['drawing']}
      role="img"
      aria-label={`${nodes.length} nodes, drawn: ${nodes
        .slice(0, 12)
        .map((node) => node.op)
        .join(', ')}${nodes.length > 12 ? ', …' : ''}`}
    >
      <svg width={drawn.width} height={drawn.height} viewBox={`0 0 ${drawn.width} ${drawn.height}`}>
        {drawn.wires.map(([from, to]) => {
          const [a, b] = [at.get(from)!, at.get(to)!];
          const middle = (a.x + a.width / 2 + b.x - b.width / 2) / 2;
          return (
            <path
              key={`${from} ${to}`}
              className={styles['wire']}
              d={`M${a.x + a.width / 2} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${b.x - b.width / 2} ${b.y}`}
            />
          );
        })}
        {drawn.boxes.map(({ node, x, y, width }) => (
          <g
            key={node.index}
            className={classNames(styles['box'], node.index === active?.index && styles['activeBox'])}
            onClick={() => onPick(node)}
          >
            <title>{`${node.op}: ${node.outputs.map((output) => `${output.name} ${output.dtype} ${output.shape}`).join(', ')}`}</title>
            <rect x={x - width / 2} y={y - boxHeight / 2} width={width} height={boxHeight} rx={3} />
            <text x={x} y={y + 4} textAnchor="middle">
              {node.op}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function arrange(nodes: readonly CompiledNode[]): {
  readonly boxes: readonly Box[];
  readonly wires: readonly (readonly [number, number])[];
  readonly width: number;
  readonly height: number;
} {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output.name, node.index] as const)));
  const wires = nodes.flatMap((node) =>
    node.inputs.flatMap((input) =>
      input && makers.has(input.name) ? [[makers.get(input.name)!, node.index] as const] : [],
    ),
  );
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 26, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { index, op } of nodes)
    graph.setNode(String(index), { width: op.length * letterWidth + 16, height: boxHeight });
  for (const [from, to] of wires) graph.setEdge(String(from), String(to));
  layout(graph);
  const boxes = nodes.map((node): Box => {
    const { x, y, width } = graph.node(String(node.index)) as { x: number; y: number; width: number };
    return { node, x, y, width };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { boxes, wires: [...new Map(wires.map((wire) => [wire.join(' '), wire])).values()], width, height };
}
