/** Hosts with homes of their own, and views of what runs recorded. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { RunUpdate } from '../../../core/protocol/run-updates.ts';
import { createHost, type Host, type HostOptions, type TrainOptions } from '../../../main/host/host.ts';
import type { RunHandle, RunOutcome } from '../../../main/host/runs/run-service.ts';

/** A folder that is removed after the file's last test. */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-runs-'));
  chmodSync(folder, 0o755);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A host on a fresh home, closed and removed after the file's last test. */
export function freshHost(options: HostOptions = {}): Host {
  const host = createHost({ home: join(lastingFolder(), 'home'), ...options });
  afterAll(() => host.close());
  return host;
}

export interface Finished extends RunOutcome {
  readonly updates: readonly RunUpdate[];
}

/** Watches a run to its end. @param act is told of each update and may act on the run. */
export async function finished(
  start: (onUpdate: (update: RunUpdate) => void) => RunHandle | Promise<RunHandle>,
  act: (run: RunHandle, update: RunUpdate) => void = () => {},
): Promise<Finished> {
  const updates: RunUpdate[] = [];
  let handle: RunHandle | undefined;
  const run = await start((update) => {
    updates.push(update);
    if (handle) act(handle, update);
  });
  handle = run;
  return { ...(await run.done), updates };
}

export function trained(
  host: Host,
  text: string,
  options: TrainOptions = {},
  act?: (run: RunHandle, update: RunUpdate) => void,
): Promise<Finished> {
  return finished((onUpdate) => host.train(text, '.', { threads: 1, ...options, onUpdate }), act);
}

export function resumed(host: Host, id: string, options: { readonly stepLimit?: number } = {}): Promise<Finished> {
  return finished((onUpdate) => host.resume(id, { ...options, onUpdate }));
}

/** Acts once, on the first update that `when` accepts. */
export function once(
  when: (update: RunUpdate) => boolean,
  act: (run: RunHandle) => void,
): (run: RunHandle, update: RunUpdate) => void {
  let done = false;
  return (run, update) => {
    if (done || !when(update)) return;
    done = true;
    act(run);
  };
}

/** The sha256 of a run's newest checkpoint. */
export function lastSha256(host: Host, id: string): string | undefined {
  return host.artifacts(id).findLast((artifact) => artifact.kind === 'checkpoint')?.sha256;
}

/** Steps and values of every curve. */
export function curvesOf(
  host: Host,
  id: string,
): Readonly<Record<string, readonly (readonly [step: number, value: number])[]>> {
  return Object.fromEntries(
    host.metricKeys(id).map((key) => {
      const { steps, values } = host.metrics(id, key);
      return [key, Array.from(steps, (step, i) => [step, values[i]] as const)];
    }),
  );
}

export const codesOf = (host: Host, id: string): readonly string[] => host.events(id).map((event) => event.code);

/** Whether a process with this id is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
