/** Checks who imports whom against .dependency-cruiser.cjs, and that the cruise really saw every source file. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { existingRoots, sourceFiles } from './source-files.ts';

const repository = join(import.meta.dirname, '..', '..');

/** The part of dependency-cruiser's JSON report that is read here. */
interface CruiseReport {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
      readonly cycle?: readonly { readonly name: string }[];
      readonly via?: readonly { readonly name: string }[];
    }[];
    readonly ruleSetUsed?: { readonly forbidden?: readonly { readonly name: string; readonly comment?: string }[] };
  };
}

function cruise(root: string): CruiseReport {
  const program = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = join(repository, '.dependency-cruiser.cjs');
  const args = [program, '--config', config, '--output-type', 'json', ...existingRoots(root)];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  try {
    return JSON.parse(run.stdout) as CruiseReport;
  } catch {
    throw new Error(
      `dependency-cruiser gave no report (exit ${run.status}):\n${run.stderr}${run.stdout.slice(0, 2000)}`,
    );
  }
}

/** Source files the cruise did not see. With a TypeScript it cannot use, it sees none and finds nothing wrong. */
export function unseenFiles(files: readonly string[], seen: ReadonlySet<string>): readonly string[] {
  return files.filter((file) => !seen.has(file));
}

/** Every breach under `root`, one a line of plain words; empty when all is well. */
export function boundaryProblems(root: string): readonly string[] {
  const files = sourceFiles(root);
  if (files.length === 0) return [`no source files under ${root}: nothing was checked`];
  const report = cruise(root);
  const reasons = new Map(report.summary.ruleSetUsed?.forbidden?.map(({ name, comment }) => [name, comment ?? '']));
  const unseen = unseenFiles(files, new Set(report.modules.map((module) => module.source)));
  return [
    ...unseen.map((file) => `${file}: not seen by dependency-cruiser, so nothing is known about its imports`),
    ...report.summary.violations.map(({ from, to, rule, cycle, via }) => {
      const path = [from, ...(cycle ?? via ?? [{ name: to }]).map((step) => step.name)].join(' → ');
      return `${path}\n    ${rule.name}: ${reasons.get(rule.name) ?? ''}`;
    }),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const problems = boundaryProblems(resolve(process.argv[2] ?? '.'));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
