import { beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '../../../core/protocol/records.ts';
import {
  connectRuns,
  runColour,
  type RunsState,
  useRuns,
  withChanges,
  withRuns,
} from '../../../renderer/state/runs.ts';
import { FakeHost } from './fake-host.ts';

const none: RunsState = { byId: new Map(), runs: [], slots: new Map(), loaded: false };
const run = (id: string, createdMs: number, changes: Partial<Run> = {}): Run => ({
  id,
  createdMs,
  experiment: 'e',
  name: id,
  family: 'f',
  status: 'running',
  startedMs: null,
  endedMs: null,
  documentHash: '',
  dataSource: '',
  baseDir: '',
  dataHash: '',
  seed: 0,
  threads: 1,
  device: 'cpu',
  engineBuild: '',
  parent: null,
  totalSteps: 10,
  currentStep: 0,
  error: null,
  notes: '',
  tags: [],
  pinned: false,
  colour: null,
  ...changes,
});
const ids = (state: RunsState): readonly string[] => state.runs.map(({ id }) => id);

describe('the list of runs', () => {
  test('is newest first and takes new, changed and deleted runs in', () => {
    const state = withRuns(none, [run('a', 1), run('c', 3), run('b', 2)]);
    expect(ids(state)).toEqual(['c', 'b', 'a']);
    const next = withChanges(state, [
      { type: 'run', run: run('d', 4) },
      { type: 'run', run: run('a', 1, { currentStep: 5 }) },
      { type: 'deleted', run: 'b' },
    ]);
    expect(ids(next)).toEqual(['d', 'c', 'a']);
    expect(next.byId.get('a')?.currentStep).toBe(5);
  });

  test('runs beside each other have other colours, and keep them', () => {
    const state = withRuns(
      none,
      Array.from({ length: 8 }, (_, i) => run(`r${i}`, i)),
    );
    const colours = state.runs.map(({ id }) => runColour(state, id));
    expect(new Set(colours).size).toBe(8);
    const next = withChanges(state, [{ type: 'deleted', run: 'r0' }]);
    expect(runColour(next, 'r5')).toBe(runColour(state, 'r5'));
    expect(runColour(withChanges(state, [{ type: 'run', run: run('r5', 5, { colour: '#123456' }) }]), 'r5')).toBe(
      '#123456',
    );
  });
});

describe('with a host', () => {
  beforeEach(() => useRuns.setState(none, true));

  test('what the stream says while the list is on its way is not lost', async () => {
    const host = new FakeHost();
    const stop = connectRuns(host);
    host.say('runs', [{ type: 'run', run: run('a', 1, { currentStep: 7 }) }]);
    host.say('runs', [{ type: 'deleted', run: 'b' }]);
    await host.answer('runs.list', [run('a', 1), run('b', 2), run('c', 3)]);
    expect(ids(useRuns.getState())).toEqual(['c', 'a']);
    expect(useRuns.getState().byId.get('a')?.currentStep).toBe(7);
    expect(useRuns.getState().loaded).toBe(true);
    stop();
    expect(host.subscriptions('runs')).toBe(0);
  });
});
