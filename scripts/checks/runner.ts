/** Runs the repository's checks side by side and says in a few lines which held. */
import { spawn } from 'node:child_process';

export interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly elapsedMs: number;
  /** Everything the command wrote, or why it could not be started. */
  readonly output: string;
}

/** Runs one check as a process of its own in `cwd`; never rejects: a command that cannot start has failed. */
function runCheck(check: Check, cwd: string): Promise<CheckResult> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (ok: boolean, note = ''): void => {
      const output = Buffer.concat(chunks).toString('utf8') + note;
      resolve({ name: check.name, ok, elapsedMs: performance.now() - startedMs, output });
    };
    const child = spawn(check.command, check.args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => finish(false, `${check.command} could not be started: ${error.message}\n`));
    child.on('close', (code, signal) => finish(code === 0, signal === null ? '' : `ended by ${signal}\n`));
  });
}

/** Runs all checks, at most `parallel` at a time, and returns their results in the order they were given. */
export async function runChecks(
  checks: readonly Check[],
  cwd: string,
  parallel: number,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const queue = checks.entries();
  const lane = async (): Promise<void> => {
    for (const [index, check] of queue) results[index] = await runCheck(check, cwd);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return results;
}

/** One line a check, then the output of those that failed. */
export function summarise(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map((result) => result.name.length));
  const lines = results.map(
    ({ name, ok, elapsedMs }) => `${name.padEnd(width)}  ${ok ? 'ok    ' : 'failed'}  ${elapsedMs.toFixed(0)} ms`,
  );
  const failures = results
    .filter((result) => !result.ok)
    .map(({ name, output }) => `\n── ${name}\n${output.trimEnd()}`);
  return [...lines, ...failures].join('\n');
}
