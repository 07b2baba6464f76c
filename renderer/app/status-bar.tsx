/** The foot of the window: the host, the device work runs on, and how far jobs have come. */
import { useEffect, useState } from 'react';
import type { AppInfo } from '../../core/protocol/app-info.ts';
import type { DeviceInfo } from '../../core/protocol/devices.ts';
import type { StreamItem } from '../../core/protocol/streams.ts';
import { classNames } from '../components/class-names.ts';
import { Icon } from '../components/icon.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { useHost } from '../client/host-context.tsx';
import type { HostPort } from '../state/host-port.ts';
import { type Connection, type Job, useShell, withProgress } from './shell-store.ts';
import styles from './shell.module.css';

const connectionWords: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting',
  open: 'Connected',
  lost: 'Host lost',
};

const takeJobs = (items: StreamItem<'jobs'>): void =>
  useShell.setState((state) => ({ jobs: withProgress(state.jobs, items) }));

export function StatusBar() {
  const host = useHost();
  const connection = useShell((state) => state.connection);
  const jobs = useShell((state) => state.jobs);
  const { info, devices } = useHostFacts(host, connection);
  useEffect(() => host.subscribe('jobs', {}, { onItem: takeJobs }), [host]);
  const proven = devices.filter((device) => device.proven);
  return (
    <footer className={styles['status']} aria-label="Status">
      <span
        className={classNames(
          styles['state'],
          connection === 'open' && styles['ok'],
          connection === 'lost' && styles['error'],
        )}
      >
        <Icon name={connection === 'lost' ? 'error' : connection === 'open' ? 'check' : 'refresh'} size={12} />
        {connectionWords[connection]}
      </span>
      {proven.length > 0 && <span>{proven.map((device) => device.label).join(', ')}</span>}
      {info && <span>{info.cores} cores</span>}
      <span className={styles['jobs']}>
        {jobs.map((job) => (
          <JobLine key={job.request} job={job} />
        ))}
      </span>
      {info && <span>Lathe {info.version}</span>}
    </footer>
  );
}

function JobLine({ job }: { readonly job: Job }) {
  return (
    <span className={styles['job']}>
      {job.what}
      <ProgressBar label={job.what} hideLabel done={job.done} total={job.total} className={styles['jobBar']!} />
      {job.total !== null && <span>{Math.floor((job.done / job.total) * 100)} %</span>}
    </span>
  );
}

/** What the host says of itself, asked again when it comes back. */
function useHostFacts(
  host: HostPort,
  connection: Connection,
): { readonly info: AppInfo | null; readonly devices: readonly DeviceInfo[] } {
  const [info, setInfo] = useState<AppInfo | null>(null);
  const [devices, setDevices] = useState<readonly DeviceInfo[]>([]);
  useEffect(() => {
    if (connection !== 'open') return;
    const keepLast = (): void => undefined;
    host.call('app.info', {}).then(setInfo, keepLast);
    host.call('app.devices', {}).then(setDevices, keepLast);
  }, [host, connection]);
  return { info, devices };
}
