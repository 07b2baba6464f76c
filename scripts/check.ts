/** `npm run check`: types, lint, format, boundaries, budgets and unused code. Names as arguments run only those. */
import { join } from 'node:path';
import { runChecks, summarise } from './checks/runner.ts';
import type { Check } from './checks/runner.ts';

const root = join(import.meta.dirname, '..');

/** A tool of node_modules run by this very Node, whatever Node the system has. */
function tool(name: string, entry: string, ...args: string[]): Check {
  return { name, command: process.execPath, args: [join(root, entry), ...args] };
}

/** Longest first, so that two lanes end together. */
const checks: readonly Check[] = [
  tool('boundaries', 'scripts/checks/boundaries.ts'),
  tool('unused code', 'node_modules/knip/bin/knip.js', '--no-progress'),
  ...[
    ['types', 'tsconfig.json'],
    ['types of the screens', 'renderer/tsconfig.json'],
    ['types of what runs in a browser', 'tests/e2e/tsconfig.json'],
    ['types of the bridge', 'preload/tsconfig.json'],
  ].map(([name, project]) => tool(name, 'node_modules/@typescript/native/bin/tsc', '-p', project)),
  tool('lint', 'node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'),
  tool('budgets', 'scripts/checks/budgets.ts'),
  tool('format', 'node_modules/oxfmt/bin/oxfmt', '--check', '.'),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`no check is called ${unknown.join(', ')}; there are: ${checks.map((check) => check.name).join(', ')}`);
  process.exit(2);
}
const results = await runChecks(
  checks.filter((check) => wanted.length === 0 || wanted.includes(check.name)),
  root,
  2,
);
console.log(summarise(results));
process.exitCode = results.every((result) => result.ok) ? 0 : 1;
