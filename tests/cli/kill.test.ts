/** Killed at any moment, a run resumes to the same final checkpoint, with every metric point that was told of. */
import { describe, expect, it } from 'vitest';
import { killAndResume, shortDocument, trainWhole, type Target } from '../../bench/kill-resume-trial.ts';
import { temporaryFolder } from './temporary-folder.ts';

const cwd = temporaryFolder();
const whole = trainWhole(cwd, shortDocument);

describe('kill -9 and resume', () => {
  // After a step was told of, and then some milliseconds: while loading, in the first steps, between checkpoints.
  it.each<readonly [Target, number, number]>([
    ['worker', 1, 30],
    ['worker', 900, 10],
    ['host', 600, 70],
    ['group', 0, 120],
    ['group', 1200, 45],
  ])('%s after step %d and %d ms', async (target, afterStep, afterMs) => {
    const expected = await whole;
    const outcome = await killAndResume({
      cwd,
      document: shortDocument,
      target,
      afterStep,
      afterMs,
      home: `${target}-${afterStep}`,
    });
    expect(outcome.status).toBe('interrupted');
    expect(outcome.lost).toEqual([]);
    expect(outcome.sha256).toBe(expected.sha256);
    expect(outcome.curves).toEqual(expected.curves);
  });
});
