/** What Lathe is, what it is built on, and what it does with what it is given: nothing leaves the machine. */
import { useCall } from '../../client/host-context.tsx';
import { Disclosure } from '../../components/layout.tsx';
import { licences } from './licences.ts';
import { Section } from './section.tsx';
import styles from './settings.module.css';

export function Privacy() {
  return (
    <Section title="Privacy">
      <p>Nothing leaves this machine.</p>
      <p className={styles['note']}>
        Lathe makes no request to any network: no telemetry, no update check, no crash report, no fonts or scripts from
        elsewhere. Documents, data, runs and settings stay in your files and in the data folder. The window talks only
        to the host on this machine, over a private channel or an address of the machine itself that asks for a token.
      </p>
    </Section>
  );
}

export function About() {
  const { data: app } = useCall('app.info', {});
  return (
    <Section title="About">
      <p>Lathe {app?.version}: an offline workbench to design, train and compare neural networks.</p>
      <Disclosure title="Licences of what it is built on">
        <ul className={styles['licences']}>
          {licences.map(({ name, licence }) => (
            <li key={name}>
              <span>{name}</span>
              <span className={styles['faint']}>{licence}</span>
            </li>
          ))}
        </ul>
      </Disclosure>
    </Section>
  );
}
