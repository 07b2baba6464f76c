/** What every end-to-end test stands on: a home of its own, the real host on it, and windows open at it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { type HostProcess, startHost } from '../../scripts/workbench/host-process.ts';
import { writeDocument } from './documents.ts';

export type PlaceTitle = 'Home' | 'Design' | 'Train' | 'Runs' | 'Compare' | 'Generate' | 'Data' | 'Settings';
export const placeTitles: readonly PlaceTitle[] = [
  'Home',
  'Design',
  'Train',
  'Runs',
  'Compare',
  'Generate',
  'Data',
  'Settings',
];

interface Options {
  /** `empty`, or a copy of the home with a short run of each of three families. */
  readonly homeOf: 'empty' | 'families';
}

interface Fixtures {
  readonly folder: string;
  readonly home: string;
  readonly host: HostProcess;
  /** A window on the host, at Home. */
  readonly page: Page;
}

export const test = base.extend<Fixtures & Options>({
  homeOf: ['empty', { option: true }],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'lathe-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  home: async ({ folder, homeOf }, use) => {
    const home = join(folder, 'home');
    if (homeOf === 'families') cpSync(process.env['LATHE_E2E_HOME']!, home, { recursive: true });
    await use(home);
  },
  host: async ({ home }, use) => {
    const host = await startHost({ home });
    await use(host);
    await host.stop();
  },
  page: async ({ page, host }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
    await openWindow(page, host);
    await use(page);
    expect(faults, 'errors nobody caught in the page').toEqual([]);
  },
});

/** Opens a window on a host and waits until it can be used. */
export async function openWindow(page: Page, host: HostProcess): Promise<void> {
  await page.goto(await host.takeLink());
  await expect(placeLink(page, 'Home')).toBeVisible();
}

export const placeLink = (page: Page, title: PlaceTitle): Locator =>
  page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: new RegExp(`^${title}`) });

/** Goes to a place as a person does, by the rail. */
export async function go(page: Page, title: PlaceTitle): Promise<Locator> {
  await placeLink(page, title).click();
  const place = page.getByRole('main', { name: title });
  await expect(place).toBeVisible();
  return place;
}

/** Writes a document beside the home and opens it by the file dialog. */
export async function openDocument(page: Page, folder: string, name: string, text: string): Promise<string> {
  const path = writeDocument(folder, name, text);
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a document' });
  const field = dialog.getByRole('textbox', { name: 'Folder' });
  // Until its first folder is listed the dialog goes nowhere else.
  await expect(dialog.getByRole('button', { name: 'Folder above' })).toBeEnabled();
  await field.fill(dirname(path));
  await expect(field).toHaveValue(dirname(path));
  await field.press('Enter');
  await dialog.getByRole('option', { name: path.slice(dirname(path).length + 1) }).dblclick();
  await expect(page.getByRole('main', { name: 'Design' })).toBeVisible();
  await expect(canvas(page)).toBeVisible();
  return path;
}

export const canvas = (page: Page): Locator => page.getByLabel('Canvas of the model');
export const node = (page: Page, name: string | RegExp): Locator => canvas(page).getByRole('img', { name });
export const playButton = (page: Page): Locator =>
  page.getByRole('group', { name: 'Run controls' }).getByRole('button').first();
export const control = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('group', { name: 'Run controls' }).getByRole('button', { name });
export const curves = (page: Page): Locator => page.getByRole('main', { name: 'Train' }).getByRole('figure');

/** The text editor, loaded. */
export async function editor(page: Page): Promise<Locator> {
  const tab = page.getByRole('tab', { name: 'Text', exact: true });
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  const shown = page.getByTestId('text-editor');
  await expect(shown.locator('.view-line').first()).toBeVisible();
  return shown;
}

/** What the editor's visible lines say, hints left out, spaces made plain. */
export async function shownText(page: Page): Promise<string> {
  const lines = await (await editor(page)).locator('.view-line').evaluateAll((all) =>
    all
      .toSorted((a, b) => parseFloat((a as HTMLElement).style.top) - parseFloat((b as HTMLElement).style.top))
      .map((line) =>
        [...line.querySelectorAll('span > span')]
          .filter((part) => !/dyn-rule/.test(part.className))
          .map((part) => part.textContent)
          .join(''),
      ),
  );
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

/** Puts the cursor behind the first stretch of the text and types there. */
export async function typeBehind(page: Page, stretch: string, typed: string): Promise<void> {
  const text = await editor(page);
  await text.locator('.view-line').first().click();
  await page.keyboard.press('Control+f');
  const find = text.getByRole('textbox', { name: 'Find' });
  await find.fill(stretch);
  await find.press('Enter');
  await find.press('Escape');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type(typed);
}

/** The step the head of Train shows. */
export async function shownStep(page: Page): Promise<number> {
  const words = await page.getByRole('main', { name: 'Train' }).locator('dl').first().innerText();
  return Number(/Step\s+([\d,.\s]+)/.exec(words)?.[1]?.replace(/[^\d]/g, '') ?? Number.NaN);
}

export { expect };
