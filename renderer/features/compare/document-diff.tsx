/** What differs between the documents of runs: every field that is not the same in all, and two texts line by line. */
import { useMemo, useState } from 'react';
import { CodeView } from '../../components/code-view.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { Select } from '../../components/select.tsx';
import { SearchField } from '../../components/text-field.tsx';
import { Switch } from '../../components/toggles.tsx';
import { differingKeys, paramText } from '../../state/run-params.ts';
import type { ComparedRun } from './compared-runs.ts';
import { diffLines, foldedLines } from './line-diff.ts';
import { PairChooser, usePair } from './pair-chooser.tsx';
import { RunsHead } from './scores-view.tsx';
import styles from './compare.module.css';
import tables from './tables.module.css';

export function DocumentDiff({ runs }: { readonly runs: readonly ComparedRun[] }) {
  return (
    <div className={styles['page']}>
      <Fields runs={runs} />
      <Texts runs={runs} />
    </div>
  );
}

function Fields({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const [isAll, setIsAll] = useState(false);
  const [typed, setTyped] = useState('');
  const params = runs.map((run) => run.params);
  const differing = useMemo(() => differingKeys(params), [runs]);
  const keys = isAll ? [...new Set(params.flatMap((of) => [...of.keys()]))] : differing;
  const found = keys.filter((key) => key.toLowerCase().includes(typed.toLowerCase()));
  return (
    <section aria-label="Fields" className={styles['section']}>
      <header className={styles['sectionHead']}>
        <h2>Fields</h2>
        <span className={styles['faint']}>{differing.length} differ</span>
        <span className={styles['end']}>
          <Switch label="Only what differs" selected={!isAll} onChange={(only) => setIsAll(!only)} />
          <SearchField label="Find a field" size="small" value={typed} onChange={setTyped} />
        </span>
      </header>
      {found.length === 0 ? (
        <EmptyState
          title={keys.length === 0 ? 'Every field is the same' : `No field matches “${typed}”`}
          icon="check"
        />
      ) : (
        <div className={tables['tableFrame']} role="region" aria-label="Fields, table" tabIndex={0} data-tall="">
          <table className={tables['table']}>
            <RunsHead runs={runs} first="Field" />
            <tbody>
              {found.map((key) => (
                <tr key={key} data-differs={isAll && differing.includes(key) ? '' : undefined}>
                  <th scope="row">
                    <code>{key}</code>
                  </th>
                  {runs.map(({ run, params: own }) => (
                    <td key={run.id} data-missing={own.has(key) ? undefined : ''}>
                      {paramText(own.get(key))}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const around = { few: 3, all: Number.MAX_SAFE_INTEGER } as const;

function Texts({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const pair = usePair(runs);
  const [shown, setShown] = useState<keyof typeof around>('few');
  const [before, after] = [pair.first.detail?.document, pair.second.detail?.document];
  const lines = useMemo(
    () => (before === undefined || after === undefined ? null : diffLines(before, after)),
    [before, after],
  );
  const count = (kind: 'added' | 'removed'): number => lines?.filter((line) => line.kind === kind).length ?? 0;
  return (
    <section aria-label="Texts" className={styles['section']}>
      <header className={styles['sectionHead']}>
        <h2>Texts</h2>
        {lines && (
          <span className={styles['faint']}>
            {count('added')} lines added, {count('removed')} removed
          </span>
        )}
        <span className={styles['end']}>
          <PairChooser pair={pair} runs={runs} />
          <Select
            label="Show"
            hideLabel
            size="small"
            value={shown}
            onChange={setShown}
            choices={[
              { value: 'few', label: 'Changes' },
              { value: 'all', label: 'Whole text' },
            ]}
          />
        </span>
      </header>
      {lines === null ? (
        <p className={styles['faint']}>Loading</p>
      ) : lines.every((line) => line.kind === 'same') ? (
        <EmptyState title="The two documents are the same text" icon="check" />
      ) : (
        <CodeView
          label={`From ${pair.first.run.name} to ${pair.second.run.name}`}
          lines={foldedLines(lines, around[shown])}
          maxHeight={560}
        />
      )}
    </section>
  );
}
