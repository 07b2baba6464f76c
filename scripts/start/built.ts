/** Whether what was built is as new as its sources. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sources = [
  'core',
  'main',
  'preload',
  'renderer',
  'resources',
  'electron.vite.config.ts',
  'package.json',
] as const;
const products = ['out/renderer/index.html', 'out/preload/preload.cjs', 'out/main/electron/main.js'] as const;

export function isBuilt(root: string): boolean {
  const builtMs = products
    .map((path) => join(root, path))
    .map((path) => (existsSync(path) ? statSync(path).mtimeMs : -Infinity));
  return newestMs(sources.map((path) => join(root, path))) <= Math.min(...builtMs);
}

/** Installed without sources (or with few of them), what is there counts. */
function newestMs(paths: readonly string[]): number {
  let newest = -Infinity;
  for (const path of paths) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    newest = Math.max(newest, found.mtimeMs);
    if (found.isDirectory()) newest = Math.max(newest, newestMs(readdirSync(path).map((name) => join(path, name))));
  }
  return newest;
}
