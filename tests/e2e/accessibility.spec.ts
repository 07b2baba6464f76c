/** No place has a violation that axe-core finds, in either theme. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { documentOf } from './documents.ts';
import { expect, go, openDocument, placeTitles, type PlaceTitle, test } from './workbench.ts';

test.use({ homeOf: 'families' });

async function violations(page: Page, where: string): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${where}: ${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  );
}

/** What a place must show before it is looked at. */
async function fill(page: Page, title: PlaceTitle): Promise<void> {
  const place = await go(page, title);
  if (title === 'Compare') {
    const newest = place.getByRole('button', { name: 'Compare the newest 3' });
    await expect(newest.or(place.getByRole('slider', { name: 'Moment of training' }))).toBeVisible();
    if (await newest.isVisible()) await newest.click();
    await expect(place.getByRole('img', { name: /points/ })).toHaveCount(3);
  }
  if (title === 'Design') await expect(page.getByTestId('text-editor').locator('.view-line').first()).toBeVisible();
  if (title === 'Train') await expect(place.getByRole('figure').first()).toBeVisible();
  if (title === 'Runs') await expect(place.getByRole('row').nth(3)).toBeVisible();
  if (title === 'Settings') await expect(place.getByText('proven').first()).toBeVisible();
}

for (const theme of ['Light', 'Dark']) {
  test(`every place in the ${theme.toLowerCase()} theme`, async ({ page, folder }) => {
    test.setTimeout(120_000);
    const settings = await go(page, 'Settings');
    await settings.getByRole('radio', { name: theme }).click({ force: true });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    await openDocument(
      page,
      folder,
      'Looked at',
      documentOf('gan', 'Looked at', 10).replace('"units": 1 }', '"units": -1 }'),
    );
    const found: string[] = [];
    for (const title of placeTitles) {
      await fill(page, title);
      found.push(...(await violations(page, title)));
    }
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    found.push(...(await violations(page, 'command palette')));
    expect(found).toEqual([]);
  });
}
