/** What each of Lathe's optimisations brings: every workload with all of them against the same without one. */
import { optimisations, type OptimisationName } from '../../core/ops/optimisations.ts';
import { Contender } from './contender.ts';
import { measurePairs, type TurnOptions } from './pairs.ts';
import { latheCommand } from './peers.ts';
import { stepsAnswer } from './protocol.ts';
import { digits, markdownTable } from './table.ts';
import type { WorkloadName } from './workloads.ts';

interface EachPassOptions extends TurnOptions {
  readonly threads: number;
  readonly log: (line: string) => void;
}

/** Prints a table by workload; a line appears where leaving the optimisation out changes the graph. */
export async function measureEachPass(
  workloads: readonly WorkloadName[],
  { threads, log, ...turns }: EachPassOptions,
): Promise<void> {
  for (const workload of workloads) {
    const start = (more: readonly string[]) => Contender.start(latheCommand(workload, threads, more), threads);
    const whole = await start([]);
    const rows: string[][] = [];
    for (const name of Object.keys(optimisations) as OptimisationName[]) {
      const other = await start(['--without', name]);
      if (other.ready.graph !== whole.ready.graph) {
        log(`${workload}: without ${name}`);
        const work = (contender: Contender) => async (count: number) =>
          (await contender.ask({ kind: 'steps', count }, stepsAnswer)).ms;
        const { own, peer, ratio } = await measurePairs(work(whole.contender), work(other.contender), turns);
        const times = [own.median, peer.median, ratio.median, ratio.low, ratio.high].map(digits);
        rows.push([name, times[0], times[1], `${times[2]}× (${times[3]}–${times[4]})`]);
      } else rows.push([name, '–', '–', 'the same graph']);
      await other.contender.end();
    }
    await whole.contender.end();
    console.log(
      `\n${workload}\n\n${markdownTable([['optimisation', 'with, ms', 'without, ms', 'without / with'], ...rows])}`,
    );
  }
}
