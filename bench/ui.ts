/**
 * `npm run bench:ui`: how fast the screens are while a training run takes every core. Prints a table of aims and what was
 * seen, and writes it to docs/performance-ui.md and .json. It takes a few minutes and, for a while, 4 GB of disk.
 * `-- --only design` (or start, training, table, runs) measures a part and writes nothing; `-- --points 10000` gives the
 * thousand runs fewer points each.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from '@playwright/test';
import { launchOptions } from '../scripts/workbench/browser.ts';
import { buildScreens, type HostProcess, startHost } from '../scripts/workbench/host-process.ts';
import { benchDocument } from './ui/documents.ts';
import { makeHome } from './ui/homes.ts';
import { editToCanvas, firstLoadBytes, logSockets, panFrames, stepToPixel, timeUntil } from './ui/measures.ts';
import { quantile } from './statistics.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { points: { type: 'string', default: '100000' }, only: { type: 'string' } },
});
const pointsPerRun = Number(values.points);
/** Making the points of a thousand runs may take this long; runs left without say so in the table. */
const fillForMs = 150_000;
const folder = mkdtempSync(join(tmpdir(), 'lathe-bench-ui-'));

interface Line {
  readonly what: string;
  /** The most it may be; null for figures that are only watched. */
  readonly aim: number | null;
  readonly seen: number;
  readonly unit: 'ms' | 'kB';
}

const lines: Line[] = [];
const note = (what: string, aim: number | null, seen: number, unit: Line['unit'] = 'ms'): void => {
  const line = { what, aim, seen, unit };
  lines.push(line);
  console.log(`${what.padEnd(84)} ${aimWords(line).padStart(12)} ${seenWords(line).padStart(12)}`);
};
const aimWords = ({ aim, unit }: Line): string => (aim === null ? '' : `< ${aim.toLocaleString('en-GB')} ${unit}`);
const seenWords = ({ seen, unit }: Line): string =>
  `${seen < 100 ? seen.toFixed(1) : Math.round(seen).toLocaleString('en-GB')} ${unit}`;

/** A run that keeps every core busy until it is ended. */
function takeEveryCore(): ChildProcess {
  const document = join(folder, 'busy.lathe.jsonc');
  writeFileSync(document, benchDocument('Busy', 4).replaceAll('"units": 8', '"units": 512'));
  const args = [
    join(root, 'main/cli/lathe.js'),
    'train',
    document,
    '--home',
    join(folder, 'busy'),
    '--threads',
    String(availableParallelism()),
  ];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

/** A window on a host over a home. */
async function withWindow(
  browser: Browser,
  home: string,
  use: (page: Page, host: HostProcess) => Promise<void>,
): Promise<void> {
  const host = await startHost({ home });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await logSockets(page);
    await page.goto(await host.takeLink());
    await page.getByRole('heading', { name: 'Start from a template' }).waitFor();
    await use(page, host);
  } finally {
    await page.close();
    await host.stop();
  }
}

async function openText(page: Page, name: string, layers: number): Promise<void> {
  const path = join(folder, `${name}.lathe.jsonc`);
  writeFileSync(path, benchDocument(name, layers));
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a document' });
  const field = dialog.getByRole('textbox', { name: 'Folder' });
  await dialog.getByRole('option').first().waitFor();
  await field.fill(folder);
  await field.press('Enter');
  await dialog.getByRole('option', { name: `${name}.lathe.jsonc` }).dblclick();
  await page.getByTestId('text-editor').locator('.view-line').first().waitFor();
  await page
    .getByLabel('Canvas of the model')
    .getByRole('img', { name: /^layer1\b/ })
    .waitFor();
}

async function measureDesign(browser: Browser): Promise<void> {
  await withWindow(browser, join(folder, 'design'), async (page) => {
    note('First load: scripts and styles, gzip', null, (await firstLoadBytes(page)) / 1000, 'kB');
    await openText(page, 'large', 200);
    const text = page.getByTestId('text-editor');
    await text.locator('.view-line').first().click();
    await page.keyboard.press('Control+f');
    await text.getByRole('textbox', { name: 'Find' }).fill('"id": "layer1"');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    const edits = await editToCanvas(page, 40);
    note('Text edit to canvas, 200 layers, 10 keys a second, p50', null, quantile(edits, 0.5));
    note('Text edit to canvas, 200 layers, 10 keys a second, p95', 50, quantile(edits, 0.95));
  });
  await withWindow(browser, join(folder, 'pan'), async (page) => {
    await openText(page, 'huge', 496);
    const frames = await panFrames(page, 120);
    note('Canvas of 500 nodes panned, frame p50', null, quantile(frames, 0.5));
    note('Canvas of 500 nodes panned, frame p95', 33, quantile(frames, 0.95));
  });
}

const goTo = (hash: string): void => void (location.hash = hash);
const hasPlot = (): boolean => document.querySelector('main figure canvas') !== null;

async function measureRuns(browser: Browser): Promise<void> {
  const big = makeHome(folder, 'big', { runs: 1, pointsPerRun: 1_000_000 });
  await withWindow(browser, big.home, async (page) => {
    note(
      'A run of 1,000,000 points opened, to its first picture',
      1000,
      await timeUntil(page, goTo, hasPlot, `#/train?run=${big.ids[0]}`),
    );
  });
  const many = makeHome(folder, 'many', { runs: 1000, pointsPerRun, fillForMs });
  const whole = pointsPerRun.toLocaleString('en-GB');
  const made = many.filled === 1000 ? `1,000 runs × ${whole} points` : `1,000 runs, ${many.filled} of ${whole} points,`;
  await withWindow(browser, many.home, async (page) => {
    const hasRows = (): boolean =>
      /\d/.test(document.querySelector('main [role=grid] [role=row]:nth-child(8)')?.textContent ?? '');
    note(`${made} opened in Runs`, 1000, await timeUntil(page, goTo, hasRows, '#/runs'));
    const hash = `#/compare?runs=${many.ids.slice(0, 8).join(',')}`;
    note(`Eight runs of ${whole} points opened in Compare`, 1000, await timeUntil(page, goTo, hasPlot, hash));
  });
  rmSync(many.home, { recursive: true });
}

async function measureTable(browser: Browser): Promise<void> {
  const { home } = makeHome(folder, 'table', { runs: 10_000, pointsPerRun: 2 });
  await withWindow(browser, home, async (page) => {
    const hasRows = (): boolean => document.querySelectorAll('main [role=grid] [role=row]').length > 8;
    note('Table of 10,000 runs opened', 1000, await timeUntil(page, goTo, hasRows, '#/runs'));
    await page.getByRole('columnheader', { name: 'Name' }).waitFor();
    // Figures of all runs come a moment later.
    await page
      .getByRole('gridcell', { name: /^\d\.\d+$/ })
      .first()
      .waitFor();
    const sort = (): void =>
      [...document.querySelectorAll<HTMLElement>('main [role=columnheader] button')]
        .find((button) => button.textContent?.startsWith('Name'))
        ?.click();
    const isFirst = (name: string): boolean =>
      [...document.querySelectorAll('main [role=grid] [role=row]')]
        .slice(1, 3)
        .some((row) => row.textContent?.includes(name));
    const sorts = [];
    for (const name of ['Run 00000', 'Run 09999', 'Run 00000', 'Run 09999'])
      sorts.push(await timeUntil(page, sort, isFirst, name));
    note('Table of 10,000 runs sorted, slowest of 4', 200, Math.max(...sorts));
    const filter = (words: string): void => {
      const field = document.querySelector<HTMLInputElement>('main input[type=search]')!;
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, words);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const filters = [];
    for (const words of ['01234', '04567', '09876']) filters.push(await timeUntil(page, filter, isFirst, words));
    note('Table of 10,000 runs filtered, slowest of 3', 200, Math.max(...filters));
  });
}

async function measureTraining(browser: Browser): Promise<void> {
  await withWindow(browser, join(folder, 'training'), async (page) => {
    await openText(page, 'trained', 4);
    await page.keyboard.press('Control+Enter');
    await page.locator('main figure canvas').first().waitFor();
    const delays = await stepToPixel(page, 12);
    note(`Training step to pixel, p50 of ${delays.length} steps`, null, quantile(delays, 0.5));
    note('Training step to pixel, p95', 250, quantile(delays, 0.95));
    await page.getByRole('button', { name: 'Stop the run' }).click();
  });
}

/** From starting the host to a Home that can be used, with a browser that runs already. */
async function measureStart(browser: Browser): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await withWindow(browser, join(folder, `start-${i}`), async () => void times.push(performance.now() - start));
  }
  note('Cold start to usable, slowest of 5', null, Math.max(...times));
}

function machine(): string {
  return `${platform()}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB; Chromium without a GPU or a screen`;
}

function page(date: string): string {
  const row = (line: Line): string => {
    const verdict = line.aim === null ? '' : line.seen < line.aim ? 'yes' : 'no';
    return `| ${line.what} | ${aimWords(line)} | ${seenWords(line)} | ${verdict} |`;
  };
  return `# How fast the screens are

Written by \`npm run bench:ui\` on ${date}; ${machine()}.
Measured while a training run of another process takes every core, each within the page's own clock: from a key or a click
to the frame that shows what it did. The same figures for programs: [performance-ui.json](performance-ui.json).

| what | aim | seen | met |
|---|---|---|---|
${lines.map(row).join('\n')}
`;
}

function write(): void {
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(join(root, 'docs/performance-ui.md'), page(date));
  writeFileSync(
    join(root, 'docs/performance-ui.json'),
    `${JSON.stringify({ date, machine: machine(), lines }, null, 2)}\n`,
  );
}

const measurements = {
  start: measureStart,
  design: measureDesign,
  training: measureTraining,
  table: measureTable,
  runs: measureRuns,
};

async function measureAll(): Promise<void> {
  buildScreens();
  const busy = takeEveryCore();
  const browser = await chromium.launch(launchOptions);
  try {
    console.log(`${machine()}\nEvery core is taken by a training run.\n`);
    for (const [name, measure] of Object.entries(measurements)) {
      if (values.only === undefined || values.only === name) await measure(browser);
    }
    if (values.only === undefined) write();
  } finally {
    await browser.close();
    busy.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

await measureAll();
