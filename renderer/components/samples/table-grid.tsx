/** Table samples as rows. */
import type { DataColumn } from '../../../core/data/data-info.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { sampleAt, sampleCount } from './pixels.ts';
import { columnNames, rowCells } from './table-values.ts';
import styles from './samples.module.css';

export interface TableGridProps {
  readonly samples: Samples;
  readonly columns?: readonly DataColumn[] | undefined;
  readonly limit?: number;
}

export function TableGrid({ samples, columns, limit = 100 }: TableGridProps) {
  const count = sampleCount(samples.data, samples.shape);
  const names = columnNames(columns, samples.shape[0]!);
  return (
    <div>
      <div className={styles['table']} role="group" aria-label={`${samples.label}, ${count} rows`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Sample</span>
              </th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: Math.min(count, limit) }, (_, index) => (
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                {rowCells(columns, sampleAt(samples.data, samples.shape, index)).map((cell, column) => (
                  <td key={names[column]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > limit && (
        <p className={styles['note']}>
          The first {limit} of {count} rows.
        </p>
      )}
    </div>
  );
}
