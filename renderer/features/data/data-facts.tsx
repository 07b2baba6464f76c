/** Figures of a data set: its splits, how often each class occurs, its columns, and the hash that tells equal data. */
import { useState } from 'react';
import { type DataColumn, type Split, splits } from '../../../core/data/data-info.ts';
import type { DataSummary } from '../../../core/protocol/data-summary.ts';
import { IconButton } from '../../components/button.tsx';
import { figure } from '../../components/figures.ts';
import { SegmentedControl } from '../../components/toggles.tsx';
import { showToast } from '../../state/toasts.ts';
import styles from './data.module.css';

const splitWords: Readonly<Record<Split, string>> = { train: 'Training', validation: 'Validation', test: 'Test' };

export function DataFacts({ summary }: { readonly summary: DataSummary }) {
  const { info } = summary;
  return (
    <div className={styles['section']}>
      <SplitTable summary={summary} />
      {info.classes.length > 0 && <ClassBars summary={summary} />}
      {info.columns && <Columns columns={info.columns} target={info.targetColumn} />}
      {info.factors && (
        <section className={styles['section']} aria-label="Known causes">
          <h2>Known causes of variation</h2>
          <p className={styles['note']}>
            {info.factors
              .map(
                ({ name, categories, low, high }) =>
                  `${name} (${categories ? categories.join(', ') : `${figure(low ?? 0)} to ${figure(high ?? 0)}`})`,
              )
              .join('; ')}
          </p>
        </section>
      )}
      <ContentHash hash={info.contentHash} />
    </div>
  );
}

function SplitTable({ summary: { info, splits: of } }: { readonly summary: DataSummary }) {
  // The numbers of tokens are names: they have no mean.
  const isMeasured = info.kind !== 'text';
  return (
    <section className={styles['section']} aria-label="Splits">
      <h2>Splits</h2>
      <div className={styles['table']} role="region" aria-label="Splits, table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Split</th>
              <th scope="col">Samples</th>
              {isMeasured &&
                ['Least', 'Mean', 'Most'].map((word) => (
                  <th key={word} scope="col">
                    {word}
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {splits.map((name) => (
              <tr key={name}>
                <th scope="row">{splitWords[name]}</th>
                <td>{of[name].count.toLocaleString('en-GB')}</td>
                {isMeasured &&
                  (['minimum', 'mean', 'maximum'] as const).map((figures) => (
                    <td key={figures}>{valueText(of[name][figures])}</td>
                  ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const valueText = (value: number): string => (Number.isNaN(value) ? '—' : figure(value, 3));

/** Classes beyond this many are counted, not drawn. */
const mostBars = 100;

function ClassBars({ summary: { info, splits: of } }: { readonly summary: DataSummary }) {
  const [split, setSplit] = useState<Split>('train');
  const counts = of[split].perClass;
  const most = Math.max(1, ...counts);
  return (
    <section className={styles['section']} aria-label="Samples of each class">
      <div className={styles['head']}>
        <h2>Samples of each class</h2>
        <span className={styles['end']}>
          <SegmentedControl
            label="Split counted"
            size="small"
            segments={splits.map((name) => ({ value: name, label: splitWords[name], disabled: of[name].count === 0 }))}
            value={split}
            onChange={setSplit}
          />
        </span>
      </div>
      <ul className={styles['bars']}>
        {info.classes.slice(0, mostBars).map((name, index) => (
          <li key={name}>
            <span className={styles['barName']} title={name}>
              {name}
            </span>
            <span
              className={styles['bar']}
              style={{ width: `${(100 * (counts[index] ?? 0)) / most}%` }}
              aria-hidden="true"
            />
            <span className={styles['barCount']}>{(counts[index] ?? 0).toLocaleString('en-GB')}</span>
          </li>
        ))}
      </ul>
      {info.classes.length > mostBars && (
        <p className={styles['note']}>
          The first {mostBars} of {info.classes.length} classes.
        </p>
      )}
    </section>
  );
}

function Columns({
  columns,
  target,
}: {
  readonly columns: readonly DataColumn[];
  readonly target: DataColumn | undefined;
}) {
  return (
    <section className={styles['section']} aria-label="Columns">
      <h2>Columns</h2>
      <div className={styles['table']} role="region" aria-label="Columns, table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Kind</th>
              <th scope="col">Mean</th>
              <th scope="col">Deviation</th>
              <th scope="col">Empty</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <ColumnRow key={column.name} column={column} />
            ))}
            {target && <ColumnRow column={target} isTarget />}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ColumnRow({ column, isTarget = false }: { readonly column: DataColumn; readonly isTarget?: boolean }) {
  const { name, kind, mean, deviation, missing, categories } = column;
  return (
    <tr>
      <th scope="row">
        {name}
        {isTarget && ' (target)'}
      </th>
      <td title={categories?.join(', ')}>{kind === 'number' ? 'number' : `${categories?.length ?? 0} values`}</td>
      <td>{mean === undefined ? '—' : figure(mean, 3)}</td>
      <td>{deviation === undefined ? '—' : figure(deviation, 3)}</td>
      <td>{missing ?? 0}</td>
    </tr>
  );
}

function ContentHash({ hash }: { readonly hash: string }) {
  const copy = (): void =>
    void navigator.clipboard.writeText(hash).then(() => showToast({ tone: 'ok', text: 'The hash is copied' }));
  return (
    <section className={styles['section']} aria-label="Content hash">
      <div className={styles['head']}>
        <h2>Content hash</h2>
        <IconButton size="small" icon="copy" label="Copy the hash" onPress={copy} />
      </div>
      <p className={styles['hash']}>
        {hash.slice(0, 32)}
        <wbr />
        {hash.slice(32)}
      </p>
      <p className={styles['note']}>Equal hashes mean equal samples, targets and split, in order.</p>
    </section>
  );
}
