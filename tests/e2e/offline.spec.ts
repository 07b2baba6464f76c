/** Nothing leaves the machine, and nothing is missed when the network is not there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { expect, go, openDocument, placeTitles, playButton, shownStep, test } from './workbench.ts';
import { documentOf } from './documents.ts';

test.use({ homeOf: 'families' });

test('every request of the page goes to its own host', async ({ page, host, folder }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  await page.reload();
  await openDocument(page, folder, 'Offline', documentOf('gan', 'Offline', 60));
  await playButton(page).click();
  await expect.poll(() => shownStep(page)).toBeGreaterThan(20);
  for (const title of placeTitles) await go(page, title);
  expect(asked.length).toBeGreaterThan(10);
  const { host: own } = new URL(host.origin);
  const strange = asked.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).host !== own);
  expect(strange).toEqual([]);
  expect(asked.filter((url) => !/^(https?|wss?|data|blob):/.test(url))).toEqual([]);
});

test('without any network, training and drawing work', async ({ home }) => {
  const isPossible = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  test.skip(!isPossible, 'a network namespace needs root and the programs unshare and ip');
  const child = join(import.meta.dirname, 'children/without-network.ts');
  const run = spawnSync(
    'unshare',
    ['-n', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath, child, home],
    { encoding: 'utf8', timeout: 55_000 },
  );
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual({ hasOnlyLoopback: true, hasTrained: true, hasDrawn: true });
});
