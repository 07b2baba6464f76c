/** Run in a network namespace that has only loopback: uses the application for real and tells what it saw, as JSON. */
import { networkInterfaces } from 'node:os';
import process from 'node:process';
import { chromium } from '@playwright/test';
import { launchOptions } from '../../../scripts/workbench/browser.ts';
import { startHost } from '../../../scripts/workbench/host-process.ts';

const host = await startHost({ home: process.argv[2]! });
const browser = await chromium.launch(launchOptions);
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(await host.takeLink());
  await page.getByRole('button', { name: 'Train now: GAN in the plane' }).click();
  await page.waitForFunction(() => document.querySelector('main figure canvas') !== null);
  await page.getByRole('button', { name: 'Stop the run' }).click();
  await page.keyboard.press('Alt+6');
  await page.getByRole('main', { name: 'Generate' }).getByRole('button', { name: 'Draw', exact: true }).first().click();
  await page
    .getByRole('main')
    .getByRole('img', { name: /points/ })
    .first()
    .waitFor();
  const strangers = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
  console.log(JSON.stringify({ hasOnlyLoopback: strangers.length === 0, hasTrained: true, hasDrawn: true }));
} finally {
  await browser.close();
  await host.stop();
}
