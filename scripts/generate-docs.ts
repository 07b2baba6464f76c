/**
 * Writes docs/model-document.md and resources/model-document.schema.json from the schemas, and docs/command-line.md from
 * the table of commands.
 * `npm run docs` writes; `npm run docs -- --check` only says whether the files are up to date (exit 1 when not).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { documentJsonSchema } from '../core/spec/document-schema.ts';
import { commandReference } from './docs/command-reference.ts';
import { documentReference } from './docs/document-reference.ts';

const commandLine = await commandReference();

/** The generated files, by path from the root, with what they must hold. */
function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/command-line.md', commandLine],
    ['docs/model-document.md', documentReference()],
    ['resources/model-document.schema.json', `${JSON.stringify(documentJsonSchema(), undefined, 2)}\n`],
  ]);
}

/** Paths of generated files under `root` that are missing or differ from what their sources say. */
export function staleFiles(root: string): readonly string[] {
  return [...generatedFiles()].flatMap(([path, wanted]) => (contentOf(join(root, path)) === wanted ? [] : [path]));
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function main(args: readonly string[]): number {
  const root = resolve(import.meta.dirname, '..');
  const stale = staleFiles(root);
  if (args.includes('--check')) {
    for (const path of stale) console.error(`${path} is out of date; run npm run docs`);
    return stale.length > 0 ? 1 : 0;
  }
  for (const [path, content] of generatedFiles()) writeFileSync(join(root, path), content);
  for (const path of stale) console.error(`wrote ${path}`);
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
