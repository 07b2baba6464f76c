/** What a classifier takes for what: the confusion matrix, and the scores of each class. */
import { figure } from '../../../components/figures.ts';
import type { ClassTable } from './evaluation.ts';
import styles from '../generate.module.css';

export function ClassificationView({ table }: { readonly table: ClassTable }) {
  return (
    <>
      <Confusion table={table} />
      <section className={styles['section']} aria-label="Scores of each class">
        <div className={styles['head']}>
          <h2>Each class</h2>
        </div>
        <div className={styles['table']} role="region" aria-label="Scores of each class, table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col">Samples</th>
                <th scope="col">Precision</th>
                <th scope="col">Recall</th>
                <th scope="col">F1</th>
              </tr>
            </thead>
            <tbody>
              {table.perClass.map((row) => (
                <tr key={row.name}>
                  <th scope="row">{row.name}</th>
                  <td>{figure(row.support)}</td>
                  <td>{figure(row.precision, 3)}</td>
                  <td>{figure(row.recall, 3)}</td>
                  <td>{figure(row.f1, 3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}

function Confusion({ table: { confusion, perClass } }: { readonly table: ClassTable }) {
  return (
    <section className={styles['section']} aria-label="Confusion matrix">
      <div className={styles['head']}>
        <h2>Confusion matrix</h2>
        <span className={styles['note']}>
          Rows are actual classes, columns what the model said; shades are shares of a row
        </span>
      </div>
      <div className={styles['table']} role="region" aria-label="Confusion matrix, table" tabIndex={0}>
        <table className={styles['confusion']}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Actual class</span>
              </th>
              {perClass.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {confusion.map((row, actual) => (
              <ConfusionRow
                key={perClass[actual]?.name ?? actual}
                name={perClass[actual]?.name ?? String(actual)}
                row={row}
                actual={actual}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ConfusionRow({
  name,
  row,
  actual,
}: {
  readonly name: string;
  readonly row: readonly number[];
  readonly actual: number;
}) {
  const total = row.reduce((sum, count) => sum + count, 0);
  return (
    <tr>
      <th scope="row">{name}</th>
      {row.map((count, predicted) => (
        <td key={predicted} style={{ background: shade(total > 0 ? count / total : 0, predicted === actual) }}>
          {count}
        </td>
      ))}
    </tr>
  );
}

/** Right answers in the accent, wrong ones in the tone of errors; faint enough for the number to be read. */
const shade = (share: number, isRight: boolean): string =>
  share === 0
    ? 'transparent'
    : `color-mix(in srgb, var(${isRight ? '--accent' : '--error'}) ${Math.round(8 + 32 * share)}%, var(--ground))`;
