/** The first moments: nothing is said to the browser's console, and no request goes wrong. */
import { expect, openWindow, test } from './workbench.ts';

test('starting says nothing in the console and asks for nothing that is not there', async ({ browser, host }) => {
  const page = await browser.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()} ${message.location().url}`));
  page.on('response', (response) => {
    if (response.status() >= 400) said.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => said.push(`failed ${request.url()}`));
  await openWindow(page, host);
  await page.waitForLoadState('networkidle');
  // By itself a browser asks for the icon of a page that names none, but only with a window of its own.
  const link = await host.takeLink();
  expect(await (await page.request.get(link)).text()).toContain('rel="icon"');
  expect(said).toEqual([]);
  await page.close();
});
