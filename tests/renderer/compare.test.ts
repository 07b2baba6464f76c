import { describe, expect, test } from 'vitest';
import type { Run, Score } from '../../core/protocol/records.ts';
import type { LayerSummary, Summary } from '../../core/spec/summary.ts';
import { toldApart } from '../../renderer/features/compare/compared-runs.ts';
import { elapsedAt, stepToX } from '../../renderer/features/compare/axes.ts';
import {
  blindResult,
  blindWords,
  drawPairs,
  runOn,
  signTest,
  wilsonInterval,
} from '../../renderer/features/compare/blind-test.ts';
import { diffSummaries, operatorCounts } from '../../renderer/features/compare/graph-diff.ts';
import { diffLines, foldedLines } from '../../renderer/features/compare/line-diff.ts';
import { nearestMoment, nearestStop, stopsOf } from '../../renderer/features/compare/moments.ts';
import { scoreTable, sharedStamp, stampOf } from '../../renderer/features/compare/score-table.ts';
import { markCompared, parseCompared, setCompared, useCompared } from '../../renderer/state/compared-runs.ts';

describe('axes', () => {
  const cost = { batchSize: 50, batchesPerStep: 2, trainCount: 1000, multiplyAddsPerSample: 3e6 };

  test('epochs, samples and multiply-adds follow from what a step reads', () => {
    // 10 steps of 2 batches of 50 are 1000 samples: one pass over the data.
    expect(stepToX('epoch', cost, undefined)!(10)).toBe(1);
    expect(stepToX('samples', cost, undefined)!(10)).toBe(1000);
    expect(stepToX('multiplyAdds', cost, undefined)!(10)).toBe(10 * 50 * 3e6);
    expect(stepToX('step', undefined, undefined)!(7)).toBe(7);
    expect(stepToX('epoch', undefined, undefined)).toBeNull();
    expect(stepToX('time', cost, undefined)).toBeNull();
  });

  test('time lies between recorded steps in proportion', () => {
    const clock = { steps: [10, 20, 40], elapsedMs: [1000, 2000, 6000] };
    expect(elapsedAt(clock, 20)).toBe(2000);
    expect(elapsedAt(clock, 30)).toBe(4000);
    expect(elapsedAt(clock, 50)).toBe(8000);
    expect(elapsedAt(clock, 0)).toBe(0);
    expect(elapsedAt({ steps: [], elapsedMs: [] }, 5)).toBeNaN();
    expect(stepToX('time', undefined, clock)!(15)).toBe(1.5);
  });
});

describe('moments', () => {
  const a = [250, 500, 750].map((step) => ({ step, x: step }));
  const b = [300, 500].map((step) => ({ step, x: step }));

  test('the slider rests wherever some run has a moment, once each', () => {
    expect(stopsOf([a, b])).toEqual([250, 300, 500, 750]);
    expect(stopsOf([])).toEqual([]);
  });

  test('each run shows its nearest moment, the later of two', () => {
    expect(nearestMoment(b, 750)?.step).toBe(500);
    expect(nearestMoment(a, 375)?.step).toBe(500);
    expect(nearestMoment(a, 0)?.step).toBe(250);
    expect(nearestMoment([], 1)).toBeUndefined();
    expect(nearestStop([10, 20, 30], 24)).toBe(1);
    expect(nearestStop([], 24)).toBe(0);
  });
});

describe('documents, line by line', () => {
  const applied = (lines: ReturnType<typeof diffLines>, side: 'before' | 'after'): string =>
    lines
      .filter((line) => line[side] !== null)
      .map((line) => line.text)
      .join('\n');

  test('each side can be read off the difference', () => {
    let state = 12345;
    const random = (below: number): number => (state = (state * 1103515245 + 12345) % 2147483648) % below;
    for (let round = 0; round < 60; round++) {
      const text = (): string => Array.from({ length: random(12) }, () => 'abcd'[random(4)]!).join('\n');
      const [before, after] = [text(), text()];
      const lines = diffLines(before, after);
      expect(applied(lines, 'before')).toBe(before);
      expect(applied(lines, 'after')).toBe(after);
      expect(lines.flatMap((line) => line.before ?? [])).toEqual(before.split('\n').map((_, i) => i + 1));
    }
  });

  test('as few lines as possible change', () => {
    const lines = diffLines('a\nb\nc\nd', 'a\nc\nx\nd');
    expect(lines.map((line) => `${line.kind} ${line.text}`)).toEqual([
      'same a',
      'removed b',
      'same c',
      'added x',
      'same d',
    ]);
    // The longest common subsequence of these published strings has 4 letters (Cormen et al., 15.4).
    const classic = diffLines([...'ABCBDAB'].join('\n'), [...'BDCABA'].join('\n'));
    expect(classic.filter((line) => line.kind === 'same')).toHaveLength(4);
  });

  test('what is equal and far from any change is folded', () => {
    const text = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const folded = foldedLines(diffLines(text.join('\n'), text.with(10, 'other').join('\n')), 1);
    expect(folded.map((line) => line.text)).toEqual([
      '⋯ 9 equal lines',
      'line 9',
      'line 10',
      'other',
      'line 11',
      '⋯ 8 equal lines',
    ]);
  });
});

describe('blind test', () => {
  test('the Wilson interval has its published values', () => {
    // Newcombe 1998, table I: 81 of 263 and 15 of 148, method 3 (score, no continuity correction).
    const a = wilsonInterval(81, 263);
    expect([a.low, a.high].map((value) => value.toFixed(4))).toEqual(['0.2553', '0.3662']);
    const b = wilsonInterval(15, 148);
    expect([b.low, b.high].map((value) => value.toFixed(4))).toEqual(['0.0624', '0.1605']);
    expect(wilsonInterval(0, 20)).toMatchObject({ low: 0 });
    expect(wilsonInterval(0, 20).high).toBeCloseTo(0.1611, 4);
  });

  test('the sign test is the two-sided binomial tail', () => {
    // 2 · (1 + 10 + 45) / 1024
    expect(signTest(2, 10)).toBeCloseTo(112 / 1024, 12);
    expect(signTest(8, 10)).toBeCloseTo(112 / 1024, 12);
    expect(signTest(5, 10)).toBe(1);
    expect(signTest(0, 0)).toBe(1);
  });

  test('every sample is asked about once, on sides by lot', () => {
    let at = 0;
    const pairs = drawPairs(10, () => (at++ * 0.37) % 1);
    expect(pairs.map((pair) => pair.index).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(pairs.map((pair) => pair.swapped)).size).toBe(2);
    expect(runOn({ index: 0, swapped: true }, 'left')).toBe(1);
    expect(runOn({ index: 0, swapped: false }, 'left')).toBe(0);
    expect(runOn({ index: 0, swapped: true }, 'right')).toBe(0);
  });

  test('a preference is only claimed when chance is unlikely', () => {
    const clear = blindResult([...Array<0>(18).fill(0), 1, 1, null]);
    expect(clear.wins).toEqual([18, 2]);
    expect(clear.ties).toBe(1);
    expect(blindWords(clear, ['A', 'B'])).toMatch(/^A was preferred: 90\s%/);
    expect(blindWords(blindResult([0, 1, 0]), ['A', 'B'])).toMatch(/^No clear preference/);
    expect(blindWords(blindResult([null]), ['A', 'B'])).toBe('No pair was decided (1 tie).');
  });
});

describe('scores', () => {
  const score = (value: number, other: Partial<Score> = {}): Score => ({
    step: 100,
    metric: 'frechetDistance',
    value,
    low: value - 0.1,
    high: value + 0.1,
    extractorHash: 'aaaabbbbcccc',
    n: 1000,
    seed: 1,
    resize: 'none 28x28',
    extra: { goal: 'min', data: 'd test 1000' },
    createdMs: 1,
    ...other,
  });
  const run = { family: 'vae', dataHash: 'd' };
  const best = (scores: readonly (readonly Score[])[], runs = scores.map(() => run)): readonly boolean[] =>
    scoreTable(runs, scores)[0]!.cells.map((cell) => cell?.isBest ?? false);

  test('the best by its goal is marked where all were measured alike', () => {
    expect(best([[score(3)], [score(2)], [score(4)]])).toEqual([false, true, false]);
    const up = { metric: 'recall', extra: { goal: 'max' } };
    expect(best([[score(0.3, up)], [score(0.2, up)]])).toEqual([true, false]);
  });

  test.each([
    ['extractor', { extractorHash: 'other' }, /feature extractors/],
    ['count', { n: 500 }, /numbers of samples/],
    ['resizing', { resize: 'bilinear 32' }, /resized/],
    ['held-out data', { extra: { goal: 'min', data: 'e test 10' } }, /held-out data/],
  ])('nothing is ranked when the %s differs, and the reason is told', (_, other, reason) => {
    const [row] = scoreTable([run, run], [[score(3)], [score(2, other)]]);
    expect(row!.cells.every((cell) => !cell!.isBest)).toBe(true);
    expect(row!.note).toMatch(reason);
  });

  test('nothing is ranked across data, nor losses across families', () => {
    expect(scoreTable([run, { ...run, dataHash: 'e' }], [[score(3)], [score(2)]])[0]!.note).toMatch(/different data/);
    const loss = { metric: 'test.loss', extractorHash: null };
    expect(scoreTable([run, { ...run, family: 'diffusion' }], [[score(3, loss)], [score(2, loss)]])[0]!.note).toMatch(
      /families/,
    );
    expect(
      scoreTable(
        [run, run],
        [[score(3, { metric: 'memorisationRatio' })], [score(2, { metric: 'memorisationRatio' })]],
      )[0]!.note,
    ).toMatch(/1 is right/);
  });

  test('the newest step counts, of one step what was measured last, and overlap is told', () => {
    const rows = scoreTable([run, run], [[score(9, { step: 50 }), score(3), score(2.9, { createdMs: 5 })], [score(3)]]);
    expect(rows[0]!.cells[0]!.score.value).toBe(2.9);
    expect(rows[0]!.note).toMatch(/may be chance/);
    expect(stampOf(score(1))).toBe('step 100 · 1000 samples, seed 1 · resize none 28x28 · extractor aaaabbbb');
    expect(sharedStamp(rows[0]!.cells)).toBe('1000 samples, seed 1 · resize none 28x28 · extractor aaaabbbb');
  });
});

describe('graphs', () => {
  const layer = (id: string, other: Partial<LayerSummary> = {}): LayerSummary => ({
    id,
    type: 'dense',
    path: [],
    inputs: [],
    outputShape: ['N', 8],
    bypass: false,
    parameters: 1,
    multiplyAdds: 1,
    activationElements: 1,
    ...other,
  });
  const summary = (networks: Readonly<Record<string, readonly LayerSummary[]>>): Summary => ({
    parameters: 0,
    multiplyAdds: 0,
    activationElements: 0,
    networks: Object.entries(networks).map(([name, layers]) => ({
      name,
      layers,
      inputs: [],
      outputShapes: [],
      parameters: 0,
      multiplyAdds: 0,
      activationElements: 0,
    })),
  });

  test('layers are added, removed, changed or the same, each where it stands', () => {
    const [network] = diffSummaries(
      summary({ net: [layer('a'), layer('b'), layer('c')] }),
      summary({ net: [layer('a'), layer('x'), layer('c', { outputShape: ['N', 16] })] }),
    );
    expect(network!.change).toBe('changed');
    expect(network!.layers.map(({ id, change }) => `${change} ${id}`)).toEqual([
      'same a',
      'added x',
      'removed b',
      'changed c',
    ]);
    expect(network!.layers[3]!.words).toEqual(['output N × 8 → N × 16']);
  });

  test('networks and fields count as well', () => {
    const fields = (side: 'before' | 'after') => ({ units: 8, activation: side === 'before' ? 'relu' : 'silu' });
    const networks = diffSummaries(
      summary({ old: [layer('a')], net: [layer('a')] }),
      summary({ net: [layer('a')], fresh: [] }),
      fields,
    );
    expect(networks.map(({ name, change }) => `${change} ${name}`)).toEqual([
      'removed old',
      'changed net',
      'added fresh',
    ]);
    expect(networks[1]!.layers[0]!.words).toEqual(['activation relu → silu']);
  });

  test('operators are counted by run', () => {
    const nodes = (...ops: readonly string[]): readonly { readonly op: string }[] => ops.map((op) => ({ op }));
    expect(operatorCounts([nodes('Add', 'Mul', 'Add'), nodes('Mul', 'Mul', 'Mul')])).toEqual([
      { op: 'Mul', counts: [1, 3] },
      { op: 'Add', counts: [2, 0] },
    ]);
  });
});

describe('the compared runs', () => {
  test('at most eight, each once', () => {
    expect(setCompared(['a', 'a', ...'bcdefghij'])).toBe(2);
    expect(useCompared.getState().ids).toEqual([...'abcdefgh']);
    expect(markCompared(['z'], true)).toBe(false);
    expect(markCompared(['a'], false)).toBe(true);
    expect(markCompared(['z'], true)).toBe(true);
    expect(useCompared.getState().ids).toEqual([...'bcdefghz']);
  });

  test('what was kept is only taken when it is a list of names', () => {
    expect(parseCompared('["a",1,"b"]')).toEqual(['a', 'b']);
    expect(parseCompared('{')).toEqual([]);
    expect(parseCompared(null)).toEqual([]);
    expect(parseCompared('{"a":1}')).toEqual([]);
  });
});

test('runs of one name are told apart by their ids', () => {
  const run = (id: string, name: string): Run => ({ id, name }) as Run;
  expect(
    toldApart([run('1qcrss5j72jw', 'GAN'), run('1qcrrax6ahrd', 'GAN'), run('1qcrpy3ydhn7', 'VAE')]).map(
      ({ name }) => name,
    ),
  ).toEqual(['GAN · 72jw', 'GAN · ahrd', 'VAE']);
});
