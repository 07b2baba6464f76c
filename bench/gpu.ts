/**
 * `npm run bench:gpu`: trains the seven workloads on every proven device of this machine, in alternation with the CPU, and
 * with PyTorch where a Python has it with CUDA. Exits 2 where there is nothing to measure. Options follow `--`:
 *
 *     --write                  store the results in bench/results/gpu and put their table into docs/performance.md
 *     --devices cpu,webgpu     these devices, also ones in software; all accelerators unless told
 *     --only mlp,cnn           these workloads
 *     --threads 2              processor threads of each contender (all cores unless told otherwise)
 *     --turns 15, --turn-ms 200, --budget 25, --python PATH   as for `npm run bench`
 *     --table FILE             instead: put the table of stored results into docs/performance.md
 */
import { readFileSync } from 'node:fs';
import { devices as findDevices } from '../main/host/without-records.ts';
import type { Device } from '../main/host/compute/devices.ts';
import { chooseDevices, NothingToMeasure } from './gpu/devices.ts';
import { measureOnDevices } from './gpu/measure.ts';
import { gpuNames } from './gpu/memory.ts';
import { readGpuOptions, type GpuOptions } from './gpu/options.ts';
import { gpuResultsSchema, type GpuResults, type GpuWorkload } from './gpu/results.ts';
import { gpuResultsText } from './gpu/table.ts';
import { describeMachine } from './speed/machine.ts';
import { findPython } from './speed/peers.ts';
import { storeResults, writeResults } from './speed/stored.ts';

const log = (line: string): void => console.error(line);

async function measure(chosen: readonly Device[], { names, ...options }: GpuOptions): Promise<GpuResults> {
  const machine = describeMachine();
  const python = findPython(options.python, 'cuda');
  if (python === undefined) log('without PyTorch: no Python here has it with CUDA (--python names another)');
  const devices = chosen.map(({ provider }) => provider).filter((device) => device !== 'cpu');
  const workloads: GpuWorkload[] = [];
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of names) {
    const measured = await measureOnDevices(name, { ...options, python, devices, log });
    workloads.push(measured.result);
    Object.assign(versions, measured.versions);
  }
  return {
    format: 1,
    date: new Date().toISOString().slice(0, 10),
    machine,
    versions,
    threads: options.threads,
    devices: chosen.map(({ provider: name, label }) => ({ name, label })),
    gpus: [...gpuNames()],
    workloads,
  };
}

async function main(): Promise<void> {
  const options = readGpuOptions(process.argv.slice(2));
  const write = (results: GpuResults): void => writeResults(gpuResultsText(results), 'gpu results', log);
  if (options.table !== undefined)
    return write(gpuResultsSchema.parse(JSON.parse(readFileSync(options.table, 'utf8'))));
  log('looking for devices; each is proven in a process of its own');
  const chosen = chooseDevices((await findDevices()).devices, options.devices);
  const results = await measure(chosen, options);
  console.log(`\n${gpuResultsText(results)}`);
  if (!options.write) return;
  log(`wrote ${storeResults('bench/results/gpu', results)}`);
  write(results);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof NothingToMeasure ? 2 : 1;
}
