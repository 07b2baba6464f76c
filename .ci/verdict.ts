/** The last words of `.ci/run`: failed and unsteady tests by name, then how many there were of each kind. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Verdict {
  readonly passed: number;
  readonly skipped: number;
  /** Names with the first line of what went wrong. */
  readonly failed: readonly string[];
  /** Names of those that passed only when they were tried again. */
  readonly flaky: readonly string[];
}

interface Suite {
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

/** Reads Playwright's JSON report. */
function browserVerdict(report: Suite): Verdict {
  const specs = (suite: Suite): NonNullable<Suite['specs']> => [
    ...(suite.specs ?? []),
    ...(suite.suites ?? []).flatMap(specs),
  ];
  const tests = specs(report).flatMap(({ title, file, tests }) =>
    tests.map(({ status, results }) => {
      const message = results.find(({ error }) => error)?.error?.message ?? '';
      return { status, name: `${file} > ${title}`, message: message.split('\n', 1)[0] };
    }),
  );
  const having = (status: string): typeof tests => tests.filter((test) => test.status === status);
  return {
    passed: having('expected').length + having('flaky').length,
    skipped: having('skipped').length,
    failed: having('unexpected').map(({ name, message }) => `${name}: ${message}`),
    flaky: having('flaky').map(({ name }) => name),
  };
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2];
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const absent = (name: string): Verdict => ({ passed: 0, skipped: 0, failed: [`${name}: no report`], flaky: [] });
  const verdicts = [
    existsSync(join(folder, 'unit.json')) ? (read('unit.json') as Verdict) : absent('npm test'),
    existsSync(join(folder, 'browser.json'))
      ? browserVerdict(read('browser.json') as Suite)
      : absent('npm run test:e2e'),
  ];
  const sum = (kind: 'passed' | 'skipped'): number => verdicts.reduce((total, verdict) => total + verdict[kind], 0);
  const failed = verdicts.flatMap((verdict) => verdict.failed);
  const flaky = verdicts.flatMap((verdict) => verdict.flaky);
  for (const name of flaky) console.log(`passed only when tried again: ${name}`);
  for (const name of failed) console.log(`failed: ${name}`);
  if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped`);
  console.log(`${sum('passed')} passed, ${failed.length} failed`);
}
