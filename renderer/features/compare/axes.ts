/** What runs are laid side by side over: steps, or what a step stands for in each run. */
import { figure } from '../../components/figures.ts';

export const axisNames = ['step', 'epoch', 'time', 'samples', 'multiplyAdds'] as const;
export type AxisName = (typeof axisNames)[number];

/** What one training step of a run costs. */
export interface StepCost {
  readonly batchSize: number;
  /** Batches a step reads; more than one where several networks take turns. */
  readonly batchesPerStep: number;
  /** Samples of the training split. */
  readonly trainCount: number;
  /** Multiply-adds of one training step for one sample of a batch: forward, backward and update. */
  readonly multiplyAddsPerSample: number;
}

/** When steps were finished, in milliseconds of training; both ascending. */
export interface StepClock {
  readonly steps: ArrayLike<number>;
  readonly elapsedMs: ArrayLike<number>;
}

export interface AxisInfo {
  readonly label: string;
  /** On the plots' axis. */
  readonly xLabel: string;
  /** How x follows from a step. */
  readonly formula: string;
}

export const axisTable: Readonly<Record<AxisName, AxisInfo>> = {
  step: { label: 'Step', xLabel: 'step', formula: 'Training steps, as recorded.' },
  epoch: {
    label: 'Epoch',
    xLabel: 'epoch',
    formula: 'Step × batch size × batches per step ÷ samples of the training split.',
  },
  time: {
    label: 'Time',
    xLabel: 'seconds of training',
    formula: 'Seconds of training, as recorded at each step; pauses are not counted.',
  },
  samples: { label: 'Samples seen', xLabel: 'samples seen', formula: 'Step × batch size × batches per step.' },
  multiplyAdds: {
    label: 'Multiply-adds',
    xLabel: 'multiply-adds',
    formula:
      'Step × batch size × multiply-adds of the compiled training step for one sample: forward, backward and update, counted node by node.',
  },
};

/** Milliseconds at a step: between recorded steps in proportion, outside them at the pace of the nearest stretch. */
export function elapsedAt(clock: StepClock, step: number): number {
  const { steps, elapsedMs } = clock;
  const last = steps.length - 1;
  if (last < 0) return NaN;
  if (last === 0) return steps[0]! > 0 ? (elapsedMs[0]! * step) / steps[0]! : elapsedMs[0]!;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! <= step) low = middle;
    else high = middle;
  }
  const slope = (elapsedMs[high]! - elapsedMs[low]!) / Math.max(1, steps[high]! - steps[low]!);
  return Math.max(0, elapsedMs[low]! + slope * (step - steps[low]!));
}

/** A step's place on the axis; null where what it takes is not known. */
export type StepToX = (step: number) => number;

export function stepToX(axis: AxisName, cost: StepCost | undefined, clock: StepClock | undefined): StepToX | null {
  switch (axis) {
    case 'step':
      return (step) => step;
    case 'time':
      return clock && clock.steps.length > 0 ? (step) => elapsedAt(clock, step) / 1000 : null;
    case 'epoch':
      return cost && cost.trainCount > 0
        ? (step) => (step * cost.batchSize * cost.batchesPerStep) / cost.trainCount
        : null;
    case 'samples':
      return cost ? (step) => step * cost.batchSize * cost.batchesPerStep : null;
    case 'multiplyAdds':
      return cost ? (step) => step * cost.batchSize * cost.multiplyAddsPerSample : null;
  }
}

/** A place on the axis in words: `step 500`, `12.5 s`, `3.2e12 multiply-adds`. */
export function axisWords(axis: AxisName, x: number): string {
  switch (axis) {
    case 'step':
      return `step ${figure(Math.round(x))}`;
    case 'epoch':
      return `epoch ${figure(x, 3)}`;
    case 'time':
      return `${figure(x, 3)} s`;
    case 'samples':
      return `${figure(Math.round(x))} samples`;
    case 'multiplyAdds':
      return `${figure(x, 4)} multiply-adds`;
  }
}
