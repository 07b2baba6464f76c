/**
 * `npm start`: Lathe in its own window where Electron is installed, else in a window of an installed browser, else at an
 * address to open. `-- --serve` only serves, `-- --browser` passes Electron by; `--home DIR` and `--port N` go to the host.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { browserPath, electronPath, hasScreen } from './start/programs.ts';
import { isBuilt } from './start/built.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    serve: { type: 'boolean' },
    browser: { type: 'boolean' },
    home: { type: 'string' },
    port: { type: 'string' },
  },
});

function build(): void {
  if (isBuilt(root)) return;
  console.log('Building the screens (a few seconds, only after changes) …');
  const run = spawnSync(process.execPath, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status === 0) return;
  console.error(`${run.stdout}${run.stderr}\nThe screens could not be built.`);
  process.exit(1);
}

function startElectron(program: string): void {
  // Set in terminals of editors made with Electron, where it turns Electron into plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  if (values.home !== undefined) environment['LATHE_HOME'] = values.home;
  const child = spawn(program, ['.'], { cwd: root, env: environment, stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** Starts the local server; settles with its process and the link that it prints first. */
async function startServer(): Promise<{ readonly server: ChildProcess; readonly link: string }> {
  const options = (['home', 'port'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  const server = spawn(process.execPath, [join(root, 'main/server/serve.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server.on('exit', (code) => process.exit(code ?? 1));
  const lines = createInterface({ input: server.stdout });
  const [link] = (await once(lines, 'line')) as [string];
  lines.on('line', (line) => console.log(line));
  return { server, link };
}

/** Shows a link in a window without a browser's bars, under a profile of its own that is gone afterwards. */
function openBrowser(program: string, link: string, server: ChildProcess): void {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-window-'));
  // Command lines are readable by every user of the machine: the link travels in a private file.
  const page = join(folder, 'open.html');
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Lathe</title><script>location.replace(${JSON.stringify(link)})</script>`,
    { mode: 0o600 },
  );
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const switches = [
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--window-size=1440,900',
  ];
  const window = spawn(
    program,
    [
      `--app=file://${page}`,
      `--user-data-dir=${join(folder, 'profile')}`,
      ...switches,
      ...(isRoot ? ['--no-sandbox'] : []),
    ],
    { stdio: 'ignore' },
  );
  const stop = (): void => {
    server.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  window.on('error', () => console.log(`${program} did not start. Open this link in a browser:\n  ${link}`));
  window.on('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => window.kill());
}

async function start(): Promise<void> {
  build();
  const electron = values.serve || values.browser ? undefined : electronPath(root);
  if (electron !== undefined) return startElectron(electron);
  const { server, link } = await startServer();
  const browser = values.serve || !hasScreen() ? undefined : browserPath();
  if (browser !== undefined) {
    console.log(`Opening Lathe in ${browser}. Closing its window ends it.`);
    return openBrowser(browser, link, server);
  }
  console.log(
    `Open this link in a browser on this machine:\n  ${link}\nIt works once; Ctrl+C ends Lathe, and runs in progress can be resumed.`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
}

await start();
