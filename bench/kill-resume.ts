/**
 * Kills a training run with SIGKILL at random moments and resumes it, again and again: the final checkpoint must be that
 * of an uninterrupted run, and no metric point that was told of may be missing.
 * `node bench/kill-resume.ts [MOMENTS] [SEED] [FILE]` prints a line a moment; exit 1 when anything differs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { RandomStream } from '../core/random/random.ts';
import {
  killAndResume,
  shortDocument,
  trainWhole,
  type KillOutcome,
  type Target,
  type Whole,
} from './kill-resume-trial.ts';

const targets: readonly Target[] = ['worker', 'host', 'group'];

function verdict({ sha256, curves, lost }: KillOutcome, whole: Whole): string {
  const sameCurves = isDeepStrictEqual(curves, whole.curves);
  const faults = [
    ...(sha256 === whole.sha256 ? [] : [`other checkpoint ${sha256.slice(0, 12)}`]),
    ...(sameCurves ? [] : ['other curves']),
    ...(lost.length === 0 ? [] : [`${lost.length} points lost`]),
  ];
  return faults.length === 0 ? 'same' : faults.join(', ');
}

async function main(moments: number, seed: number, document: string): Promise<boolean> {
  const cwd = mkdtempSync(join(tmpdir(), 'lathe-kill-'));
  try {
    await trainWhole(cwd, document, 'warm-up');
    const whole = await trainWhole(cwd, document);
    console.log(`uninterrupted: ${Math.round(whole.trainingMs)} ms, sha256 ${whole.sha256}`);
    const random = new RandomStream(seed, 'kills');
    let good = 0;
    for (let moment = 0; moment < moments; moment++) {
      const target = targets[moment % targets.length];
      const afterMs = random.uniform() * whole.trainingMs;
      const outcome = await killAndResume({ cwd, document, target, afterMs, home: `moment-${moment}` });
      const words = verdict(outcome, whole);
      if (words === 'same') good++;
      console.log(
        `${moment + 1}: ${target} killed after ${Math.round(afterMs)} ms: ${outcome.status}, resumed at ${outcome.resumedAt}: ${words}`,
      );
    }
    console.log(`${good} of ${moments} the same`);
    return good === moments;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const [moments = '20', seed = '1', file] = process.argv.slice(2);
const document = file === undefined ? shortDocument : readFileSync(file, 'utf8');
process.exitCode = (await main(Number(moments), Number(seed), document)) ? 0 : 1;
