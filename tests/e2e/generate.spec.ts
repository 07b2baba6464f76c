/** Generate: samples of a finished run, the same for the same seed. */
import { expect, go, test } from './workbench.ts';

test.use({ homeOf: 'families' });

test('samples are drawn, and drawn again from the same seed they are the same', async ({ page }) => {
  const place = await go(page, 'Generate');
  const count = place.getByRole('textbox', { name: 'Samples', exact: true });
  await count.fill('32');
  await count.press('Tab');
  const draw = place.getByRole('button', { name: 'Draw', exact: true }).first();
  await draw.click();
  const cloud = place.getByRole('img', { name: /32 points/ });
  await expect(cloud.first()).toBeVisible({ timeout: 30_000 });
  const picture = (): Promise<string> => cloud.first().evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const first = await picture();
  const seed = place.getByRole('textbox', { name: 'Seed' });
  for (const [value, isSame] of [
    ['9', false],
    ['1', true],
  ] as const) {
    await seed.fill(value);
    await seed.press('Tab');
    await draw.click();
    if (isSame) await expect.poll(picture, { timeout: 20_000 }).toBe(first);
    else await expect.poll(picture, { timeout: 20_000 }).not.toBe(first);
  }
});
