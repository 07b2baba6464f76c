import { describe, expect, test } from 'vitest';
import type { Run, Score } from '../../core/protocol/records.ts';
import { sortedRows } from '../../renderer/components/table/table-rows.ts';
import { fieldIn, filteredRows, parseFilter, withField } from '../../renderer/features/runs/run-filter.ts';
import { durationMs, factsOf, type RunRow, rowsOf, valueOf } from '../../renderer/features/runs/run-rows.ts';
import { differingKeys } from '../../renderer/state/run-params.ts';

const run = (id: string, other: Partial<Run> = {}): Run => ({
  id,
  experiment: 'Demo',
  name: `Run ${id}`,
  family: 'vae',
  status: 'finished',
  createdMs: 1000,
  startedMs: 2000,
  endedMs: 5000,
  documentHash: 'h',
  dataSource: 'builtin:glyphs',
  baseDir: '/',
  dataHash: 'd',
  seed: 1,
  threads: 1,
  device: 'cpu',
  engineBuild: 'e',
  parent: null,
  totalSteps: 100,
  currentStep: 100,
  error: null,
  notes: '',
  tags: [],
  pinned: false,
  colour: null,
  ...other,
});
const score = (metric: string, value: number, step: number, goal: 'min' | 'max'): Score => ({
  step,
  metric,
  value,
  low: null,
  high: null,
  extractorHash: null,
  n: 10,
  seed: 1,
  resize: null,
  extra: { goal },
  createdMs: step,
});
const row = (
  id: string,
  other: Partial<Run> = {},
  loss?: number,
  params: Readonly<Record<string, number | string>> = {},
): RunRow => ({
  id,
  run: run(id, other),
  ...factsOf(
    Object.entries(params).map(([key, value]) => ({ key, value })),
    loss === undefined ? [] : [{ key: 'loss', step: 1, value: loss, elapsedMs: 1 }],
    [],
  ),
});

describe('filter', () => {
  const rows = [
    row('1', { tags: ['baseline'], name: 'First try' }, 0.05, { 'task.beta': 4 }),
    row('2', { family: 'gan', status: 'running', currentStep: 40 }, 0.5, { 'task.type': 'gan' }),
    row('3', { experiment: 'Second idea', notes: 'wider encoder' }, Number.NaN),
    row('4'),
  ];
  const found = (text: string): string =>
    filteredRows(rows, parseFilter(text), 10_000)
      .map(({ id }) => id)
      .join('');

  test.each([
    ['', '1234'],
    ['first', '1'],
    ['wider', '3'],
    ['tag:baseline', '1'],
    ['tags:baseline', '1'],
    ['tag!=baseline', '234'],
    ['status:running', '2'],
    ['family = gan', '2'],
    ['family != gan', '134'],
    ['experiment:"second idea"', '3'],
    ['"first try"', '1'],
    ['loss < 0.1', '1'],
    ['loss<0.1', '1'],
    ['loss >= 0.05', '12'],
    ['step < 100', '2'],
    ['task.beta = 4', '1'],
    ['task.beta > 3 loss < 1', '1'],
    ['duration >= 3000', '1234'],
    ['nothing < 1', ''],
    ['family:gan first', ''],
  ])('%s', (text, ids) => expect(found(text)).toBe(ids));

  test('what cannot be understood is told, and the rest still holds', () => {
    const filter = parseFilter('family:gan loss < much');
    expect(filter.fault).toBe("loss < expects a number, found 'much'");
    expect(filteredRows(rows, filter).map(({ id }) => id)).toEqual(['2']);
    expect(parseFilter('loss <').fault).toMatch(/stands between/);
  });

  test('a field is set, changed and taken out of the text', () => {
    expect(withField('wide', 'experiment', 'Second idea')).toBe('wide experiment:"Second idea"');
    expect(withField('experiment:"Second idea" wide', 'experiment', 'Demo')).toBe('wide experiment:Demo');
    expect(withField('wide status:running', 'status', null)).toBe('wide');
    expect(fieldIn(parseFilter('wide experiment:"Second idea"'), 'experiment')).toBe('Second idea');
    expect(fieldIn(parseFilter('wide'), 'experiment')).toBeNull();
  });
});

describe('rows', () => {
  test('the newest and the best score of each metric', () => {
    const facts = factsOf(
      [],
      [],
      [
        score('frechetDistance', 3, 10, 'min'),
        score('frechetDistance', 5, 20, 'min'),
        score('recall', 0.2, 10, 'max'),
        score('recall', 0.6, 20, 'max'),
      ],
    );
    const of = { id: '1', run: run('1'), ...facts };
    expect(valueOf(of, 'score:frechetDistance')).toBe(5);
    expect(valueOf(of, 'best:frechetDistance')).toBe(3);
    expect(valueOf(of, 'best:recall')).toBe(0.6);
    expect(valueOf(of, 'metric:loss')).toBeUndefined();
  });

  test('rows stay the same objects while nothing about them changes', () => {
    const [a, b] = [run('a'), run('b')];
    const facts = new Map([['a', factsOf()]]);
    const first = rowsOf([a, b], facts, new Map());
    const again = rowsOf([a, { ...b, currentStep: 5 }], facts, new Map(first.map((each) => [each.id, each])));
    expect(again[0]).toBe(first[0]);
    expect(again[1]).not.toBe(first[1]);
  });

  test('a run at work counts on', () => {
    expect(durationMs(run('1'), 9000)).toBe(3000);
    expect(durationMs(run('1', { status: 'running', endedMs: null }), 9000)).toBe(7000);
    expect(durationMs(run('1', { status: 'queued', startedMs: null, endedMs: null }), 9000)).toBeNull();
  });

  test('fields that differ, also those that only some have', () => {
    const params = [
      new Map<string, number>([
        ['a', 1],
        ['b', 2],
      ]),
      new Map<string, number>([
        ['a', 1],
        ['b', 3],
      ]),
      new Map<string, number>([
        ['a', 1],
        ['b', 2],
        ['c', 1],
      ]),
    ];
    expect(differingKeys(params)).toEqual(['b', 'c']);
    expect(differingKeys(params.slice(0, 1))).toEqual([]);
  });

  test('10,000 runs are filtered and sorted', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) =>
      row(
        String(i),
        { createdMs: (i * 7919) % 10_007, family: i % 3 ? 'vae' : 'gan', name: `Run ${(i * 31) % 10_000}` },
        ((i * 7907) % 10_009) / 10_009,
        { 'task.beta': i % 5 },
      ),
    );
    const filter = parseFilter('run family:vae loss < 0.9 task.beta > 0');
    const sorted = sortedRows(filteredRows(rows, filter), (each) => valueOf(each, 'metric:loss'), false);
    expect(sorted.length).toBeGreaterThan(4000);
    for (let i = 1; i < sorted.length; i++)
      expect(sorted[i]!.metrics.get('loss')!).toBeGreaterThanOrEqual(sorted[i - 1]!.metrics.get('loss')!);
  });
});
