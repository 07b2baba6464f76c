/** Curves of a run in progress: nothing lost, nothing twice, and told apart into plots. */
import { describe, expect, it } from 'vitest';
import type { MetricLine } from '../../core/protocol/metric-lines.ts';
import type { MetricPoint } from '../../core/protocol/records.ts';
import { Curve, CurveStore } from '../../renderer/features/train/curve-store.ts';
import {
  axisLabel,
  axisValues,
  placeOfStep,
  stepAtPlace,
  stepsPerEpoch,
} from '../../renderer/features/train/plot-axis.ts';
import { labelOf, type MetricWords, plotGroups } from '../../renderer/features/train/plot-groups.ts';

const point = (step: number, value = step / 2, key = 'loss'): MetricPoint => ({
  key,
  step,
  value,
  elapsedMs: step * 10,
});

function thinned(key: string): MetricLine {
  return {
    key,
    steps: Float64Array.of(10, 20, 30),
    values: Float64Array.of(3, 2, 1),
    elapsedMs: Float64Array.of(100, 200, 300),
    low: Float64Array.of(2, 1, 0),
    high: Float64Array.of(4, 3, 2),
    total: 30,
  };
}

describe('a growing curve', () => {
  it('keeps every point in order over many growths', () => {
    const curve = new Curve(2);
    for (let step = 1; step <= 1000; step++) expect(curve.add(point(step))).toBe(true);
    const { steps, values, elapsedMs } = curve.view();
    expect(steps).toEqual(Float64Array.from({ length: 1000 }, (_, i) => i + 1));
    expect(values[999]).toBe(500);
    expect(elapsedMs[999]).toBe(10_000);
  });

  it('takes no point twice', () => {
    const curve = new Curve();
    curve.add(point(5, 1));
    expect(curve.add(point(5, 2))).toBe(false);
    expect(curve.add(point(4, 2))).toBe(false);
    expect([...curve.view().values]).toEqual([1]);
  });

  it('keeps values that are not finite', () => {
    const curve = new Curve();
    curve.add(point(1, NaN));
    curve.add(point(2, Infinity));
    expect([...curve.view().values]).toEqual([NaN, Infinity]);
  });

  it('goes on after thinned history with points that stand for themselves', () => {
    const curve = Curve.of(thinned('loss'));
    curve.add(point(31, 7));
    const { low, high, steps } = curve.view();
    expect([...steps]).toEqual([10, 20, 30, 31]);
    expect([...low!]).toEqual([2, 1, 0, 7]);
    expect([...high!]).toEqual([4, 3, 2, 7]);
  });

  it('says when a rewind cuts a point that stood for several', () => {
    const cut = Curve.of(thinned('loss'));
    expect(cut.rewind(25)).toBe(true);
    expect(cut.lastStep).toBe(20);
    const whole = Curve.of(thinned('loss'));
    whole.add(point(31));
    expect(whole.rewind(30)).toBe(false);
    expect(whole.lastStep).toBe(30);
  });
});

describe('the curves of a run', () => {
  it('know the last step of each metric and which of them changed', () => {
    const store = new CurveStore();
    store.load([thinned('loss')]);
    store.add([point(40), point(1, 2, 'score.new')]);
    expect(store.lastSteps()).toEqual({ loss: 40, 'score.new': 1 });
    const before = store.turnOf('loss');
    store.add([point(2, 2, 'score.new'), point(40)]);
    expect(store.turnOf('loss')).toBe(before);
    expect(store.keys).toEqual(['loss', 'score.new']);
  });
});

const words: MetricWords = {
  metrics: [
    { name: 'loss', label: 'Loss', goal: 'min', heldOut: false },
    { name: 'accuracy', label: 'Accuracy', goal: 'max', heldOut: false },
    { name: 'realScore', label: 'Mean score of real samples', goal: null, heldOut: false },
    { name: 'fakeScore', label: 'Mean score of made samples', goal: null, heldOut: false },
    { name: 'validation.loss', label: 'Held-out loss', goal: 'min', heldOut: true },
    { name: 'validation.bitsPerDim', label: 'Bits per dimension', goal: 'min', heldOut: true },
    { name: 'score.frechetDistance', label: 'Fréchet distance', goal: 'min', heldOut: false },
  ],
  scalars: [
    { name: 'learningRate', label: 'Learning rate', value: 0.001 },
    { name: 'beta', label: 'Rate weight', value: 1 },
  ],
};
const keys = [
  'beta',
  'learningRate',
  'gradientNorm.encoder',
  'gradientNorm.decoder',
  ...words.metrics.map((metric) => metric.name),
];
const titles = (known: MetricWords | undefined): readonly string[] =>
  plotGroups(keys, known).map((group) => group.title);

describe('plots of curves', () => {
  it('hold every curve once', () => {
    for (const known of [words, undefined]) {
      const held = plotGroups(keys, known).flatMap((group) => group.lines.map((line) => line.key));
      expect(held.toSorted()).toEqual(keys.toSorted());
    }
  });

  it('put together what has one scale and keep apart what has not', () => {
    expect(titles(words)).toEqual([
      'Training losses',
      'Accuracy',
      'Scores',
      'Held-out losses',
      'Held out: Bits per dimension',
      'Fréchet distance',
      'Gradient norms',
      'Rate weight',
      'Learning rates',
    ]);
  });

  it('never name two lines of one plot alike', () => {
    const twins = plotGroups(['aLoss', 'bLoss'], {
      metrics: ['aLoss', 'bLoss'].map((name) => ({ name, label: 'Loss', goal: 'min', heldOut: false }) as const),
      scalars: [],
    });
    expect(new Set(twins[0]!.lines.map((line) => line.label)).size).toBe(2);
  });

  it('write out names that nobody explained', () => {
    expect(labelOf('validation.reconstructionError', undefined)).toBe('Reconstruction error');
    expect(labelOf('gradientNorm.encoder', undefined)).toBe('encoder');
  });
});

describe('the horizontal axis', () => {
  const view = { steps: Float64Array.of(0, 50, 100), elapsedMs: Float64Array.of(0, 2000, 5000) };
  const facts = { stepsPerEpoch: 50 };

  it('counts steps, epochs or seconds', () => {
    expect([...axisValues(view, 'step', facts)]).toEqual([0, 50, 100]);
    expect([...axisValues(view, 'epoch', facts)]).toEqual([0, 1, 2]);
    expect([...axisValues(view, 'time', facts)]).toEqual([0, 2, 5]);
  });

  it('counts steps while the length of an epoch is not known', () => {
    expect([...axisValues(view, 'epoch', { stepsPerEpoch: undefined })]).toEqual([0, 50, 100]);
    expect(axisLabel('epoch', { stepsPerEpoch: undefined })).toBe('step');
  });

  it('finds a step on each axis and back again', () => {
    for (const axis of ['step', 'epoch', 'time'] as const) {
      const at = placeOfStep(50, axis, facts, view)!;
      expect(stepAtPlace(at, axis, facts, view)).toBe(50);
    }
  });

  it('takes the epoch from the document where it is said there', () => {
    expect(stepsPerEpoch({ totalSteps: 300, epochs: 3, batchSize: 7, examples: 1000 })).toBe(100);
    expect(stepsPerEpoch({ totalSteps: 300, batchSize: 64, examples: 6400 })).toBe(100);
    expect(stepsPerEpoch({ totalSteps: 300 })).toBeUndefined();
  });
});
