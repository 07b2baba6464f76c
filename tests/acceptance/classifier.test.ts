/** What was promised: a small convolutional network reads drawn digits, in two passes over the data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshHost } from '../host/runs/fixtures.ts';

it('the classifier example reaches 98 % on held-out digits in two epochs', async () => {
  const host = freshHost();
  const folder = join(import.meta.dirname, '../../resources/examples');
  const text = readFileSync(join(folder, 'classifier.lathe.jsonc'), 'utf8');
  expect(text).toContain('"epochs": 2');
  const startedMs = performance.now();
  const run = await host.train(text, folder, { threads: 2 });
  expect((await run.done).status).toBe('finished');
  const trainedMs = performance.now() - startedMs;
  const { heldOut } = await host.evaluate(run.id, { count: 100, seed: 1, options: {} });
  const accuracy = heldOut.find((figure) => figure.name === 'test.accuracy');
  console.log(
    `accuracy ${accuracy?.value} on ${accuracy?.n} test digits; trained in ${Math.round(trainedMs / 1000)} s`,
  );
  expect(accuracy?.n).toBe(2000);
  expect(accuracy?.value).toBeGreaterThanOrEqual(0.98);
}, 300_000);
