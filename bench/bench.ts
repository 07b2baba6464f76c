/**
 * `npm run bench`: trains the seven workloads in alternation with PyTorch and TensorFlow.js, draws from the models, and
 * prints what it found. Options follow `--`:
 *
 *     --write               store the results in bench/results and put their tables into docs/performance.md
 *     --only mlp,cnn        these workloads
 *     --peers pytorch       these peers; `none` measures Lathe alone
 *     --threads 2           threads of each contender (all cores unless told otherwise)
 *     --turns 15            turns of each contender in training
 *     --turn-ms 200         how long a turn lasts
 *     --budget 25           seconds a comparison may take: there are fewer turns where steps are long
 *     --python PATH         a Python that has PyTorch
 *     --no-sampling         training only
 *     --each-pass           instead: what each of Lathe's optimisations brings, by workload
 *     --table FILE          instead: put the tables of stored results into docs/performance.md
 */
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { parseArgs } from 'node:util';
import { measureEachPass } from './speed/each-pass.ts';
import { describeMachine, isBusy } from './speed/machine.ts';
import { measureWorkload, type MeasureOptions } from './speed/measure.ts';
import { chosen, readTurns, turnOptions } from './speed/options.ts';
import { findPython, peerNames, type PeerName } from './speed/peers.ts';
import { resultsSchema, type Results, type WorkloadResult } from './speed/results.ts';
import { storeResults, writeResults } from './speed/stored.ts';
import { resultsText } from './speed/table.ts';
import { workloadNames, type WorkloadName } from './speed/workloads.ts';
import { spreadOf } from './statistics.ts';

const log = (line: string): void => console.error(line);

const options = {
  write: { type: 'boolean', default: false },
  ...turnOptions,
  peers: { type: 'string', default: peerNames.join(',') },
  'no-sampling': { type: 'boolean', default: false },
  'each-pass': { type: 'boolean', default: false },
  table: { type: 'string' },
} as const;

async function measure(names: readonly WorkloadName[], how: MeasureOptions): Promise<Results> {
  const machine = describeMachine();
  if (isBusy(machine))
    log(`the machine is not quiet (load average ${machine.load.toFixed(1)}): the figures will say little`);
  const workloads: WorkloadResult[] = [];
  const rates = new Map<string, number[]>();
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of names) {
    const measured = await measureWorkload(name, how);
    workloads.push(measured.result);
    Object.assign(versions, measured.versions);
    for (const [engine, rate] of Object.entries(measured.rates))
      rates.set(engine, [...(rates.get(engine) ?? []), rate]);
  }
  return {
    format: 1,
    date: new Date().toISOString().slice(0, 10),
    machine,
    versions,
    threads: how.threads,
    multiplyRates: Object.fromEntries([...rates].map(([engine, found]) => [engine, spreadOf(found)])),
    workloads,
  };
}

/** The page with new results. */
const writePage = (results: Results): void => writeResults(resultsText(results), 'results', log);

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.table !== undefined) return writePage(resultsSchema.parse(JSON.parse(readFileSync(values.table, 'utf8'))));
  const { names, threads, ...turns } = readTurns(values);
  const peers: readonly PeerName[] = chosen(values.peers, peerNames, '--peers');
  if (values.write && (names.length < workloadNames.length || peers.length < peerNames.length || values['no-sampling']))
    throw new Error('--write stores whole runs: leave --only, --peers and --no-sampling out');
  if (values['each-pass']) return measureEachPass(names, { ...turns, threads, log });
  const python = peers.includes('pytorch') ? findPython(values.python) : undefined;
  const results = await measure(names, { ...turns, threads, python, peers, sampling: !values['no-sampling'], log });
  console.log(`\n${resultsText(results)}`);
  if (!values.write) return;
  log(`wrote ${storeResults('bench/results', results)}`);
  writePage(results);
}

// As the command line and the workbench do for their workers: compiled modules are kept, from the second process on.
const { directory } = module.enableCompileCache();
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
