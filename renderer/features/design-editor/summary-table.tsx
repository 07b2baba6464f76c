/** What each layer comes to: output shape, parameters, multiply-adds, activations, predicted time; and the sums. */
import { memo, useDeferredValue, useMemo, useState } from 'react';
import type { Figures, Summary } from '../../../core/spec/summary.ts';
import type { DocumentOutline, NodeKey } from '../../../core/spec/model-edits/outline.ts';
import { figuresByPath, type LayerFigures } from '../../canvas/flow-model.ts';
import { longCount } from '../../canvas/words.ts';
import { bytesFigure } from '../../components/figures.ts';
import { EmptyState } from '../../components/layout.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import type { TableColumn } from '../../components/table/table-column.ts';
import type { SortState } from '../../components/table/table-rows.ts';
import { select, useWorkspace } from '../../state/workspace.ts';
import { showSide } from './design-view.ts';
import {
  partsWords,
  placeWords,
  predictionWords,
  secondsOf,
  stepFigure,
  usePredictedTimes,
  type PredictedState,
  type PredictedTimes,
} from './predicted-times.ts';
import styles from './foot.module.css';

interface Row {
  readonly key: string;
  readonly network: string;
  readonly id: string;
  readonly type: string;
  readonly figures: LayerFigures | undefined;
  readonly activationBytes: number;
  /** Of one training step; undefined where it is not known. */
  readonly predicted: { readonly seconds: number; readonly words: string } | undefined;
}

/** Activations are float32. */
const bytesEach = 4;

function rowsOf(
  outline: DocumentOutline,
  summary: Summary | undefined,
  times: PredictedTimes | undefined,
): readonly Row[] {
  const figures = figuresByPath(summary);
  return outline.scopes
    .filter((scope) => scope.kind === 'network')
    .flatMap((scope) =>
      scope.layers.map((layer) => {
        const found = figures.get(layer.path.join('/'));
        const activationBytes = (found?.activationElements ?? 0) * outline.batchSize * bytesEach;
        return {
          key: layer.key,
          network: scope.name,
          id: layer.id,
          type: layer.spec.type,
          figures: found,
          activationBytes,
          predicted: times && predictedOf(times, layer.key),
        };
      }),
    );
}

const count = (value: number | undefined): string => (value === undefined ? '—' : longCount(value));

function predictedOf(times: PredictedTimes, layer: NodeKey): Row['predicted'] {
  const parts = times.byLayer.get(layer);
  return parts && { seconds: secondsOf(parts), words: `${partsWords(parts)}; ${placeWords(times)}` };
}

const predictionHelp =
  'What one training step is predicted to spend on the layer: forward, gradients and the update of its weights. Roughly: worked out from the compiled step and the speed measured on this machine, for the CPU, whatever device a run takes.';

const columns: readonly TableColumn<Row>[] = [
  { id: 'id', title: 'Layer', width: 190, value: (row) => row.id },
  { id: 'type', title: 'Type', width: 170, value: (row) => row.type },
  {
    id: 'shape',
    title: 'Output shape',
    width: 150,
    value: (row) => row.figures?.shape ?? '',
    cell: (row) => row.figures?.shape ?? '—',
  },
  {
    id: 'parameters',
    title: 'Parameters',
    width: 120,
    align: 'end',
    value: (row) => row.figures?.parameters ?? -1,
    cell: (row) => count(row.figures?.parameters),
  },
  {
    id: 'multiplyAdds',
    title: 'Multiply-adds (MACs)',
    width: 170,
    align: 'end',
    value: (row) => row.figures?.multiplyAdds ?? -1,
    cell: (row) => count(row.figures?.multiplyAdds),
  },
  {
    id: 'activations',
    title: 'Activations of a batch',
    width: 170,
    align: 'end',
    value: (row) => row.activationBytes,
    cell: (row) => (row.figures ? bytesFigure(row.activationBytes) : '—'),
  },
  {
    id: 'predicted',
    title: 'Step (predicted)',
    help: predictionHelp,
    width: 160,
    align: 'end',
    value: (row) => row.predicted?.seconds ?? -1,
    cell: (row) => (row.predicted ? <span title={row.predicted.words}>{stepFigure(row.predicted.seconds)}</span> : '—'),
  },
];

/** The table follows the model a moment after the canvas: an edit need not wait for it. */
export function SummaryTable() {
  const outline = useDeferredValue(useWorkspace((state) => state.outline));
  const summary = useDeferredValue(useWorkspace((state) => state.check.summary));
  const predicted = useDeferredValue(usePredictedTimes());
  return outline && <LayerTable outline={outline} summary={summary} predicted={predicted} />;
}

interface LayerTableProps {
  readonly outline: DocumentOutline;
  readonly summary: Summary | undefined;
  readonly predicted: PredictedState;
}

const LayerTable = memo(function LayerTable({ outline, summary, predicted }: LayerTableProps) {
  const selection = useWorkspace((state) => state.selection);
  const [sort, setSort] = useState<SortState | null>(null);
  const rows = useMemo(() => rowsOf(outline, summary, predicted.times), [outline, summary, predicted.times]);
  const selected = useMemo(() => new Set(selection), [selection]);
  return (
    <>
      <DataTable
        label="Layers and what they come to"
        rows={rows}
        idOf={(row) => row.key}
        columns={columns}
        sort={sort}
        onSort={setSort}
        selected={selected}
        onSelect={(ids) => select([...ids])}
        onOpen={() => showSide('inspector')}
        groupOf={(row) => row.network}
        rowHeight={26}
        empty={<EmptyState title="No layers yet" icon="design" />}
      />
      {summary && <Totals summary={summary} batchSize={outline.batchSize} predicted={predicted} />}
    </>
  );
});

interface TotalsProps {
  readonly summary: Summary;
  readonly batchSize: number;
  readonly predicted: PredictedState;
}

function Totals({ summary, batchSize, predicted }: TotalsProps) {
  return (
    // A line that may be longer than the window: arrow keys move it.
    <div className={styles['totals']} role="group" aria-label="Sums" tabIndex={0}>
      <span>
        <strong>Total</strong> {sumWords(summary, batchSize)}
      </span>
      <span title={predictionHelp}>
        <strong>Predicted step</strong> {predictionWords(predicted)}
      </span>
      {summary.networks.map((network) => (
        <span key={network.name}>
          <strong>{network.name}</strong> {sumWords(network, batchSize)}
        </span>
      ))}
    </div>
  );
}

const sumWords = ({ parameters, multiplyAdds, activationElements }: Figures, batchSize: number): string =>
  `${longCount(parameters)} parameters, ${longCount(multiplyAdds)} multiply-adds a sample, ${bytesFigure(activationElements * batchSize * bytesEach)} of activations`;
