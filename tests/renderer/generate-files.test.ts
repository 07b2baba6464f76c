/** What Generate keeps and gives away: files other programs read, histories that fit the memory, words for scores. */
import { describe, expect, it } from 'vitest';
import type { Samples } from '../../core/protocol/samples.ts';
import type { Score } from '../../core/protocol/records.ts';
import { type DrawnSet, withSet } from '../../renderer/features/generate/generate-store.ts';
import { csvFile, npyFile } from '../../renderer/features/generate/samples-files.ts';
import { atMoment } from '../../renderer/features/generate/strip-moments.ts';
import { readEvaluation } from '../../renderer/features/generate/scores/evaluation.ts';
import {
  latestScore,
  newestScores,
  scoreGoal,
  scoreName,
  scoreStamp,
  scoreText,
} from '../../renderer/features/generate/scores/score-words.ts';

describe('NumPy files', () => {
  const file = npyFile({ shape: [1, 2], data: Float32Array.of(1.5, -2, 0.25, 8) });

  it('have the head that the format asks for', () => {
    expect([...file.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    const headerLength = file[8]! + 256 * file[9]!;
    expect((10 + headerLength) % 64).toBe(0);
    const header = new TextDecoder().decode(file.subarray(10, 10 + headerLength));
    expect(header.endsWith('\n')).toBe(true);
    expect(header.trim()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 2), }");
  });

  it('hold every value, little-endian, to their end', () => {
    const view = new DataView(file.buffer, file.length - 16);
    expect([0, 4, 8, 12].map((at) => view.getFloat32(at, true))).toEqual([1.5, -2, 0.25, 8]);
  });
});

describe('tables', () => {
  it('give numbers in their own units and categories by name, quoted where need be', () => {
    const columns = [
      { name: 'length, cm', kind: 'number', mean: 10, deviation: 2 },
      { name: 'colour', kind: 'category', categories: ['red', 'light "blue"'] },
    ] as const;
    const text = csvFile({ shape: [3], data: Float32Array.of(0.5, 0.9, 0.1, -1, 0.2, 0.8) }, columns);
    expect(text.split('\r\n')).toEqual(['"length, cm",colour', '11,red', '8,"light ""blue"""']);
  });

  it('name the coordinates of points', () => {
    expect(csvFile({ shape: [2], data: Float32Array.of(1, 2) }, undefined)).toBe('x1,x2\r\n1,2');
  });
});

it('takes one moment of every sample out of a strip', () => {
  const strip: Samples = {
    name: 'samples',
    label: 'Samples',
    kind: 'points',
    shape: [2],
    range: 'unit',
    // Two samples of three moments: sample i at moment k is (i, k).
    data: Float32Array.of(0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2),
    reference: null,
    referenceShape: null,
    labels: Int32Array.of(5, 5, 5, 6, 6, 6),
  };
  const middle = atMoment(strip, 3, 1);
  expect([...middle.data]).toEqual([0, 1, 1, 1]);
  expect([...middle.labels!]).toEqual([5, 6]);
});

it('lets the oldest sets go when the memory is full, never the newest', () => {
  const set = (id: number, values: number): DrawnSet => ({
    id,
    run: 'r',
    runName: 'r',
    step: 1,
    count: 1,
    seed: 1,
    options: {},
    drawnMs: 0,
    tookMs: 0,
    outputs: [{ data: new Float32Array(values), reference: null } as Samples],
  });
  const history = [set(2, 40), set(1, 40)];
  expect(withSet(history, set(3, 30), 80).map(({ id }) => id)).toEqual([3, 2]);
  expect(withSet(history, set(3, 500), 80).map(({ id }) => id)).toEqual([3]);
});

describe('scores', () => {
  const score = (changes: Partial<Score>): Score => ({
    step: 10,
    metric: 'frechetDistance',
    value: 12.5,
    low: 12,
    high: 13,
    extractorHash: '3f2a91c0'.repeat(8),
    n: 2000,
    seed: 4,
    resize: 'none',
    extra: { goal: 'min' },
    createdMs: 1,
    ...changes,
  });

  it('are named, with interval, goal and stamp', () => {
    expect(scoreName(score({}))).toBe('Frechet distance');
    expect(scoreName(score({ metric: 'test.loss', extra: { label: 'Loss' } }))).toBe('Loss (test)');
    expect(scoreText(score({}))).toBe('12.5 (12 to 13)');
    expect(scoreText(score({ low: null, high: null }))).toBe('12.5');
    expect(scoreGoal(score({}))).toBe('lower is better');
    expect(scoreStamp(score({}))).toBe('n 2,000, seed 4, extractor 3f2a91c0');
    expect(scoreStamp(score({ extractorHash: 'classifier' }))).toBe('n 2,000, seed 4, extractor classifier');
    expect(scoreName(score({ metric: 'macroF1' }))).toBe('Macro F1');
  });

  it('of the newest evaluation stand for the run, each metric once', () => {
    const all = [
      score({ createdMs: 1, value: 3 }),
      score({ createdMs: 2, value: 2 }),
      score({ step: 5, createdMs: 0, metric: 'precision' }),
    ];
    expect(newestScores(all).map(({ value }) => value)).toEqual([2]);
    expect(latestScore(all, 'precision')?.step).toBe(5);
    expect(latestScore(all, 'recall')).toBeUndefined();
  });

  it('are read from an evaluation only where it has the form of one', () => {
    const found = {
      step: 1,
      seconds: 2,
      warnings: [],
      reference: [{ name: 'recall', value: 1, low: 1 }],
      classification: null,
      more: 1,
    };
    expect(readEvaluation(found)?.reference[0]?.value).toBe(1);
    expect(readEvaluation({ step: 1 })).toBeUndefined();
  });
});
