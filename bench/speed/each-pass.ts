/** What each of Lathe's optimisations brings: every workload with all of them against the same without one, and in less memory. */
import { optimisations, type OptimisationName } from '../../core/ops/optimisations.ts';
import { steps, type Started } from './measure.ts';
import { Contender } from './contender.ts';
import { measurePairs, type TurnOptions } from './pairs.ts';
import { latheCommand } from './peers.ts';
import { digits, markdownTable, mebibytes } from './table.ts';
import type { WorkloadName } from './workloads.ts';

interface EachPassOptions extends TurnOptions {
  readonly threads: number;
  readonly log: (line: string) => void;
}

/** Of the memory that a workload takes, what it is given to see what recomputing costs. */
const givenShare = 0.7;

/** Prints a table by workload; a line appears where leaving the optimisation out changes the graph. */
export async function measureEachPass(
  workloads: readonly WorkloadName[],
  { threads, log, ...turns }: EachPassOptions,
): Promise<void> {
  for (const workload of workloads) {
    const start = (more: readonly string[]) => Contender.start(latheCommand(workload, threads, more), threads);
    const whole = await start([]);
    const against = async (other: Started): Promise<readonly [string, string, string]> => {
      const { own, peer, ratio } = await measurePairs(steps(whole), steps(other), turns);
      const times = [own.median, peer.median, ratio.median, ratio.low, ratio.high].map(digits);
      return [times[0], times[1], `${times[2]}× (${times[3]}–${times[4]})`];
    };
    const rows: string[][] = [];
    for (const name of Object.keys(optimisations) as OptimisationName[]) {
      const other = await start(['--without', name]);
      if (other.ready.graph !== whole.ready.graph) {
        log(`${workload}: without ${name}`);
        rows.push([name, ...(await against(other))]);
      } else rows.push([name, '–', '–', 'the same graph']);
      await other.contender.end();
    }
    const usualBytes = whole.contender.peakBytes();
    const limit = usualBytes === undefined ? [] : ['--memory', String((givenShare * usualBytes) / 2 ** 20)];
    const fitted = await start(limit);
    if (fitted.ready.recomputed) {
      log(`${workload}: in less memory`);
      const costs = await against(fitted);
      const [less, usual] = [fitted.contender.peakBytes(), usualBytes].map(mebibytes);
      rows.push([`${usual} MiB of memory; in ${less} recomputing`, ...costs]);
    } else rows.push(['all memory; in less recomputing', '–', '–', 'nothing to recompute']);
    await fitted.contender.end();
    await whole.contender.end();
    console.log(
      `\n${workload}\n\n${markdownTable([['optimisation', 'with, ms', 'without, ms', 'without / with'], ...rows])}`,
    );
  }
}
