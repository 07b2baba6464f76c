/** How far a request is, with its rate and the way to stop it. */
import type { RequestProgress } from '../../client/use-request.ts';
import { Button } from '../../components/button.tsx';
import { durationFigure } from '../../components/figures.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';

/** Time left by the rate so far: `12 of 64 · 4 s left`. */
function progressNote({ done, total, sinceMs }: RequestProgress, nowMs: number): string | undefined {
  if (total === null || total <= 1) return undefined;
  const left = done > 0 && done < total ? ((nowMs - sinceMs) / done) * (total - done) : null;
  return `${Math.floor(done)} of ${total}${left === null ? '' : ` · ${durationFigure(left)} left`}`;
}

interface RequestBarProps {
  /** What is done, while the host has not said. */
  readonly label: string;
  readonly progress: RequestProgress | null;
  readonly onCancel?: () => void;
}

export function RequestBar({ label, progress, onCancel }: RequestBarProps) {
  const note = progress ? progressNote(progress, performance.now()) : undefined;
  return (
    <>
      <ProgressBar
        label={progress ? sentence(progress.what) : label}
        done={progress?.done ?? 0}
        total={progress?.total ?? null}
        note={note}
      />
      {onCancel && (
        <Button size="small" icon="stop" onPress={onCancel}>
          Cancel
        </Button>
      )}
    </>
  );
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
