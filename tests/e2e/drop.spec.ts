/** Whatever place is shown, the window takes what is dropped on it. */
import type { Page } from '@playwright/test';
import { documentOf } from './documents.ts';
import { expect, go, type PlaceTitle, test } from './workbench.ts';

/** Drops a file onto the middle of the place, as another program's window would hand it over. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    ([fileName, contents]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([contents!], fileName!));
      const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2)!;
      for (const type of ['dragenter', 'dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    },
    [name, text],
  );
}

const flowers = `length,width,kind\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 2 ? 'a' : 'b'}`).join('\n')}\n`;

for (const title of ['Home', 'Design', 'Data', 'Settings'] satisfies PlaceTitle[]) {
  test(`a document and a table dropped on ${title}`, async ({ page }) => {
    await go(page, title);
    await drop(page, 'dropped.lathe.jsonc', documentOf('gan', 'Dropped here', 10));
    await expect(page.getByRole('main', { name: 'Design' })).toBeVisible();
    await expect(page.getByRole('banner')).toContainText('Dropped here');
    await go(page, title);
    await drop(page, 'flowers.csv', flowers);
    await expect(page.getByRole('main', { name: 'Data' }).getByRole('heading', { name: 'flowers.csv' })).toBeVisible();
  });
}

test('what is neither is refused in words', async ({ page }) => {
  await drop(page, 'film.mov', 'x');
  await expect(page.getByText(/film.mov is neither a model document/)).toBeVisible();
});
