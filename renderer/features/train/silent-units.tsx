/** Rectified units that were never active when they were last looked at: how many of each layer, and which. */
import { rangesOf } from '../../../core/metrics/number-ranges.ts';
import type { InsightMoment } from '../../../core/protocol/insights.ts';
import { useCall } from '../../client/host-context.tsx';
import { LayerButton } from './layer-button.tsx';
import styles from './insight.module.css';

interface SilentUnitsProps {
  readonly run: string;
  readonly moments: readonly InsightMoment[];
  /** Shows a layer in Design, by its parameters' common name. */
  readonly onLayer: (name: string) => void;
}

export function SilentUnits({ run, moments, onLayer }: SilentUnitsProps) {
  const moment = moments.findLast(({ kind }) => kind === 'activity');
  const { data } = useCall('runs.insight', moment ? { run, ...moment } : null);
  if (!moment || data?.kind !== 'activity') return null;
  const touched = data.layers.filter(({ silent }) => silent.length > 0);
  const looked = `on ${data.n.toLocaleString('en-GB')} training examples at step ${moment.step.toLocaleString('en-GB')}`;
  return (
    <section className={styles['silent']} aria-label="Units that are never active">
      <h3>Units that are never active</h3>
      <p>
        {touched.length === 0
          ? `Every unit with a rectifier was active at least once ${looked}.`
          : `Not above zero once ${looked}: such a unit passes nothing on and gets no gradient back. Some are usual; a quarter of a layer raises an alarm.`}
      </p>
      {touched.length > 0 && (
        <table>
          <colgroup>
            <col style={{ width: '38%' }} />
            <col style={{ width: '22%' }} />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Silent</th>
              <th scope="col">Which, from 0</th>
            </tr>
          </thead>
          <tbody>
            {touched.map(({ name, units, silent }, index) => (
              <tr key={`${name} ${index}`}>
                <th scope="row">
                  <LayerButton name={name} onLayer={onLayer} className={styles['layer']!} />
                </th>
                <td>
                  {silent.length} of {units}
                </td>
                <td className={styles['units']}>{rangesOf(silent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
