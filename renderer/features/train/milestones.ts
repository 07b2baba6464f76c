/** What of a run's course is worth saying aloud: its states, each tenth of the way, new samples and checkpoints. */
import type { Run } from '../../../core/protocol/records.ts';
import type { LiveRun, RunPhase } from './live-run.ts';

export interface Standing {
  readonly run: string;
  readonly phase: RunPhase;
  readonly status: Run['status'];
  /** Tenths of the way that are done. */
  readonly tenths: number;
  readonly alarms: number;
}

export function standingOf(
  run: Pick<Run, 'id' | 'status' | 'totalSteps' | 'currentStep'>,
  phase: RunPhase,
  live: Pick<LiveRun, 'step'>,
  alarms: number,
): Standing {
  const step = Math.max(run.currentStep, live.step);
  return {
    run: run.id,
    phase,
    status: run.status,
    tenths: run.totalSteps > 0 ? Math.floor((10 * step) / run.totalSteps) : 0,
    alarms,
  };
}

/** What to say when a run goes from one standing to another; null when nothing is worth it. */
export function milestone(before: Standing, now: Standing, name: string): string | null {
  if (before.run !== now.run) return null;
  if (now.alarms > before.alarms) return `${name} raised an alarm.`;
  if (now.phase !== before.phase) {
    const words: Readonly<Record<RunPhase, string>> = {
      queued: 'waits for a free slot',
      preparing: 'is being prepared',
      training: before.phase === 'paused' ? 'goes on' : 'trains',
      paused: 'is paused',
      ended: now.status,
    };
    return `${name}: ${words[now.phase]}.`;
  }
  if (now.phase === 'training' && now.tenths > before.tenths) return `${name}: ${now.tenths * 10} % done.`;
  return null;
}
