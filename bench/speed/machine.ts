/** The kind of machine a benchmark ran on: no names of hosts or people. */
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import type { Results } from './results.ts';

export function describeMachine(): Results['machine'] {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() || 'unknown processor',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    load: loadavg()[0],
  };
}

/** Whether other programs took so much of the machine that figures say little. */
export const isBusy = ({ load, cores }: Results['machine']): boolean => load > cores / 2;

/** The machine in a file name: `amd-epyc-2-cores`. */
export function machineSlug({ processor, cores }: Results['machine']): string {
  const words = processor.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${words.replaceAll(/^-|-$/g, '')}-${cores}-cores`;
}
