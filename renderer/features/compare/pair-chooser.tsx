/** Two of the compared runs: one before, one after. */
import { useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Select } from '../../components/select.tsx';
import type { ComparedRun } from './compared-runs.ts';
import tables from './tables.module.css';

export interface Pair {
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  readonly choose: (first: string, second: string) => void;
}

/** The first two unless others are chosen. Of two or more runs. */
export function usePair(runs: readonly ComparedRun[]): Pair {
  const [chosen, setChosen] = useState<readonly [string, string] | null>(null);
  const find = (id: string | undefined): ComparedRun | undefined => runs.find(({ run }) => run.id === id);
  const first = find(chosen?.[0]) ?? runs[0]!;
  const second = find(chosen?.[1]) ?? runs.find((run) => run !== first)!;
  return { first, second, choose: (a, b) => setChosen([a, b]) };
}

export function PairChooser({
  pair: { first, second, choose },
  runs,
}: {
  readonly pair: Pair;
  readonly runs: readonly ComparedRun[];
}) {
  const choices = runs.map(({ run }) => ({ value: run.id, label: run.name, help: run.experiment }));
  return (
    <span className={tables['pair']}>
      <Select
        label="From"
        hideLabel
        size="small"
        value={first.run.id}
        onChange={(id) => choose(id, second.run.id)}
        choices={choices}
      />
      <Icon name="arrowRight" size={14} />
      <Select
        label="To"
        hideLabel
        size="small"
        value={second.run.id}
        onChange={(id) => choose(first.run.id, id)}
        choices={choices}
      />
      <IconButton
        icon="refresh"
        size="small"
        label="Swap the two"
        onPress={() => choose(second.run.id, first.run.id)}
      />
    </span>
  );
}
