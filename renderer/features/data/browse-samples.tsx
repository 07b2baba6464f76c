/** Samples of a data set, a page at a time, by split and class. */
import { useState } from 'react';
import { type DataInfo, type Split, splits } from '../../../core/data/data-info.ts';
import type { DataSummary } from '../../../core/protocol/data-summary.ts';
import { useCall } from '../../client/host-context.tsx';
import { IconButton } from '../../components/button.tsx';
import { SamplesView } from '../../components/samples/samples-view.tsx';
import { Select } from '../../components/select.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import type { DataRequest } from './sources.ts';
import styles from './data.module.css';

/** Samples of a page, by kind: a scatter needs many to have a shape. */
const pageSizes: Readonly<Record<DataInfo['kind'], number>> = { image: 96, points: 1024, table: 50, text: 24 };
const splitWords: Readonly<Record<Split, string>> = { train: 'Training', validation: 'Validation', test: 'Test' };
const everyClass = 'all';

interface BrowseProps {
  readonly request: DataRequest;
  readonly summary: DataSummary;
}

export function BrowseSamples({ request, summary: { info, splits: figures } }: BrowseProps) {
  const [of, setOf] = useState<Split>('train');
  const [chosen, setChosen] = useState(everyClass);
  const [start, setStart] = useState(0);
  const size = pageSizes[info.kind];
  const ofClass = chosen === everyClass ? {} : { class: Number(chosen) };
  const { data: samples, error } = useCall('data.samples', { ...request, of, start, count: size, ...ofClass });
  const total = chosen === everyClass ? info.counts[of] : (figures[of].perClass[Number(chosen)] ?? 0);
  const restart = (change: () => void): void => {
    change();
    setStart(0);
  };
  return (
    <section className={styles['section']} aria-label="Samples">
      <div className={styles['head']}>
        <SegmentedControl
          label="Split"
          size="small"
          segments={splits.map((name) => ({ value: name, label: splitWords[name], disabled: info.counts[name] === 0 }))}
          value={of}
          onChange={(next) => restart(() => setOf(next))}
        />
        <ClassSelect classes={info.classes} chosen={chosen} onChange={(next) => restart(() => setChosen(next))} />
        <Pages start={start} size={size} total={total} onStart={setStart} />
      </div>
      {error && <p className={styles['note']}>{error.message}</p>}
      {samples && (
        <SamplesView
          samples={{ ...samples, label: `${splitWords[of]} samples` }}
          info={info}
          cell={64}
          limit={size}
          height={460}
        />
      )}
    </section>
  );
}

interface ClassSelectProps {
  readonly classes: readonly string[];
  readonly chosen: string;
  readonly onChange: (chosen: string) => void;
}

function ClassSelect({ classes, chosen, onChange }: ClassSelectProps) {
  if (classes.length === 0) return null;
  const choices = [
    { value: everyClass, label: 'Every class' },
    ...classes.map((name, index) => ({ value: String(index), label: name })),
  ];
  return <Select label="Class" hideLabel size="small" choices={choices} value={chosen} onChange={onChange} />;
}

interface PagesProps {
  readonly start: number;
  readonly size: number;
  readonly total: number;
  readonly onStart: (start: number) => void;
}

function Pages({ start, size, total, onStart }: PagesProps) {
  return (
    <span className={styles['end']}>
      <span className={styles['note']} role="status">
        {pageWords(start, size, total)}
      </span>
      <IconButton
        size="small"
        icon="chevronLeft"
        label="Page before"
        isDisabled={start === 0}
        onPress={() => onStart(Math.max(0, start - size))}
      />
      <IconButton
        size="small"
        icon="chevronRight"
        label="Next page"
        isDisabled={start + size >= total}
        onPress={() => onStart(start + size)}
      />
    </span>
  );
}

/** `1 to 96 of 12,000`. */
export function pageWords(start: number, size: number, total: number): string {
  if (total === 0) return 'none';
  const last = Math.min(total, start + size);
  return `${(start + 1).toLocaleString('en-GB')} to ${last.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}`;
}
