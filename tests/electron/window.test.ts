/** The real desktop window, where Electron's binary is installed; elsewhere this says that it was not tried. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { electronPath } from '../../scripts/start/programs.ts';

const root = join(import.meta.dirname, '../..');
const binary = electronPath(root);
const isBuilt = existsSync(join(root, 'out/main/electron/main.js'));
if (binary === undefined)
  console.log("skipped: Electron's binary is not installed (npm run setup:electron), so its window was not opened");
else if (!isBuilt) console.log('skipped: the desktop shell is not built (npm run build), so its window was not opened');

describe.skipIf(binary === undefined || !isBuilt)('the desktop window', () => {
  it('opens sandboxed on the built screens, reaches its host and gives the page nothing of Node', async () => {
    const home = mkdtempSync(join(tmpdir(), 'lathe-electron-'));
    const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
    const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
    // Without `executablePath`, so that Playwright finds the package's own binary and loads its part into it.
    const app = await _electron.launch({
      args: ['.', ...(isRoot ? ['--no-sandbox'] : [])],
      cwd: root,
      env: { ...(environment as Record<string, string>), LATHE_HOME: home },
    });
    try {
      const page = await app.firstWindow();
      await page.waitForURL('app://lathe/**');
      await page.getByText('Connected').waitFor();
      expect(
        await page.evaluate(() => [
          typeof Reflect.get(globalThis, 'require'),
          typeof Reflect.get(globalThis, 'process'),
          typeof Reflect.get(globalThis, 'lathe'),
        ]),
      ).toEqual(['undefined', 'undefined', 'object']);
      expect(
        await page.evaluate(() =>
          fetch('https://example.org/').then(
            () => 'reached',
            () => 'refused',
          ),
        ),
      ).toBe('refused');
    } finally {
      await app.close();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
