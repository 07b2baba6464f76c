/** The Runs table's menu: what can be done with rows, by the right button and by keys. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, go, test } from './workbench.ts';

test.use({ homeOf: 'families' });

test('a row’s menu, by the right button: rename, pin, compare, open', async ({ page }) => {
  const runs = await go(page, 'Runs');
  const rows = runs.getByRole('grid', { name: 'Runs' }).getByRole('row', { name: /./ });
  const second = rows.nth(2);
  const name = (await second.getByRole('button').last().textContent())!;
  await second.click({ button: 'right' });
  const menu = page.getByRole('menu', { name: `Actions of ${name}` });
  await expect(menu).toBeVisible();
  await expect(second).toHaveAttribute('aria-selected', 'true');
  const audit = await new AxeBuilder({ page }).include('[role="menu"]').analyze();
  expect(audit.violations).toEqual([]);

  await menu.getByRole('menuitem', { name: 'Rename…' }).click();
  const dialog = page.getByRole('dialog', { name: `Rename ${name}` });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('The best of all');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  const renamed = runs.getByRole('row', { name: /The best of all/ });
  await expect(renamed).toBeVisible();

  await renamed.click({ button: 'right' });
  await expect(page.getByRole('menu')).toBeVisible();
  await page.mouse.click(1200, 700, { button: 'right' });
  await expect(page.getByRole('menu')).toHaveCount(0);
  await renamed.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
  await expect(renamed.getByRole('button', { name: 'Pin The best of all' })).toHaveAttribute('aria-pressed', 'true');
  // Pinned rows stand above the others.
  await expect(rows.nth(1)).toContainText('The best of all');

  await renamed.click({ button: 'right' });
  const compared = page.getByRole('menuitem', { name: /Compare/ });
  const words = (await compared.textContent())!;
  await compared.click();
  await renamed.click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: /Compare/ })).not.toHaveText(words);
  await page.getByRole('menuitem', { name: /^Open beside the table/ }).click();
  await expect(page.getByRole('region', { name: 'Run The best of all' })).toBeVisible();
});

test('the menu by keys alone, for one row and for all', async ({ page }) => {
  const runs = await go(page, 'Runs');
  const table = runs.getByRole('grid', { name: 'Runs' });
  await table.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+F10');
  const menu = page.getByRole('menu', { name: /^Actions of / });
  await expect(menu).toBeVisible();
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(table).toBeFocused();

  for (const [item, title] of [
    ['Rename…', /^Rename /],
    ['Tags…', /^Tags of /],
  ] as const) {
    await page.keyboard.press('ContextMenu');
    await menu.getByRole('menuitem', { name: item }).press('Enter');
    const dialog = page.getByRole('dialog', { name: title });
    await expect(dialog.getByRole('textbox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(table).toBeFocused();
  }

  await page.keyboard.press('Control+a');
  await page.keyboard.press('ContextMenu');
  const all = page.getByRole('menu', { name: 'Actions of 3 runs' });
  await expect(all.getByRole('menuitem', { name: 'Compare 3 runs' })).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const question = page.getByRole('alertdialog', { name: 'Delete 3 runs?' });
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(table).toBeFocused();
  await expect(table.getByRole('row', { selected: true })).toHaveCount(3);
});
