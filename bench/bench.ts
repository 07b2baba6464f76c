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
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEachPass } from './speed/each-pass.ts';
import { describeMachine, isBusy, machineSlug } from './speed/machine.ts';
import { measureWorkload, type MeasureOptions } from './speed/measure.ts';
import { findPython, peerNames, type PeerName } from './speed/peers.ts';
import { resultsSchema, type Results, type WorkloadResult } from './speed/results.ts';
import { resultsText, withResults } from './speed/table.ts';
import { workloadNames, type WorkloadName } from './speed/workloads.ts';
import { spreadOf } from './statistics.ts';

const root = join(import.meta.dirname, '..');
const log = (line: string): void => console.error(line);

const options = {
  write: { type: 'boolean', default: false },
  only: { type: 'string', default: workloadNames.join(',') },
  peers: { type: 'string', default: peerNames.join(',') },
  threads: { type: 'string', default: String(availableParallelism()) },
  turns: { type: 'string', default: '15' },
  'turn-ms': { type: 'string', default: '200' },
  budget: { type: 'string', default: '25' },
  python: { type: 'string' },
  'no-sampling': { type: 'boolean', default: false },
  'each-pass': { type: 'boolean', default: false },
  table: { type: 'string' },
} as const;

/** The names in a list, each one of those there are. */
function chosen<Name extends string>(list: string, known: readonly Name[], option: string): readonly Name[] {
  const wanted = list.split(',').filter((name) => name !== '' && name !== 'none');
  const strange = wanted.find((name) => !(known as readonly string[]).includes(name));
  if (strange !== undefined) throw new Error(`${option}: there is no '${strange}'; there are ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option}: expected a whole number from 1 up, found ${text}`);
  return value;
}

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

/** @returns the file's path from the root. */
function store(results: Results): string {
  const file = join(root, 'bench/results', `${results.date}-${machineSlug(results.machine)}.json`);
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  return relative(root, file);
}

function writePage(results: Results): void {
  const page = join(root, 'docs/performance.md');
  writeFileSync(page, withResults(readFileSync(page, 'utf8'), resultsText(results)));
  log('wrote docs/performance.md');
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.table !== undefined) return writePage(resultsSchema.parse(JSON.parse(readFileSync(values.table, 'utf8'))));
  const names = chosen(values.only, workloadNames, '--only');
  const peers: readonly PeerName[] = chosen(values.peers, peerNames, '--peers');
  const turns = {
    turns: wholeNumber(values.turns, '--turns'),
    turnMs: wholeNumber(values['turn-ms'], '--turn-ms'),
    budgetMs: 1000 * wholeNumber(values.budget, '--budget'),
  };
  const threads = wholeNumber(values.threads, '--threads');
  if (values.write && (names.length < workloadNames.length || peers.length < peerNames.length || values['no-sampling']))
    throw new Error('--write stores whole runs: leave --only, --peers and --no-sampling out');
  if (values['each-pass']) return measureEachPass(names, { ...turns, threads, log });
  const python = peers.includes('pytorch') ? findPython(values.python) : undefined;
  const results = await measure(names, { ...turns, threads, python, peers, sampling: !values['no-sampling'], log });
  console.log(`\n${resultsText(results)}`);
  if (!values.write) return;
  log(`wrote ${store(results)}`);
  writePage(results);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
