/** Finds the programs that can show the workbench, without starting any. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Electron's binary; undefined when it was not set up. Loading the package to ask it would start a download. */
export function electronPath(root: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = environment['ELECTRON_EXEC_PATH'];
  if (given) return given;
  const folder = join(root, 'node_modules/electron');
  const named = join(folder, 'path.txt');
  const usual = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : usual;
  const path = join(environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : undefined;
}

const macPrograms = ['Google Chrome', 'Microsoft Edge', 'Chromium'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const windowsPrograms = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
const commands = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
];

/** A browser that can show a page in a window of its own; LATHE_BROWSER names another. */
export function browserPath(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = environment['LATHE_BROWSER'];
  if (given) return given;
  return programPlaces(environment).find((path) => existsSync(path));
}

function programPlaces(environment: NodeJS.ProcessEnv): readonly string[] {
  switch (process.platform) {
    case 'darwin':
      return macPrograms;
    case 'win32':
      return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
        const folder = environment[name];
        return folder === undefined ? [] : windowsPrograms.map((program) => join(folder, program));
      });
    default:
      return (environment['PATH'] ?? '')
        .split(delimiter)
        .flatMap((folder) => commands.map((command) => join(folder, command)));
  }
}

/** Whether there is a screen to open a window on. */
export function hasScreen(environment: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
}
