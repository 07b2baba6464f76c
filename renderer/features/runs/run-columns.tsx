/** The columns of the Runs table: a run's own, and any metric, score or field of its document. */
import { agoFigure, durationFigure, figure } from '../../components/figures.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { ColourDot, StatusTag, Tag } from '../../components/tag.tsx';
import type { TableColumn } from '../../components/table/table-column.ts';
import { useCompared } from '../../state/compared-runs.ts';
import { useRunColour } from '../../state/runs.ts';
import { durationMs, type RunRow, valueOf } from './run-rows.ts';
import styles from './runs.module.css';

export interface ColumnActions {
  readonly onEye: (id: string, shown: boolean) => void;
  readonly onPin: (id: string, pinned: boolean) => void;
  readonly onOpen: (id: string) => void;
}

interface CellToggleProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** The table is one stop of the Tab key; its toggles are also commands and buttons of the selection. */
function CellToggle({ icon, label, isOn, onChange }: CellToggleProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      aria-pressed={isOn}
      title={label}
      className={styles['toggle']}
      onClick={() => onChange(!isOn)}
    >
      <Icon name={icon} size={15} />
    </button>
  );
}

function Eye({ row, onEye }: { readonly row: RunRow; readonly onEye: ColumnActions['onEye'] }) {
  const isShown = useCompared((state) => state.ids.includes(row.id));
  return (
    <CellToggle
      icon={isShown ? 'eye' : 'eyeOff'}
      label={`Show ${row.run.name} in Compare`}
      isOn={isShown}
      onChange={(shown) => onEye(row.id, shown)}
    />
  );
}

function Name({ row, onOpen }: { readonly row: RunRow; readonly onOpen: ColumnActions['onOpen'] }) {
  const colour = useRunColour(row.id);
  return (
    <span className={styles['name']} title={`${row.run.name} · ${row.id}`}>
      <ColourDot colour={colour} />
      <button type="button" tabIndex={-1} className={styles['open']} onClick={() => onOpen(row.id)}>
        {row.run.name}
      </button>
      {row.run.parent && <Icon name="fork" size={12} />}
    </span>
  );
}

function Status({ row: { run } }: { readonly row: RunRow }) {
  if (run.status !== 'running') return <StatusTag status={run.status} />;
  return (
    <span className={styles['progress']}>
      <StatusTag status={run.status} />
      <ProgressBar label={`Steps of ${run.name}`} hideLabel done={run.currentStep} total={run.totalSteps} />
    </span>
  );
}

/** Columns that are there whatever is chosen. */
function fixedColumns({ onEye, onPin, onOpen }: ColumnActions): readonly TableColumn<RunRow>[] {
  return [
    { id: 'eye', title: 'Show', width: 56, cell: (row) => <Eye row={row} onEye={onEye} /> },
    {
      id: 'pin',
      title: 'Pin',
      width: 46,
      value: (row) => !row.run.pinned,
      cell: ({ id, run }) => (
        <CellToggle icon="pin" label={`Pin ${run.name}`} isOn={run.pinned} onChange={(pinned) => onPin(id, pinned)} />
      ),
    },
    {
      id: 'name',
      title: 'Name',
      width: 200,
      value: (row) => row.run.name,
      cell: (row) => <Name row={row} onOpen={onOpen} />,
    },
  ];
}

const own: readonly TableColumn<RunRow>[] = [
  { id: 'status', title: 'Status', width: 116, value: (row) => row.run.status, cell: (row) => <Status row={row} /> },
  { id: 'family', title: 'Family', width: 124, value: (row) => row.run.family },
  { id: 'experiment', title: 'Experiment', width: 140, value: (row) => row.run.experiment },
  {
    id: 'step',
    title: 'Step',
    width: 96,
    align: 'end',
    value: (row) => row.run.currentStep,
    cell: ({ run }) => (
      <span>
        {run.currentStep === run.totalSteps
          ? figure(run.currentStep)
          : `${figure(run.currentStep)} / ${figure(run.totalSteps)}`}
      </span>
    ),
  },
  {
    id: 'duration',
    title: 'Duration',
    width: 100,
    align: 'end',
    value: (row) => durationMs(row.run, Date.now()),
    cell: ({ run }) => <Duration ms={durationMs(run, Date.now())} />,
  },
  {
    id: 'created',
    title: 'Created',
    width: 104,
    align: 'end',
    value: (row) => row.run.createdMs,
    cell: ({ run }) => (
      <span title={new Date(run.createdMs).toLocaleString('en-GB')}>{agoFigure(run.createdMs, Date.now())}</span>
    ),
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 140,
    value: (row) => row.run.tags.join(', '),
    cell: ({ run }) => (
      <span className={styles['tags']}>
        {run.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </span>
    ),
  },
  { id: 'notes', title: 'Notes', width: 180, value: (row) => row.run.notes },
  {
    id: 'seed',
    title: 'Seed',
    width: 64,
    align: 'end',
    value: (row) => row.run.seed,
    cell: ({ run }) => <span>{run.seed}</span>,
  },
  { id: 'data', title: 'Data', width: 150, value: (row) => row.run.dataSource },
  { id: 'device', title: 'Device', width: 72, value: (row) => row.run.device },
  { id: 'id', title: 'Run', width: 120, value: (row) => row.run.id },
];

const Duration = ({ ms }: { readonly ms: number | null }) => <span>{ms === null ? '' : durationFigure(ms)}</span>;

const scoreNames: Readonly<Record<string, string>> = { frechetDistance: 'Fréchet', kernelDistance: 'Kernel' };
const scoreTitle = (key: string): string => scoreNames[key] ?? key;

function titleOf(id: string): string {
  const key = id.slice(id.indexOf(':') + 1);
  if (id.startsWith('best:')) return `Best ${scoreTitle(key)}`;
  return id.startsWith('score:') ? scoreTitle(key) : key;
}

/** A column of a metric, score or field, by its id. */
function keyedColumn(id: string): TableColumn<RunRow> {
  const isParam = id.startsWith('param:');
  const value = (row: RunRow) => valueOf(row, id);
  const plain = { id, title: titleOf(id), value, width: Math.max(92, Math.min(190, titleOf(id).length * 8 + 28)) };
  if (isParam)
    return { ...plain, cell: (row) => <span title={String(value(row) ?? '')}>{paramWords(value(row))}</span> };
  return { ...plain, align: 'end', cell: (row) => <Measured row={row} id={id} /> };
}

const paramWords = (value: ReturnType<typeof valueOf>): string =>
  value === undefined ? '' : value === null ? 'null' : String(value);

function Measured({ row, id }: { readonly row: RunRow; readonly id: string }) {
  const value = valueOf(row, id);
  if (typeof value !== 'number') return null;
  const key = id.slice(id.indexOf(':') + 1);
  const score = id.startsWith('best:') ? row.best.get(key) : id.startsWith('score:') ? row.scores.get(key) : undefined;
  const interval =
    score && score.low !== null && score.high !== null ? `${figure(score.low)} to ${figure(score.high)}, ` : '';
  return (
    <span title={score ? `${interval}step ${score.step}, ${score.n} samples, seed ${score.seed}` : undefined}>
      {figure(value)}
    </span>
  );
}

/** What is shown until a person chooses: the usual columns, and what most runs have been measured by. */
export function defaultColumns(known: {
  readonly metrics: readonly string[];
  readonly scores: readonly string[];
}): readonly string[] {
  const metrics = ['loss', 'validation.loss']
    .filter((key) => known.metrics.includes(key))
    .map((key) => `metric:${key}`);
  const scores = known.scores.includes('frechetDistance') ? ['best:frechetDistance'] : [];
  return ['status', 'family', 'experiment', 'step', ...scores, ...metrics, 'duration', 'created', 'tags', 'notes'];
}

/** Every column there is, named as the chooser lists them. */
export function allColumns(known: {
  readonly metrics: readonly string[];
  readonly scores: readonly string[];
  readonly params: readonly string[];
}): readonly { readonly id: string; readonly title: string }[] {
  return [
    ...own.map(({ id, title }) => ({ id, title })),
    ...known.scores.flatMap((key) => [
      { id: `best:${key}`, title: `Best ${scoreTitle(key)}` },
      { id: `score:${key}`, title: `${scoreTitle(key)}, newest` },
    ]),
    ...known.metrics.map((key) => ({ id: `metric:${key}`, title: key })),
    ...known.params.map((key) => ({ id: `param:${key}`, title: `${key} (document)` })),
  ];
}

/** The columns of the table for chosen ids, in their order; ids that mean nothing are left out. */
export function tableColumns(ids: readonly string[], actions: ColumnActions): readonly TableColumn<RunRow>[] {
  return [
    ...fixedColumns(actions),
    ...ids.flatMap((id) => own.find((column) => column.id === id) ?? (id.includes(':') ? keyedColumn(id) : [])),
  ];
}
