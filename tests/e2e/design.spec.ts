/** Design: canvas and text are two views of one document, and faults show in both. */
import { readFileSync } from 'node:fs';
import { documentOf } from './documents.ts';
import { canvas, editor, expect, node, openDocument, shownText, test, typeBehind } from './workbench.ts';

const text = documentOf('gan', 'Small gan', 1000);

test('an edit on the canvas changes the text and leaves its comments', async ({ page, folder }) => {
  const path = await openDocument(page, folder, 'Edited', text);
  await editor(page);
  await node(page, /^hidden/).click();
  await page.keyboard.press('Tab');
  const chooser = page.getByRole('combobox', { name: 'Add a layer' });
  await chooser.fill('dropout');
  await chooser.press('Enter');
  await expect(node(page, /^dropout/)).toBeVisible();
  await expect.poll(() => shownText(page)).toContain('dropout');
  await expect.poll(() => shownText(page)).toContain('// the only hidden layer');
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('banner')).not.toContainText('Not saved');
  const saved = readFileSync(path, 'utf8');
  expect(saved).toContain('dropout');
  // Line by line, what was there is there: only what had to change did.
  const lines = new Set(saved.split('\n'));
  const missing = text.split('\n').filter((line) => !lines.has(line));
  expect(missing.length).toBeLessThanOrEqual(1);
  for (const comment of text.match(/\/\/.*$/gm) ?? []) expect(saved).toContain(comment);
  await canvas(page).focus();
  await page.keyboard.press('Control+z');
  await expect(node(page, /^dropout/)).toHaveCount(0);
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('banner')).not.toContainText('Not saved');
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('an edit of the text changes the canvas', async ({ page, folder }) => {
  await openDocument(page, folder, 'Edited', text);
  await expect(node(page, /^hidden/)).toBeVisible();
  await typeBehind(page, '"id": "hidden', 'Layer');
  await expect(node(page, /^hiddenLayer/)).toBeVisible();
});

test('a planted error has a squiggle, a row among the problems, and shows on its node', async ({ page, folder }) => {
  await openDocument(
    page,
    folder,
    'Faulty',
    text.replace('"id": "point", "type": "dense"', '"id": "point", "type": "dance"'),
  );
  const squiggle = (await editor(page)).locator('.squiggly-error');
  await expect(squiggle.first()).toBeVisible();
  const problems = page.getByRole('tab', { name: /Problems/ });
  await problems.click();
  const row = page.getByRole('row', { name: /dance/ });
  await expect(row.first()).toBeVisible();
  await row.first().click();
  await expect(page.getByTestId('text-editor').locator('.view-line').filter({ hasText: 'dance' })).toBeVisible();
  await expect(canvas(page).getByText(/dance/).first()).toBeVisible();
});

test('a text that cannot be read keeps the last good canvas and says so', async ({ page, folder }) => {
  await openDocument(page, folder, 'Broken', text);
  await expect(node(page, /^hidden/)).toBeVisible();
  await typeBehind(page, '"lathe": 1,', ' }}} "');
  await expect(
    canvas(page)
      .locator('..')
      .getByText(/cannot be read now/),
  ).toBeVisible();
  await expect(node(page, /^hidden/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText(/cannot be read now/)).toHaveCount(0);
});

test('the table of layers predicts the time of a step, once the machine is measured', async ({ page, folder }) => {
  test.setTimeout(300_000);
  await openDocument(page, folder, 'Predicted', text);
  await page.getByRole('tab', { name: 'Layers' }).click();
  const table = page.getByRole('treegrid', { name: 'Layers and what they come to' });
  const time = '(< )?[\\d.,]+ ms';
  const cell = table
    .getByRole('row', { name: /^hidden/ })
    .getByRole('gridcell')
    .last();
  await expect(cell).toHaveText(new RegExp(`^${time}$`), { timeout: 240_000 });
  const parts = new RegExp(`^forward ${time}, gradients ${time}, update ${time}; on the CPU with \\d+ thread`);
  await expect(cell.locator('span')).toHaveAttribute('title', parts);
  await expect(page.getByRole('group', { name: 'Sums' })).toContainText(
    new RegExp(`Predicted step ${time} on the CPU`),
  );
  const head = table.getByRole('columnheader', { name: 'Step (predicted)' });
  await head.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(head).toHaveAttribute('aria-sort', 'descending');
});
