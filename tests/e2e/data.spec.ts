/** Data: a folder of pictures is brought in and looked at. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, go, test } from './workbench.ts';

/** Plain squares of random grey, 24 of each class in a folder of its own. */
async function makePictures(folder: string): Promise<string> {
  const pictures = join(folder, 'pictures');
  for (const [kind, red] of [
    ['dark', 40],
    ['light', 200],
  ] as const) {
    mkdirSync(join(pictures, kind), { recursive: true });
    for (let i = 0; i < 24; i++) {
      await sharp({ create: { width: 20, height: 20, channels: 3, background: { r: red, g: 5 * i, b: 90 } } })
        .png()
        .toFile(join(pictures, kind, `${i}.png`));
    }
  }
  return pictures;
}

test('a folder of pictures is imported, counted by class and shown', async ({ page, folder }) => {
  const pictures = await makePictures(folder);
  const place = await go(page, 'Data');
  await place.getByRole('button', { name: 'Open folder' }).first().click();
  const dialog = page.getByRole('dialog');
  const field = dialog.getByRole('textbox', { name: 'Folder' });
  await field.fill(pictures);
  await field.press('Enter');
  await expect(dialog.getByRole('option', { name: 'dark' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Open', exact: false }).last().click();
  await expect(place.getByRole('heading', { name: 'pictures' })).toBeVisible({ timeout: 30_000 });
  for (const kind of ['dark', 'light'])
    await expect(place.getByText(kind, { exact: true }).filter({ visible: true })).toBeVisible();
  // Of 48 pictures a share is held out: all are counted, each once.
  const samples = await place
    .getByRole('row', { name: /^(Training|Validation|Test)/ })
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLTableRowElement).cells[1]!.textContent)));
  expect(samples.reduce((sum, count) => sum + count, 0)).toBe(48);
  await expect(place.getByText(/images of 64 × 64/)).toBeVisible();
});
