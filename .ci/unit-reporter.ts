/** Vitest reporter for `.ci/run`: writes which tests failed, which passed only when tried again, and how many there were. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Verdict } from './verdict.ts';

export default class UnitReporter implements Reporter {
  #passed = 0;
  #skipped = 0;
  readonly #failed: string[] = [];
  readonly #flaky: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const name = `${test.module.relativeModuleId} > ${test.fullName}`;
    if (result.state === 'skipped') this.#skipped++;
    if (result.state === 'failed') this.#failed.push(`${name}: ${firstLine(result.errors[0]?.message)}`);
    if (result.state !== 'passed') return;
    this.#passed++;
    if (test.diagnostic()?.flaky) this.#flaky.push(name);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message?: string }[]): void {
    for (const module of modules)
      for (const error of module.errors()) this.#failed.push(`${module.relativeModuleId}: ${firstLine(error.message)}`);
    for (const error of unhandled) this.#failed.push(`outside any test: ${firstLine(error.message)}`);
    const verdict: Verdict = {
      passed: this.#passed,
      skipped: this.#skipped,
      failed: this.#failed,
      flaky: this.#flaky,
    };
    writeFileSync(join(process.env.REPORTS ?? '.', 'unit.json'), JSON.stringify(verdict));
  }
}

const firstLine = (message = 'no message'): string => message.split('\n', 1)[0].slice(0, 300);
