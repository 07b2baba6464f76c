/**
 * Measures two small runs side by side against one after the other, through the queue that the workbench uses: seconds
 * from the first start to the last end, in alternation; prints, asserts nothing. `node bench/concurrency.ts [ROUNDS] [STEPS]`
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostMethods, type MethodInput, type MethodName } from '../core/protocol/methods.ts';
import { createServices } from '../main/services/create-services.ts';

/** One after the other a run has all cores; side by side each has half of them. */
const ways = [
  { name: 'one after the other', slots: 1 },
  { name: 'side by side', slots: 2 },
] as const;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

async function main(rounds: number, steps: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'lathe-concurrency-'));
  const services = createServices({ home });
  const ask = async (method: MethodName, input: MethodInput<MethodName>): Promise<never> =>
    (await (services.methods[method] as (input: unknown, context: unknown) => unknown)(
      hostMethods[method].input.parse(input),
      { request: 1, signal: new AbortController().signal, progress: () => {} },
    )) as never;
  const ended = async (ids: readonly string[]): Promise<void> => {
    for (;;) {
      const runs: readonly { status: string; id: string }[] = await ask('runs.list', {});
      const left = runs.filter(({ id, status }) => ids.includes(id) && (status === 'queued' || status === 'running'));
      if (left.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const pair = async (text: string, slots: number): Promise<number> => {
    await ask('settings.set', { slots });
    const startedMs = performance.now();
    const ids: string[] = [];
    for (const name of ['first', 'second'])
      ids.push(((await ask('runs.start', { text, baseDir: tmpdir(), name })) as { id: string }).id);
    await ended(ids);
    return (performance.now() - startedMs) / 1000;
  };
  try {
    for (const workload of ['mlp', 'vae']) {
      const text = readFileSync(new URL(`./workloads/${workload}.lathe.jsonc`, import.meta.url), 'utf8').replace(
        /"steps": \d+/,
        `"steps": ${steps}`,
      );
      await pair(text, 2);
      const seconds = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++)
        for (const { name, slots } of ways) seconds.get(name)?.push(await pair(text, slots));
      const [apart, together] = ways.map(({ name }) => median(seconds.get(name) ?? []));
      for (const [name, values] of seconds)
        console.log(
          `${workload}, two runs of ${steps} steps, ${name}: ${median(values).toFixed(2)} s (${values.map((value) => value.toFixed(2)).join(', ')})`,
        );
      console.log(`${workload}: side by side takes ${(together / apart).toFixed(2)} of the time`);
    }
  } finally {
    await services.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const [rounds = '3', steps = '300'] = process.argv.slice(2);
await main(Number(rounds), Number(steps));
