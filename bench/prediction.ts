/**
 * Compares the predicted time of a training step with the real one, in alternation with the measuring of the machine;
 * prints, asserts nothing. `node bench/prediction.ts [ROUNDS] [THREADS]`
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { graphSeconds } from '../core/ops/predicted-time.ts';
import { builtinDataInfo } from '../core/spec/builtin-data.ts';
import { compileDocument } from '../core/spec/compile.ts';
import { parseDocument } from '../core/spec/parse.ts';
import { measureRates } from '../main/host/compute/measure-rates.ts';
import { Contender } from './speed/contender.ts';
import { describeMachine, isBusy } from './speed/machine.ts';
import { latheCommand } from './speed/peers.ts';
import { stepsAnswer } from './speed/protocol.ts';
import { workloadNames, type WorkloadName } from './speed/workloads.ts';
import { quantile } from './statistics.ts';

/** A round trains about so long. */
const roundMs = 1000;

interface Pair {
  /** Milliseconds. */
  readonly predicted: number;
  readonly real: number;
  readonly isSteady: boolean;
}

function trainingGraph(workload: WorkloadName) {
  const file = join(import.meta.dirname, 'workloads', `${workload}.lathe.jsonc`);
  const { document } = parseDocument(readFileSync(file, 'utf8'));
  const data = document && builtinDataInfo(document.data);
  if (!data) throw new Error(`${workload} is no document on built-in data`);
  return compileDocument(document, data).train.graph;
}

async function pairs(workload: WorkloadName, rounds: number, threads: number): Promise<readonly Pair[]> {
  const graph = trainingGraph(workload);
  const { contender } = await Contender.start(latheCommand(workload, threads), threads);
  const stepsOf = async (count: number) => (await contender.ask({ kind: 'steps', count }, stepsAnswer)).ms;
  const stepMs = quantile(await stepsOf(5), 0.5);
  const count = Math.max(5, Math.ceil(roundMs / stepMs));
  const found: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const { rates, isSteady } = await measureRates(threads);
    const predicted = graphSeconds(graph, rates) * 1000;
    found.push({ predicted, real: quantile(await stepsOf(count), 0.5), isSteady });
  }
  await contender.end();
  return found;
}

const [rounds = 3, threads = availableParallelism()] = process.argv.slice(2).map(Number);
const machine = describeMachine();
if (isBusy(machine))
  console.log(`the machine is not quiet (load average ${machine.load.toFixed(1)}): this says little`);
for (const workload of workloadNames) {
  const found = await pairs(workload, rounds, threads);
  const median = (of: (pair: Pair) => number): string => quantile(found.map(of), 0.5).toFixed(2);
  console.log(
    `${workload}: real / predicted ${median(({ predicted, real }) => real / predicted)} (predicted ${median(({ predicted }) => predicted)} ms, real ${median(({ real }) => real)} ms; ${threads} threads, ${found.filter(({ isSteady }) => isSteady).length} of ${rounds} rounds steady)`,
  );
}
