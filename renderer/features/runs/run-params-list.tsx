/** The fields of a run's document, by name. */
import { useState } from 'react';
import { SearchField } from '../../components/text-field.tsx';
import type { Param } from '../../../core/protocol/records.ts';
import { paramText } from '../../state/run-params.ts';
import styles from './runs.module.css';

export function RunParams({ params }: { readonly params: ReadonlyMap<string, Param['value']> }) {
  const [typed, setTyped] = useState('');
  const found = [...params].filter(([key, value]) =>
    `${key} ${String(value)}`.toLowerCase().includes(typed.toLowerCase()),
  );
  return (
    <div className={styles['panelBody']}>
      <SearchField label="Find a field" size="small" value={typed} onChange={setTyped} />
      <table className={styles['fields']}>
        <tbody>
          {found.map(([key, value]) => (
            <tr key={key}>
              <th scope="row">
                <code>{key}</code>
              </th>
              <td>{paramText(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p className={styles['faint']}>No field matches.</p>}
    </div>
  );
}
