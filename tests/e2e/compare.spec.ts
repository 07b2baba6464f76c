/** Compare: runs of three families under one slider. */
import { expect, go, test } from './workbench.ts';

test.use({ homeOf: 'families' });

test('three families side by side, moved through training by one slider', async ({ page }) => {
  const place = await go(page, 'Compare');
  await place.getByRole('button', { name: 'Compare the newest 3' }).click();
  for (const name of ['Small vae', 'Small gan', 'Small diffusion'])
    await expect(place.getByText(name).first()).toBeVisible();
  const slider = place.getByRole('slider', { name: 'Moment of training' });
  await expect(slider).toBeAttached();
  const clouds = place.getByRole('img', { name: /points/ });
  await expect(clouds).toHaveCount(3);
  const words = place.getByRole('group', { name: 'Moment of training' }).getByRole('status');
  const last = await words.innerText();
  const atTheEnd = await picturesOf();
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(words).not.toHaveText(last);
  await expect(clouds).toHaveCount(3);
  // Every run shows another moment now, all moved by the one slider.
  await expect.poll(async () => (await picturesOf()).filter((picture, i) => picture !== atTheEnd[i]).length).toBe(3);
  await page.keyboard.press('End');
  await expect(words).toHaveText(last);
  await expect.poll(picturesOf).toEqual(atTheEnd);

  function picturesOf(): Promise<readonly string[]> {
    return clouds.evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
  }
});

test('what differs between two runs: documents and graphs', async ({ page }) => {
  const place = await go(page, 'Compare');
  await place.getByRole('button', { name: 'Compare the newest 3' }).click();
  await place.getByRole('tab', { name: 'Documents' }).click();
  await expect(place.getByText(/Small diffusion/).first()).toBeVisible();
  await place.getByRole('tab', { name: 'Graphs' }).click();
  await expect(place.getByRole('tabpanel', { name: 'Graphs' })).toBeVisible();
});
