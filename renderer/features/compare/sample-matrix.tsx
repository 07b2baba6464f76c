/**
 * The sample matrix: runs down, seeds across, every run at its moment nearest to the slider. Images stand in cells of
 * one sample each; other kinds have one view for each run.
 */
import { useState } from 'react';
import { EmptyState } from '../../components/layout.tsx';
import type { Samples } from '../../../core/protocol/samples.ts';
import { Select } from '../../components/select.tsx';
import type { ComparedRun } from './compared-runs.ts';
import { ImageMatrix } from './image-matrix.tsx';
import { KindCards } from './kind-cards.tsx';
import { nearestMoment, type PlacedMoment } from './moments.ts';
import type { ShownRun } from './shown-run.ts';
import { type MomentRequest, type ShownMoment, useMomentSamples } from './use-moment-samples.ts';
import styles from './compare.module.css';

export interface SampleMatrixProps {
  readonly runs: readonly ComparedRun[];
  readonly moments: readonly (readonly PlacedMoment[])[];
  readonly x: number;
  readonly stops: readonly number[];
  readonly stop: number;
}

/** Outputs of all runs by name; those that most runs have first. */
function outputNames(runs: readonly ComparedRun[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { moments } of runs) {
    for (const name of new Set((moments ?? []).flatMap((moment) => moment.outputs.map((output) => output.name))))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

const labelOf = (runs: readonly ComparedRun[], name: string): string =>
  runs.flatMap(({ model }) => model?.outputs.find((output) => output.name === name)?.label ?? [])[0] ?? name;

/** What a run without the wanted output shows in its place: its first. */
function requestAt(
  run: ComparedRun,
  moments: readonly PlacedMoment[],
  x: number,
  output: string,
): MomentRequest | undefined {
  const nearest = nearestMoment(moments, x);
  const outputs = run.moments?.find((moment) => moment.step === nearest?.step)?.outputs;
  const found = outputs?.find((each) => each.name === output) ?? outputs?.[0];
  return nearest && found && { run: run.run.id, step: nearest.step, output: found.name };
}

export function SampleMatrix({ runs, moments, x, stops, stop }: SampleMatrixProps) {
  const names = outputNames(runs);
  const [chosen, setChosen] = useState<string | null>(null);
  const output = chosen !== null && names.includes(chosen) ? chosen : (names[0] ?? '');
  const requestsAt = (at: number): readonly MomentRequest[] =>
    runs.flatMap((run, i) => requestAt(run, moments[i] ?? [], at, output) ?? []);
  const beside = [stops[stop + 1], stops[stop - 1]].flatMap((at) => (at === undefined ? [] : requestsAt(at)));
  const { shown, faults } = useMomentSamples(requestsAt(x), beside);
  const rows = runs.map((run): ShownRun => ({
    run,
    shown: shown.get(run.run.id),
    wanted: output,
    words: wordsOf(run, shown.get(run.run.id), faults.get(run.run.id)),
  }));
  const kindOf = ({ run, shown: moment }: ShownRun): Samples['kind'] | undefined =>
    moment?.samples.kind ?? run.model?.outputs[0]?.kind;
  const images = rows.filter((row) => kindOf(row) === 'image');
  const others = rows.filter((row) => kindOf(row) !== 'image');
  const hasNone = runs.every((run) => run.moments?.length === 0);
  return (
    <section aria-label="Samples" className={styles['section']}>
      <header className={styles['sectionHead']}>
        <h2>Samples</h2>
        <span className={styles['faint']}>
          The same seeds for every run; each shows its moment nearest to the slider
        </span>
        {names.length > 1 && (
          <span className={styles['end']}>
            <Select
              label="Output"
              beside
              size="small"
              value={output}
              onChange={setChosen}
              choices={names.map((name) => ({ value: name, label: labelOf(runs, name) }))}
            />
          </span>
        )}
      </header>
      {hasNone ? (
        <EmptyState title="No samples yet" icon="grid">
          Runs draw them as they train, every “sampleEvery” steps of their documents.
        </EmptyState>
      ) : (
        <>
          {images.length > 0 && <ImageMatrix rows={images} />}
          {others.length > 0 && <KindCards rows={others} />}
        </>
      )}
    </section>
  );
}

function wordsOf(
  { run, moments, fault }: ComparedRun,
  shown: ShownMoment | undefined,
  failed: string | undefined,
): string | null {
  if (failed) return failed;
  if (shown) return null;
  if (moments === undefined) return fault ?? 'Loading';
  return moments.length === 0
    ? run.status === 'running' || run.status === 'queued'
      ? 'No samples yet'
      : 'It drew no samples'
    : 'Loading';
}
