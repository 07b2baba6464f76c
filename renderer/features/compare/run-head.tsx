/** A run in the matrix, in two lines: its name in its colour, and the moment it shows. */
import { figure } from '../../components/figures.ts';
import { Icon } from '../../components/icon.tsx';
import { ColourDot } from '../../components/tag.tsx';
import { navigate } from '../../state/navigation.ts';
import type { ShownRun } from './shown-run.ts';
import styles from './compare.module.css';
import matrix from './matrix.module.css';

export function RunHead({ row: { run, shown, wanted } }: { readonly row: ShownRun }) {
  const { run: record, colour } = run;
  return (
    <span className={matrix['runHead']}>
      <span className={matrix['runName']}>
        <ColourDot colour={colour} />
        <button
          type="button"
          className={matrix['runLink']}
          title={`${record.name}: open in Runs`}
          onClick={() => navigate('runs', { run: record.id })}
        >
          {record.name}
        </button>
        {record.pinned && <Icon name="pin" size={11} />}
      </span>
      <span className={styles['faint']}>
        {record.family}
        {shown ? ` · step ${figure(shown.step)}` : ''}
        {shown && shown.samples.name !== wanted ? ` · ${shown.samples.label.toLowerCase()}` : ''}
        {record.status === 'running' ? ' · running' : ''}
      </span>
    </span>
  );
}
