/** Samples of any kind, each kind in its own view; tasks declare kinds, so nothing here knows a task. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { EmptyState } from '../layout.tsx';
import { ClassScores } from './class-scores.tsx';
import { ImageGrid } from './image-grid.tsx';
import type { PointBounds } from './point-bounds.ts';
import { PointsPlot } from './points-plot.tsx';
import { TableGrid } from './table-grid.tsx';
import { TextList } from './text-list.tsx';

export interface SamplesViewProps {
  readonly samples: Samples;
  /** Of the data they are like: names of classes and columns, known modes. */
  readonly info?: DataInfo | undefined;
  readonly seed?: number | undefined;
  /** Pixels of an image's cell. */
  readonly cell?: number;
  readonly columns?: number | undefined;
  readonly limit?: number;
  readonly bounds?: PointBounds | undefined;
  readonly height?: number;
  readonly hideCaption?: boolean;
}

export function SamplesView({
  samples,
  info,
  seed,
  cell,
  columns,
  limit,
  bounds,
  height,
  hideCaption,
}: SamplesViewProps) {
  if (samples.data.length === 0) return <EmptyState title="No samples" icon="grid" />;
  const limited = limit === undefined ? {} : { limit };
  switch (samples.kind) {
    case 'image':
      return (
        <ImageGrid
          samples={samples}
          seed={seed}
          columns={columns}
          classes={info?.classes}
          {...limited}
          {...(cell !== undefined && { cell })}
          {...(hideCaption !== undefined && { hideCaption })}
        />
      );
    case 'points':
      return (
        <PointsPlot samples={samples} modes={info?.modes} bounds={bounds} {...(height !== undefined && { height })} />
      );
    case 'table':
      return <TableGrid samples={samples} columns={info?.columns} {...limited} />;
    case 'text':
      return <TextList samples={samples} vocabulary={info?.vocabulary} {...limited} />;
    case 'classScores':
      return <ClassScores samples={samples} classes={info?.classes} {...limited} />;
  }
}
