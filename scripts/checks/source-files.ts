/** The project's own source files, as every check of this folder sees them. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Folders that hold source, whether or not they exist yet. */
const sourceRoots = ['core', 'main', 'preload', 'renderer', 'scripts', 'tests', 'bench'] as const;

/** The source folders that exist under `root`, in a fixed order. */
export function existingRoots(root: string): readonly string[] {
  return sourceRoots.filter((folder) => existsSync(join(root, folder)));
}

/** Paths of all TypeScript files in the source folders, relative to `root`, with `/` on every system, sorted. */
export function sourceFiles(root: string): readonly string[] {
  return existingRoots(root)
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}
