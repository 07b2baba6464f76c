/** Follows what NVIDIA's own tool says of graphics processors. What it prints is parsed as anything from outside is. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { errorCode } from '../files/atomic.ts';

/** Fields of `nvidia-smi --help-query-gpu` that are read here: watts, and mebibytes. */
export type GpuField = 'power.draw' | 'memory.used';

/** What one graphics processor said at one moment. */
export interface GpuReading {
  /** Milliseconds by the tool's own clock; only differences mean anything. */
  readonly atMs: number;
  readonly gpu: number;
  readonly value: number;
}

/** `2026/11/21 18:03:11.123, 0, 61.24`, as `--format=csv,noheader,nounits` writes a row of timestamp, index and a number. */
const row = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3}), (\d{1,3}), (\d{1,7}(?:\.\d{1,6})?)$/;

/** @returns undefined for anything but a row with a number: `[N/A]`, the tool's complaints, whatever else. */
export function parseGpuReading(line: string): GpuReading | undefined {
  const found = row.exec(line.trim());
  if (!found) return undefined;
  const [year, month, day, hour, minute, second, ms, gpu, value] = found.slice(1).map(Number);
  return { atMs: Date.UTC(year, month - 1, day, hour, minute, second, ms), gpu, value };
}

const longestQuoted = 120;

/** A line that nobody expected, short and without control characters. */
const quoted = (line: string): string => `'${line.slice(0, longestQuoted).replaceAll(/[^\x20-\x7e]/g, '?')}'`;

export interface FollowedGpus {
  /** Ends the tool; nothing is told any more. */
  close(): void;
}

/**
 * Starts `nvidia-smi` and hears of every graphics processor of the machine again and again. The tool ends with whoever
 * reads from it, by its broken pipe.
 * @param onEnd told once, in words, when there is nothing (more) to hear.
 */
export function followGpus(
  field: GpuField,
  everyMs: number,
  { onReading, onEnd }: { readonly onReading: (reading: GpuReading) => void; readonly onEnd: (reason: string) => void },
): FollowedGpus {
  const query = [`--query-gpu=timestamp,index,${field}`, '--format=csv,noheader,nounits', `--loop-ms=${everyMs}`];
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  let hasEnded = false;
  const end = (reason: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    child.kill();
    onEnd(reason);
  };
  child.on('error', (error) =>
    end(errorCode(error) === 'ENOENT' ? noTool : `nvidia-smi did not start: ${error.message}`),
  );
  createInterface({ input: child.stdout }).on('line', (line) => {
    const reading = parseGpuReading(line);
    if (hasEnded || line.trim() === '') return;
    if (reading) onReading(reading);
    else end(`nvidia-smi tells no ${field} here: ${quoted(line)}`);
  });
  child.on('close', (code, signal) => end(`nvidia-smi ended (${signal ?? `code ${code}`})`));
  return {
    close: () => {
      hasEnded = true;
      child.kill();
    },
  };
}

const noTool = "there is no nvidia-smi on the PATH, and the energy and memory of other makers' GPUs are not read";
