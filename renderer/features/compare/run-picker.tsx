/** Choosing the runs that are compared: from all of them, narrowed by typing. */
import { useState } from 'react';
import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button, type ButtonLook, type ControlSize } from '../../components/button.tsx';
import { agoFigure } from '../../components/figures.ts';
import popover from '../../components/popover.module.css';
import { ColourDot } from '../../components/tag.tsx';
import { SearchField } from '../../components/text-field.tsx';
import { Checkbox } from '../../components/toggles.tsx';
import { markCompared, mostCompared, useCompared } from '../../state/compared-runs.ts';
import { runColour, useRuns } from '../../state/runs.ts';
import styles from './compare.module.css';

/** More are found by typing. */
const mostListed = 100;

export function RunPicker({
  label,
  look = 'plain',
  size = 'normal',
}: {
  readonly label: string;
  readonly look?: ButtonLook;
  readonly size?: ControlSize;
}) {
  return (
    <DialogTrigger>
      <Button icon="plus" size={size} look={look}>
        {label}
      </Button>
      <Popover className={popover['popover']!} offset={4} placement="bottom start">
        <AriaDialog aria-label="Runs to compare" className={popover['content']!} style={{ width: 360 }}>
          <Choices />
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}

function Choices() {
  const [typed, setTyped] = useState('');
  const all = useRuns();
  const ids = useCompared((state) => state.ids);
  const words = typed.toLowerCase();
  const found = all.runs.filter((run) =>
    `${run.name} ${run.experiment} ${run.family} ${run.tags.join(' ')} ${run.id}`.toLowerCase().includes(words),
  );
  const now = Date.now();
  const isFull = ids.length >= mostCompared;
  return (
    <>
      <SearchField label="Find a run" value={typed} onChange={setTyped} size="small" autoFocus />
      <div className={styles['choices']}>
        {found.slice(0, mostListed).map((run) => {
          const isChosen = ids.includes(run.id);
          return (
            <div key={run.id} className={styles['choice']}>
              <Checkbox
                label={`${run.name}, ${run.experiment}`}
                hideLabel
                selected={isChosen}
                disabled={isFull && !isChosen}
                onChange={(selected) => markCompared([run.id], selected)}
              />
              <ColourDot colour={runColour(all, run.id)} />
              <span className={styles['choiceName']}>{run.name}</span>
              <span className={styles['faint']}>
                {run.experiment} · {agoFigure(run.createdMs, now)}
              </span>
            </div>
          );
        })}
        {found.length === 0 && <p className={styles['faint']}>No run matches.</p>}
        {found.length > mostListed && (
          <p className={styles['faint']}>And {found.length - mostListed} more: type to narrow.</p>
        )}
      </div>
      <p className={styles['faint']}>
        {ids.length} of at most {mostCompared} chosen
      </p>
    </>
  );
}
