/** Home: a first click opens something, another trains it. */
import { expect, node, playButton, shownStep, shownText, test } from './workbench.ts';

test('a template opens in Design as canvas and text, and trains', async ({ page }) => {
  await page.getByRole('button', { name: 'Open in Design: GAN in the plane' }).click();
  await expect(page.getByRole('main', { name: 'Design' })).toBeVisible();
  await expect(node(page, /^dense_1/).first()).toBeVisible();
  await expect.poll(() => shownText(page)).toContain('GAN in the plane');
  await playButton(page).click();
  await expect.poll(() => shownStep(page)).toBeGreaterThan(1);
});

test('a first click trains something', async ({ page }) => {
  await page.getByRole('button', { name: 'Train now: Diffusion in the plane' }).click();
  await expect(
    page.getByRole('main', { name: 'Train' }).getByRole('figure', { name: 'Training losses' }),
  ).toBeVisible();
});
