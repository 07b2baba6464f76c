/** `npm start`'s parts: which program shows the window, whether a build is due, and the server as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt } from '../../scripts/start/built.ts';
import { browserPath, electronPath, hasScreen } from '../../scripts/start/programs.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lathe-start-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function put(path: string, seconds = 1000): void {
  const whole = join(folder, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, '');
  utimesSync(whole, seconds, seconds);
}

describe('Electron', () => {
  it('is there when its binary is, not when only its package is', () => {
    put('node_modules/electron/package.json');
    expect(electronPath(folder, {})).toBeUndefined();
    put(`node_modules/electron/dist/${process.platform === 'win32' ? 'electron.exe' : 'electron'}`);
    expect(electronPath(folder, {})).toContain(join('electron', 'dist'));
    expect(electronPath(folder, { ELECTRON_EXEC_PATH: '/opt/electron' })).toBe('/opt/electron');
  });
});

describe.skipIf(process.platform !== 'linux')('a browser', () => {
  it('is the first of those known on the path, or the one named', () => {
    put('a/microsoft-edge-stable');
    put('b/chromium');
    expect(browserPath({ PATH: [join(folder, 'a'), join(folder, 'b')].join(delimiter) })).toBe(
      join(folder, 'a/microsoft-edge-stable'),
    );
    expect(browserPath({ PATH: join(folder, 'c') })).toBeUndefined();
    expect(browserPath({ LATHE_BROWSER: '/opt/b', PATH: '' })).toBe('/opt/b');
  });

  it('is of no use without a screen', () => {
    expect(hasScreen({})).toBe(false);
    expect(hasScreen({ DISPLAY: ':0' })).toBe(true);
    expect(hasScreen({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  });
});

describe('a build', () => {
  it('is due when a product is missing or a source is newer', () => {
    put('renderer/app/a.tsx', 1000);
    utimesSync(join(folder, 'renderer/app'), 1000, 1000);
    utimesSync(join(folder, 'renderer'), 1000, 1000);
    put('out/renderer/index.html', 2000);
    put('out/preload/preload.cjs', 2000);
    expect(isBuilt(folder)).toBe(false);
    put('out/main/electron/main.js', 2000);
    expect(isBuilt(folder)).toBe(true);
    put('renderer/app/a.tsx', 3000);
    expect(isBuilt(folder)).toBe(false);
  });
});

describe('the server as a process', () => {
  function serve(...args: string[]): { readonly child: ChildProcess; readonly complaints: () => string } {
    const child = spawn(process.execPath, [join(root, 'main/server/serve.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    });
    children.push(child);
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { child, complaints: () => text };
  }

  it('prints its link first, keeps the home to itself, and lets go of both when told to end', async () => {
    const home = join(folder, 'home');
    const { child } = serve('--home', home);
    const [link] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect((await fetch(link)).status).toBe(200);
    const second = serve('--home', home);
    const [code] = (await once(second.child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(second.complaints()).toContain(`process ${child.pid} is already using the home`);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await expect(fetch(link)).rejects.toThrow('fetch failed');
    // What it compiled is there for its next start.
    expect(readdirSync(join(folder, 'compiled'), { recursive: true }).length).toBeGreaterThan(50);
  });

  it.each([
    [['--port', 'x'], '--port is a number'],
    [['--port', '70000'], '--port is a number'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('says what is wrong with %j', async (args, words) => {
    const { child, complaints } = serve('--home', join(folder, 'home'), ...args);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(complaints()).toContain(words);
  });
});
