/** A trained classifier, looked at: its confusion, the examples of a cell, and what their scores hang on. */
import { documentOf, writeDocument } from './documents.ts';
import { trainHere } from '../../scripts/workbench/host-process.ts';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, go, test } from './workbench.ts';

const classifier = `{
  "lathe": 1,
  "name": "Small digits",
  "data": { "source": "builtin:glyphs", "batchSize": 64 },
  "task": { "type": "classifier" },
  "networks": {
    "classifier": {
      "inputs": { "x": "image" },
      "layers": [
        { "type": "averagePooling2d", "poolSize": 4 },
        { "type": "flatten" },
        { "id": "hidden", "type": "dense", "units": 16, "activation": "relu" },
        { "id": "scores", "type": "dense", "units": 10 },
      ],
    },
  },
  "training": { "steps": 60, "seed": 1, "evaluateEvery": 20, "optimizer": { "type": "adam", "learningRate": 0.01 } },
}
`;

test.use({ homeOf: 'empty' });
test.setTimeout(180_000);

test.beforeEach(({ folder, home }) => {
  trainHere(writeDocument(folder, 'Small digits', classifier), home);
});

test('a cell of the confusion leads to its examples, each with its saliency', async ({ page }) => {
  const train = await go(page, 'Train');
  await train.getByRole('tab', { name: 'Confusion' }).click();
  const matrix = train.getByRole('grid', { name: 'Confusion matrix' });
  await expect(matrix).toBeVisible();

  // By keys: from the first cell down and along to one that holds a mistake.
  const cells = matrix.getByRole('button');
  await expect(cells).toHaveCount(100);
  await cells.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await expect(cells.nth(19)).toBeFocused();
  const mistake = matrix.getByRole('button', { name: /^[1-9]\d* of actual \S+ taken for/ }).first();
  const words = (await mistake.getAttribute('aria-label'))!;
  const [, count, actual, predicted] = /^(\d+) of actual (\S+) taken for (\S+),/.exec(words)!;
  await mistake.focus();
  await page.keyboard.press('Enter');

  const generate = page.getByRole('main', { name: 'Generate' });
  const list = generate.getByRole('list', { name: 'Examples' });
  await expect(list).toBeVisible({ timeout: 60_000 });
  // The validation split has no more examples than an evaluation while training looks at, so the counts are the same.
  await expect(list.getByRole('listitem')).toHaveCount(Math.min(24, Number(count)));
  const first = list.getByRole('listitem').first();
  await expect(first).toContainText(`${actual}`);
  await expect(first.locator('p')).toContainText(`taken for ${predicted}`);

  const picture = list.getByRole('img').first();
  await expect(picture).toHaveAccessibleName(/hangs on/);
  const pixels = (): Promise<string> => picture.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const overlaid = await pixels();
  await generate.getByRole('slider', { name: 'Saliency map' }).focus();
  await page.keyboard.press('Home');
  await expect.poll(pixels).not.toBe(overlaid);
  const plain = await pixels();
  await page.keyboard.press('End');
  await expect.poll(pixels).not.toBe(plain);

  await generate.getByRole('button', { name: 'Any class' }).click();
  await expect(generate.getByText(/mistakes? among 1,000 validation examples/)).toBeVisible();
  await expect(list.getByRole('listitem')).toHaveCount(24);
  await expect(list.getByRole('listitem').first()).toContainText('taken for');
});

test('norms, silent units and the confusion of a finished run are there after a reload', async ({ page }) => {
  const train = await go(page, 'Train');
  const layers = train.getByRole('tab', { name: 'Layers' });
  await layers.click();
  await expect(train.getByRole('table', { name: 'Gradient norms by layer' }).getByRole('row')).toHaveCount(3);
  await page.reload();
  await layers.click();
  await expect(train.getByRole('table', { name: 'Gradient norms by layer' }).getByRole('row')).toHaveCount(3);
  await expect(train.getByRole('region', { name: 'Units that are never active' })).toBeVisible();
  await train.getByRole('tab', { name: 'Confusion' }).click();
  await train.getByRole('button', { name: 'Evaluation before' }).click();
  await expect(train.getByText('step 40', { exact: true })).toBeVisible();
  await train.getByRole('radio', { name: 'Share of row' }).click({ force: true });
  await expect(train.getByRole('grid', { name: 'Confusion matrix' })).toBeVisible();
});

test.describe('a critic', () => {
  test.beforeEach(({ folder, home }) => {
    const text = documentOf('gan', 'Small gan', 40).replace('"steps": 40,', '"steps": 40, "evaluateEvery": 20,');
    trainHere(writeDocument(folder, 'Small gan', text), home);
  });

  test('has its scores of real and made samples shown over training, also as a table', async ({ page }) => {
    const train = await go(page, 'Train');
    await train.getByRole('tab', { name: 'Real and made' }).click();
    await expect(train.getByRole('img', { name: /Scores of the discriminator. Real samples: / })).toBeVisible();
    await train.getByRole('button', { name: 'As a table' }).click();
    await expect(train.getByRole('region', { name: 'Scores, table' }).getByRole('row')).toHaveCount(41);
  });
});

for (const theme of ['Light', 'Dark'])
  test(`what is shown of a classifier in the ${theme.toLowerCase()} theme has no violation that axe-core finds`, async ({
    page,
  }) => {
    const settings = await go(page, 'Settings');
    await settings.getByRole('radio', { name: theme }).click({ force: true });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    const found: string[] = [];
    const look = async (where: string): Promise<void> => {
      // What stands around it is looked at with the places (accessibility.spec.ts).
      const { violations } = await new AxeBuilder({ page }).include('[role=tabpanel]').analyze();
      found.push(
        ...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.target.join(' ')}`)),
      );
    };
    const train = await go(page, 'Train');
    for (const name of ['Confusion', 'Layers']) {
      await train.getByRole('tab', { name }).click();
      await look(`Train, ${name}`);
    }
    const generate = await go(page, 'Generate');
    await generate.getByRole('tab', { name: 'Examples' }).click();
    await expect(generate.getByRole('list', { name: 'Examples' })).toBeVisible({ timeout: 60_000 });
    await look('Generate, Examples');
    await generate.getByRole('tab', { name: 'Scores' }).click();
    await expect(generate.getByRole('grid', { name: 'Confusion matrix' })).toBeVisible();
    await look('Generate, Scores');
    expect(found).toEqual([]);
  });
