/** A stand-in for NVIDIA's tool on the PATH, for machines without it: prints rows in the format its `--help-query-gpu` documents. */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, vi } from 'vitest';

/** A shell script stands in, which Windows cannot run. */
export const canStandIn = platform() !== 'win32';
if (!canStandIn) console.warn('skipped: a stand-in for nvidia-smi, which here would have to be a shell script');

/**
 * Puts `nvidia-smi` first on the PATH until the test ends: it prints the text, and then goes on without a word, or ends with
 * an exit code.
 */
export function standInForNvidiaSmi(text: string, exitCode?: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-nvidia-'));
  writeFileSync(join(folder, 'text'), text);
  const last = exitCode === undefined ? 'exec sleep 1000' : `exit ${exitCode}`;
  writeFileSync(
    join(folder, 'nvidia-smi'),
    `#!/bin/sh\necho "$@" > '${folder}/asked'\ncat '${folder}/text'\n${last}\n`,
  );
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
}

/** Nothing of that name anywhere. */
export const withoutNvidiaSmi = (): void => void vi.stubEnv('PATH', mkdtempSync(join(tmpdir(), 'lathe-nvidia-')));

afterEach(() => {
  vi.unstubAllEnvs();
});
