/** How well each class is recognised, with the number of its samples. */
import { figure } from '../../../components/figures.ts';
import type { ClassTable } from './evaluation.ts';
import styles from '../generate.module.css';

export function ClassificationView({ table }: { readonly table: ClassTable }) {
  return (
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
  );
}
