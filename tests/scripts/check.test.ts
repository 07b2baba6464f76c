/** The repository's own checks can fail: each planted mistake is seen, and a failure reaches the exit status. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { budgetProblems } from '../../scripts/checks/budgets.ts';
import { runChecks, summarise } from '../../scripts/checks/runner.ts';
import { plantTree } from './planted-tree.ts';

const repository = join(import.meta.dirname, '..', '..');

const statements = (count: number): string => '  value += 1;\n'.repeat(count);
/** A function of exactly `lines` lines. */
const functionOf = (lines: number): string =>
  `export function long(value: number): void {\n${statements(lines - 2)}}\n`;
const row = '    add: [1, 2],\n';

function run(name: string, args: readonly string[], cwd: string): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, [join(repository, name), ...args], { cwd, encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
}

describe('budgets', () => {
  test('a file of 500 lines passes, one of 501 does not', () => {
    const root = plantTree({ 'core/a.ts': '// line\n'.repeat(500), 'core/b.ts': '// line\n'.repeat(501) });
    expect(budgetProblems(root)).toEqual(['core/b.ts: 501 lines, at most 500']);
  });

  test('a function of 60 lines passes, one of 61 does not, whatever its form', () => {
    const body = statements(59);
    const root = plantTree({
      'core/sound.ts': functionOf(60),
      'core/function.ts': functionOf(61),
      'core/arrow.ts': `export const long = (value: number): void => {\n${body}};\n`,
      'core/method.ts': `export class Big {\n  run(value: number): void {\n${body}  }\n}\n`,
    });
    expect(budgetProblems(root)).toEqual([
      'core/arrow.ts:1: long has 61 lines, at most 60',
      'core/function.ts:1: long has 61 lines, at most 60',
      'core/method.ts:2: run has 61 lines, at most 60',
    ]);
  });

  test('a table does not count towards its function, code written as one does', () => {
    const data = `export function table(): object {\n  return {\n${row.repeat(80)}  };\n}\n`;
    const code = `export function code(): object {\n  return {\n    add: () => {\n${statements(58)}    },\n  };\n}\n`;
    const root = plantTree({ 'core/data.ts': data, 'core/code.ts': code });
    expect(budgetProblems(root)).toEqual(['core/code.ts:1: code has 64 lines, at most 60']);
  });

  test('markup does not count towards its component, functions within it do', () => {
    const markup = `export function Page() {\n  return (\n    <p>\n${'      <b>x</b>\n'.repeat(80)}    </p>\n  );\n}\n`;
    const handler = `export function Form() {\n  return (\n    <p onClick={(value) => {\n${statements(60)}    }} />\n  );\n}\n`;
    const root = plantTree({ 'renderer/page.tsx': markup, 'renderer/form.tsx': handler });
    expect(budgetProblems(root)).toEqual([
      'renderer/form.tsx:1: Form has 66 lines, at most 60',
      'renderer/form.tsx:3: a function has 62 lines, at most 60',
    ]);
  });

  test('a describe callback may be long in tests, and only there; a test in it may not', () => {
    const chapter = `describe('x', () => {\n${"  test('y', () => {});\n".repeat(80)}});\n`;
    const long = `describe('x', () => {\n  test('y', () => {\n${statements(59)}  });\n});\n`;
    const root = plantTree({ 'core/x.ts': chapter, 'tests/x.test.ts': chapter, 'tests/y.test.ts': long });
    expect(budgetProblems(root)).toEqual([
      'core/x.ts:1: a function has 82 lines, at most 60',
      'tests/y.test.ts:2: a function has 61 lines, at most 60',
    ]);
  });

  test('autodiff and graph share 1,000 lines, the preload bridge has 60', () => {
    const files = {
      'core/autodiff/a.ts': 400,
      'core/graph/b.ts': 400,
      'core/graph/c.ts': 201,
      'preload/bridge.ts': 61,
    };
    const texts = Object.entries(files).map(([path, lines]) => [path, '// line\n'.repeat(lines)] as const);
    const problems = budgetProblems(plantTree(Object.fromEntries(texts)));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('core/autodiff/ + core/graph/: 1001 lines, at most 1000');
    expect(problems[1]).toContain('preload/: 61 lines, at most 60');
  });

  test('a barrel is found', () => {
    const root = plantTree({ 'core/index.ts': "export * from './a.ts';\n", 'core/a.ts': 'export const a = 1;\n' });
    expect(budgetProblems(root)).toEqual([
      'core/index.ts: only re-exports; import from the files that define the names',
    ]);
  });

  test('the command fails on a breach and on a folder without source', () => {
    const breach = run('scripts/checks/budgets.ts', [plantTree({ 'core/a.ts': functionOf(61) })], repository);
    expect(breach.status).toBe(1);
    expect(breach.output).toContain('core/a.ts:1');
    expect(run('scripts/checks/budgets.ts', [plantTree({ 'a.txt': '' })], repository).status).toBe(1);
  });
});

describe('lint', () => {
  test('the rules the project relies on are in force, in core and with types', () => {
    const root = plantTree({
      '.oxlintrc.json': readFileSync(join(repository, '.oxlintrc.json'), 'utf8'),
      'tsconfig.json': '{ "compilerOptions": { "strict": true, "target": "ES2024", "module": "ESNext" } }',
      'core/a.ts': [
        'async function work(): Promise<void> {}',
        'work();',
        '[1].forEach(async () => work());',
        'export const home = process;',
        "export { b } from './b.ts';",
      ].join('\n'),
      'core/b.ts': "export { home } from './a.ts';\nexport const b = 1;\n",
    });
    const args = ['--type-aware', '--format', 'unix', 'core'];
    const { status, output } = run('node_modules/oxlint/bin/oxlint', args, root);
    expect(status).toBe(1);
    expect(output).toContain('no-floating-promises');
    expect(output).toContain('no-misused-promises');
    expect(output).toContain('no-restricted-globals');
    expect(output).toContain('no-cycle');
  });
});

describe('the runner', () => {
  const node = (name: string, script: string) => ({ name, command: process.execPath, args: ['-e', script] });

  test('prints only what failed, and a command that cannot start has failed', async () => {
    const checks = [
      node('fine', "console.log('not shown')"),
      node('broken', "console.error('shown'); process.exit(3)"),
      node('killed', "process.kill(process.pid, 'SIGKILL')"),
      { name: 'absent', command: join(repository, 'no-such-program'), args: [] },
    ];
    const results = await runChecks(checks, repository, 2);
    expect(results.map(({ name, ok }) => [name, ok])).toEqual([
      ['fine', true],
      ['broken', false],
      ['killed', false],
      ['absent', false],
    ]);
    const summary = summarise(results);
    expect(summary).toContain('shown');
    expect(summary).toContain('ended by SIGKILL');
    expect(summary).toContain('could not be started');
    expect(summary).not.toContain('not shown');
  });

  test('npm run check refuses a name it does not know', () => {
    expect(run('scripts/check.ts', ['speling'], repository).status).toBe(2);
  });
});
