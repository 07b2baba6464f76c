/**
 * `npm run screenshots`: every place of the workbench, light and dark, at 1440 × 900, into docs/images, from a home with
 * real runs that it trains first. `-- --home DIR` keeps that home and takes it up again, which spares the training.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { launchOptions } from './workbench/browser.ts';
import { createHome } from '../main/host/home.ts';
import { openStore } from '../main/host/store/store.ts';
import { buildScreens, demoHere, startHost, trainHere } from './workbench/host-process.ts';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs/images');
const { values } = parseArgs({ options: { home: { type: 'string' } } });

/** The demo's three families, and points in the plane. */
function trainRuns(home: string): void {
  console.log('Running the demo …');
  demoHere(home);
  for (const [name, seed] of [
    ['gan-points', 1],
    ['gan-points', 2],
    ['diffusion-points', 1],
  ] as const) {
    console.log(`Training ${name}, seed ${seed} …`);
    trainHere(
      join(root, 'resources/examples', `${name}.lathe.jsonc`),
      home,
      '--experiment',
      'In the plane',
      '--steps',
      '600',
      '--seed',
      String(seed),
      '--tag',
      `seed ${seed}`,
    );
  }
}

const places: readonly { readonly name: string; readonly show: (page: Page) => Promise<void> }[] = [
  { name: 'home', show: (page) => page.getByRole('heading', { name: 'Start from a template' }).waitFor() },
  {
    name: 'design',
    show: async (page) => {
      await page.getByRole('tab', { name: 'Layers' }).click();
      await page.getByTestId('text-editor').locator('.view-line').first().waitFor();
      // The machine's speed is measured once, when the table is first seen.
      await page
        .getByText(/^[\d.]+ (ms|µs)$/)
        .first()
        .waitFor({ timeout: 120_000 });
      await page
        .getByLabel('Canvas of the model')
        .getByRole('img', { name: /^conv2d_1/ })
        .first()
        .click();
    },
  },
  { name: 'train', show: (page) => page.getByRole('main').getByRole('figure').nth(1).waitFor() },
  { name: 'runs', show: (page) => page.getByRole('row').nth(4).waitFor() },
  {
    name: 'compare',
    show: (page) => page.getByRole('slider', { name: 'Moment of training' }).waitFor({ state: 'attached' }),
  },
  {
    name: 'generate',
    show: async (page) => {
      const nothing = page.getByText('Nothing drawn yet');
      await nothing.or(page.getByRole('main').getByRole('heading', { name: 'Drawn' })).waitFor({ timeout: 120_000 });
      if (await nothing.isVisible())
        await page.getByRole('main').getByRole('button', { name: 'Draw', exact: true }).first().click();
      await page
        .getByRole('main')
        .getByRole('heading', { name: /Samples|Reconstructions/ })
        .first()
        .waitFor({ timeout: 120_000 });
    },
  },
  {
    name: 'data',
    show: async (page) => {
      await page.getByRole('button', { name: /builtin:glyphs/ }).click();
      await page.getByText(/images of 28 × 28/).waitFor({ timeout: 120_000 });
    },
  },
  { name: 'settings', show: (page) => page.getByText('proven').first().waitFor() },
];

/** Where a place is gone to so that it has something to show; `runs` are one of each family. */
function address(name: string, runs: readonly string[]): string {
  if (name === 'compare') return `#/compare?runs=${runs.join(',')}`;
  if (name === 'train' || name === 'generate') return `#/${name}?run=${runs[0]}`;
  return `#/${name}`;
}

/** The newest run of each family that was trained on pictures. */
function showpieces(home: string): readonly string[] {
  const store = openStore(createHome({ root: home, named: true }));
  const runs = store.listRuns();
  store.close();
  return ['vae', 'gan', 'diffusion'].flatMap(
    (family) => runs.find((run) => run.family === family && !run.dataSource.includes('points'))?.id ?? [],
  );
}

async function takePictures(page: Page, theme: string, runs: readonly string[]): Promise<void> {
  for (const { name, show } of places) {
    await page.evaluate((hash) => (location.hash = hash), address(name, runs));
    await show(page);
    await page.mouse.move(720, 4);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(images, `${name}-${theme}.png`), animations: 'disabled', caret: 'hide' });
    console.log(`docs/images/${name}-${theme}.png`);
  }
}

async function makeScreenshots(): Promise<void> {
  buildScreens();
  mkdirSync(images, { recursive: true });
  const own = values.home === undefined ? mkdtempSync(join(tmpdir(), 'lathe-screenshots-')) : undefined;
  const home = own ?? resolve(values.home!);
  if (!existsSync(join(home, 'lathe.db'))) trainRuns(home);
  const runs = showpieces(home);
  const host = await startHost({ home });
  const browser = await chromium.launch(launchOptions);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    await page.goto(await host.takeLink());
    await page.getByRole('button', { name: 'Open in Design: Convolutional VAE' }).click();
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await takePictures(page, theme, runs);
    }
  } finally {
    await browser.close();
    await host.stop();
    if (own !== undefined) rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
}

await makeScreenshots();
