/** What there is to compute on: each device is believed only after a probe has run on it. */
import { useCall } from '../../client/host-context.tsx';
import { bytesFigure } from '../../components/figures.ts';
import { Tag } from '../../components/tag.tsx';
import { Section } from './section.tsx';
import styles from './settings.module.css';

export function Devices() {
  const { data: devices, error } = useCall('app.devices', {});
  const { data: app } = useCall('app.info', {});
  return (
    <Section title="Devices">
      <p className={styles['note']}>
        A device counts as proven when a small graph was run on it and gave the right numbers. The others say why not.
      </p>
      {error && <p role="alert">{error.message}</p>}
      {!devices && !error && <p role="status">Probing the devices</p>}
      <ul className={styles['devices']}>
        {devices?.map((device) => (
          <li key={device.provider} className={styles['device']}>
            <span>
              {device.label} <span className={styles['faint']}>{device.provider}</span>
            </span>
            <span>
              {device.proven ? <Tag tone="ok">proven</Tag> : <Tag>{device.bundled ? 'not usable' : 'not bundled'}</Tag>}
            </span>
            <span className={styles['note']}>{device.reason}</span>
          </li>
        ))}
      </ul>
      {app && (
        <p className={styles['note']}>
          {app.cores} cores, {bytesFigure(app.memoryBytes)} of memory, {app.platform}
        </p>
      )}
    </Section>
  );
}
