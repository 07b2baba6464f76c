/** Writes what a benchmark found: as JSON, and as tables into docs/performance.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineSlug } from './machine.ts';
import type { Results } from './results.ts';
import { withResults } from './table.ts';

const root = join(import.meta.dirname, '../..');

/** @param folder from the root. @returns the file's path from the root */
export function storeResults(folder: string, results: Pick<Results, 'date' | 'machine'>): string {
  const file = join(folder, `${results.date}-${machineSlug(results.machine)}.json`);
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, file), `${JSON.stringify(results, undefined, 1)}\n`);
  return file;
}

/** Puts tables between the markers of that name in docs/performance.md. */
export function writeResults(text: string, markers: string, log: (line: string) => void): void {
  const page = join(root, 'docs/performance.md');
  writeFileSync(page, withResults(readFileSync(page, 'utf8'), text, markers));
  log('wrote docs/performance.md');
}
