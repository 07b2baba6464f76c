/** Runs as a report sees them, made up. */
import type { MetricSeries } from '../../../core/protocol/records.ts';
import type { ReportRun } from '../../../main/host/report/report-data.ts';

/** A curve with a point every step, ten milliseconds apart. */
export function series(values: readonly number[]): MetricSeries {
  const steps = Float64Array.from(values, (_, i) => i + 1);
  return { steps, values: Float64Array.from(values), elapsedMs: steps.map((step) => 10 * step) };
}

export function reportRun(more: Partial<ReportRun> = {}): ReportRun {
  return {
    run: {
      id: '000000000000',
      experiment: 'Default',
      name: 'A run',
      family: 'vae',
      status: 'finished',
      createdMs: 0,
      startedMs: 0,
      endedMs: 1000,
      documentHash: 'd',
      dataSource: 'builtin:glyphs',
      baseDir: '.',
      dataHash: 'h',
      seed: 1,
      threads: 2,
      device: 'cpu',
      engineBuild: 'none',
      parent: null,
      totalSteps: 10,
      currentStep: 10,
      error: null,
      notes: '',
      tags: [],
      pinned: false,
      colour: null,
    },
    family: 'Variational autoencoder',
    colour: '#0072b2',
    parameters: 10,
    multiplyAdds: 20,
    batchSize: 4,
    trainingSeconds: 1,
    curves: [],
    scores: [],
    samples: undefined,
    history: [],
    params: new Map(),
    ...more,
  };
}
