/** The host goes away: the window says so, keeps every edit, and offers to go on when it is back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHost } from '../../scripts/workbench/host-process.ts';
import { documentOf } from './documents.ts';
import {
  expect,
  go,
  node,
  openDocument,
  openWindow,
  placeLink,
  playButton,
  shownStep,
  test,
  typeBehind,
} from './workbench.ts';

test('a killed host: said, edits kept, the run resumed after a restart', async ({
  page,
  folder,
  home,
  host,
  context,
}) => {
  await openDocument(page, folder, 'Lost', documentOf('gan', 'Lost', 1_000_000));
  await playButton(page).click();
  await expect.poll(() => shownStep(page)).toBeGreaterThan(60);
  await host.kill();
  const banner = page.getByRole('alert').filter({ hasText: 'host of this window went away' });
  await expect(banner).toBeVisible();
  await go(page, 'Design');
  await typeBehind(page, '"id": "hidden', 'WhileAway');
  await expect(node(page, /^hiddenWhileAway/)).toBeVisible();

  const again = await startHost({ home, port: host.port });
  try {
    // The new host gave out a new link; used in any window, it lets the old one in again.
    const other = await context.newPage();
    await openWindow(other, again);
    await other.close();
    // It may have found the host by itself already.
    await banner
      .getByRole('button', { name: 'Try now' })
      .click({ timeout: 1000 })
      .catch(() => {});
    await expect(banner).toHaveCount(0);
    await expect(node(page, /^hiddenWhileAway/)).toBeVisible();
    await placeLink(page, 'Train').click();
    const main = page.getByRole('main', { name: 'Train' });
    await expect(main.getByText(/Interrupted after/)).toBeVisible();
    await main
      .getByRole('button', { name: /^Resume from step/ })
      .first()
      .click();
    await expect(main.getByText('running', { exact: true })).toBeVisible();
    const from = await shownStep(page);
    await expect.poll(() => shownStep(page)).toBeGreaterThan(from);
  } finally {
    await again.stop();
  }
});

test('edits that were not saved are offered after a crash', async ({ page, folder, home, host, context }) => {
  await openDocument(page, folder, 'Crashed', documentOf('gan', 'Crashed', 1000));
  await typeBehind(page, '"id": "hidden', 'Unsaved');
  await expect(node(page, /^hiddenUnsaved/)).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('Not saved');
  // The host writes drafts a moment after the last edit.
  await expect.poll(() => draftsHold(home, 'hiddenUnsaved')).toBe(true);
  await page.close();
  await host.kill();
  const again = await startHost({ home });
  try {
    const next = await context.newPage();
    await openWindow(next, again);
    const dialog = next.getByRole('dialog', { name: 'Edits that were not saved' });
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await expect(node(next, /^hiddenUnsaved/)).toBeVisible();
    await expect(next.getByRole('banner')).toContainText('Not saved');
  } finally {
    await again.stop();
  }
});

/** Whether any file of the drafts in a home holds some words. */
function draftsHold(home: string, words: string): boolean {
  const folder = join(home, 'drafts');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.some((file) => readFileSync(join(file.parentPath, file.name), 'utf8').includes(words));
}
