/** Who has no link, comes from another site or by another name gets nothing, from a real browser too. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { request } from 'node:http';
import { expect, test } from './workbench.ts';

test('a wrong token opens nothing', async ({ host, browser }) => {
  const page = await (await browser.newContext()).newPage();
  expect((await page.goto(`${host.origin}/?token=${'A'.repeat(43)}`))?.status()).toBe(403);
  expect((await page.goto(host.origin))?.status()).toBe(403);
  await page.context().close();
});

test('a page of another site cannot reach the host, even in the browser that holds its cookie', async ({
  host,
  page,
}) => {
  const site = createServer((_, answer) =>
    answer.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>'),
  );
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const other = await page.context().newPage();
  await other.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const outcome = await other.evaluate(
    (address) =>
      new Promise((settle) => {
        const socket = new WebSocket(address);
        socket.onopen = () => settle('open');
        socket.onerror = () => settle('refused');
      }),
    `${host.origin.replace('http', 'ws')}/host`,
  );
  expect(outcome).toBe('refused');
  await other.close();
  site.close();
});

test('a name that was bent to this machine is refused', async ({ host }) => {
  const asked = request({
    host: '127.0.0.1',
    port: host.port,
    path: '/',
    headers: { host: `evil.example:${host.port}` },
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  expect(answer.statusCode).toBe(421);
});
