/** The main path by keyboard alone: from a template to a trained, stopped and drawn-from model, without a pointer. */
import type { Page } from '@playwright/test';
import { canvas, expect, node, shownStep, test } from './workbench.ts';

/** Presses Tab until the named thing has the focus, as a person looks for it. */
async function tabTo(page: Page, role: string, name: RegExp, most = 80): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return {
        role: element?.getAttribute('role') ?? element?.tagName.toLowerCase() ?? '',
        name: element?.getAttribute('aria-label') ?? element?.textContent ?? '',
      };
    });
    if (focused.role === role && name.test(focused.name)) return;
  }
  throw new Error(`${most} presses of Tab did not reach the ${role} ${name}`);
}

/** A command by its name. */
async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.type(title);
  await expect(page.getByRole('menuitem').first()).toContainText(title);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test('template, edit, train, pause, stop, draw', async ({ page }) => {
  await tabTo(page, 'button', /^Open in Design: GAN in the plane/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main', { name: 'Design' })).toBeVisible();
  await expect(canvas(page)).toBeVisible();
  await tabTo(page, 'application', /Canvas of the model/, 30);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('combobox', { name: 'Add a layer' })).toBeFocused();
  await page.keyboard.type('dropout');
  await page.keyboard.press('Enter');
  await expect(node(page, /^dropout/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(node(page, /^dropout/)).toHaveCount(0);

  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('main', { name: 'Train' })).toBeVisible();
  await expect.poll(() => shownStep(page)).toBeGreaterThan(2);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('main').getByText('paused', { exact: true })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('main').getByText('running', { exact: true })).toBeVisible();
  await page.keyboard.press('Control+Alt+Enter');
  await expect(page.getByRole('main').getByText('stopped', { exact: true }).first()).toBeVisible();

  await page.keyboard.press('Alt+6');
  await expect(page.getByRole('main', { name: 'Generate' })).toBeVisible();
  await command(page, 'Draw samples');
  await expect(
    page
      .getByRole('main')
      .getByRole('img', { name: /points/ })
      .first(),
  ).toBeVisible({ timeout: 30_000 });
  await command(page, 'Go to Home');
  await expect(page.getByRole('main', { name: 'Home' })).toBeVisible();
});
