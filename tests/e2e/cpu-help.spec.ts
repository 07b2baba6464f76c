/** Where a device lacks operators, Train asks before it starts: a no leaves nothing behind, a yes trains and is recorded. */
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import AxeBuilder from '@axe-core/playwright';
import { startHost } from '../../scripts/workbench/host-process.ts';
import { documentOf } from './documents.ts';
import { readStore } from './store.ts';
import { expect, openDocument, playButton, test as base } from './workbench.ts';

const test = base.extend({
  host: async ({ home }, use) => {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'settings.json'), JSON.stringify({ device: 'webgpu' }));
    const host = await startHost({
      home,
      through: [process.execPath, join(import.meta.dirname, 'children/lacking-host.ts')],
    });
    await use(host);
    await host.stop();
  },
});

test('the question names what the CPU would compute; no is no, yes trains', async ({ page, folder, home, host }) => {
  await openDocument(page, folder, 'Asked', documentOf('gan', 'Asked', 3));
  await playButton(page).click();
  const question = page.getByRole('alertdialog', { name: 'Train with the CPU’s help?' });
  await expect(question.getByRole('row', { name: 'Det encoder/mean 2' })).toBeVisible();
  await expect(question).toContainText('3 of the 64 operators');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(page.getByRole('main', { name: 'Design' })).toBeVisible();

  await playButton(page).click();
  await question.getByRole('button', { name: 'Train with the CPU’s help' }).click();
  await expect(page.getByRole('main', { name: 'Train' }).getByText('finished', { exact: true }).first()).toBeVisible();
  await host.stop();
  const [runs, codes] = readStore(home, (store) => {
    const all = store.listRuns();
    return [all, store.events(all[0].id).map(({ code }) => code)] as const;
  });
  expect(runs).toHaveLength(1);
  expect(codes).toContain('cpu-fallback-allowed');
});
