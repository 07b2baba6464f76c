/** What stands on the canvas: layers, inputs, and the lanes of networks behind them. */
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { classNames } from '../components/class-names.ts';
import { Icon } from '../components/icon.tsx';
import type { CanvasLane, CanvasNode } from './flow-model.ts';
import type { Direction } from './layout.ts';
import { kindColour, kindTitles } from './words.ts';
import styles from './canvas.module.css';

export type LayerFlowNode = Node<{ readonly node: CanvasNode; readonly direction: Direction }, 'layer' | 'given'>;
export type LaneFlowNode = Node<{ readonly lane: CanvasLane }, 'lane'>;

/** The DOM id of a node, for pointing readers at it. */
export const elementId = (key: string): string => `canvas-node-${key.replace(/[^A-Za-z0-9_-]/g, '-')}`;

export const LayerNode = memo(function LayerNode({ data: { node, direction }, selected }: NodeProps<LayerFlowNode>) {
  const hasError = node.errors.length > 0;
  const typeWords = node.type === 'block' || node.id.startsWith(`${node.type}_`) ? '' : node.type;
  return (
    <div
      id={elementId(node.key)}
      className={classNames(
        styles['node'],
        selected && styles['selected'],
        hasError && styles['faulty'],
        node.bypass && styles['bypassed'],
      )}
      style={{ '--kind': kindColour(node.kind) } as React.CSSProperties}
      role="img"
      aria-label={node.label}
    >
      <Handles node={node} direction={direction} />
      <div className={styles['title']}>
        <span className={styles['name']} title={node.id}>
          {node.id}
        </span>
        <span className={styles['type']}>{typeWords}</span>
        {node.bypass && <span className={styles['mark']}>bypassed</span>}
        {node.isOutput && <span className={styles['mark']}>out</span>}
        {hasError && <ErrorBadge count={node.errors.length} />}
        {!hasError && node.warnings.length > 0 && <Icon name="warning" size={13} className={styles['warns']!} />}
      </div>
      {node.parameters && (
        <div className={styles['parameters']} title={node.parameters}>
          {node.parameters}
        </div>
      )}
      <div className={styles['figures']}>
        <span className={styles['figure']}>{node.figures || kindTitles[node.kind]}</span>
        {node.isOutput && node.shape && <span className={styles['outShape']}>{node.shape}</span>}
      </div>
      {hasError && (
        <div className={styles['fault']}>
          <span>{node.errors[0]}</span>
        </div>
      )}
      {!hasError && node.warnings.length > 0 && selected && (
        <div className={styles['caution']}>
          <span>{node.warnings[0]}</span>
        </div>
      )}
    </div>
  );
});

function ErrorBadge({ count }: { readonly count: number }) {
  return (
    <span className={styles['errorBadge']}>
      <Icon name="error" size={12} />
      {count > 1 && count}
    </span>
  );
}

export const InputNode = memo(function InputNode({ data: { node, direction }, selected }: NodeProps<LayerFlowNode>) {
  return (
    <div
      id={elementId(node.key)}
      className={classNames(styles['input'], selected && styles['selected'])}
      role="img"
      aria-label={node.label}
    >
      <span className={styles['name']}>{node.id}</span>
      <span className={styles['type']}>{node.type}</span>
      <Handle
        type="source"
        id="out"
        position={direction === 'down' ? Position.Bottom : Position.Right}
        className={styles['handle']!}
      />
    </div>
  );
});

function Handles({ node, direction }: { readonly node: CanvasNode; readonly direction: Direction }) {
  const [into, outOf] = direction === 'down' ? [Position.Top, Position.Bottom] : [Position.Left, Position.Right];
  const along = direction === 'down' ? 'left' : 'top';
  return (
    <>
      {node.slots.length === 0 && <Handle type="target" id="in" position={into} className={styles['handle']!} />}
      {node.slots.map((slot, index) => (
        <Handle
          key={slot}
          type="target"
          id={`s${index}`}
          position={into}
          title={slot}
          className={styles['handle']!}
          style={{ [along]: `${slotShare(index, node.slots.length) * 100}%` }}
        />
      ))}
      <Handle type="source" id="out" position={outOf} className={styles['handle']!} />
    </>
  );
}

/** How far along its side the place of an input is, from 0 to 1. */
export const slotShare = (index: number, count: number): number => (index + 1) / (count + 1);

export const LaneNode = memo(function LaneNode({ data: { lane } }: NodeProps<LaneFlowNode>) {
  const layers = lane.nodes.filter((node) => node.kind !== 'io').length;
  return (
    <div className={classNames(styles['lane'], lane.isBlock && styles['blockLane'])}>
      <div className={classNames(styles['laneHead'], 'lane-head')}>
        <span className={styles['laneTitle']}>{lane.title}</span>
        {lane.errors.length === 0 && <span className={styles['laneNote']}>{lane.isBlock ? 'block' : lane.note}</span>}
        {lane.errors.length > 0 && (
          <span className={styles['laneError']} title={lane.errors.join('\n')}>
            <Icon name="error" size={12} />
            <span className={styles['laneFault']}>{lane.errors[0]}</span>
          </span>
        )}
      </div>
      {layers === 0 && <div className={styles['laneEmpty']}>No layers yet. Double-click here, or press Tab.</div>}
    </div>
  );
});
