/** The built screens as a list of files, for every shell that shows them: what is not in the list cannot be asked for. */
import { existsSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Nothing but what the application itself sends may run or be shown; its own origin is the only network. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface ScreenFile {
  readonly path: string;
  readonly contentType: string;
  /** Whether its name changes with its contents, so that it may be kept. */
  readonly isImmutable: boolean;
}

export class ScreenFiles {
  readonly #folder: string;
  /** Files by the path they are asked for under. */
  #files = new Map<string, string>();

  /** @param folder of the built screens; may be empty or missing until they are built. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#list();
  }

  /** @param urlPath as it stands in an address, `/assets/main.js`; `/` is the page. */
  find(urlPath: string): ScreenFile | undefined {
    const wanted = urlPath === '/' ? '/index.html' : urlPath;
    // Screens built anew while the application runs have other names.
    if (!existsSync(this.#files.get(wanted) ?? '')) this.#list();
    const path = this.#files.get(wanted);
    if (path === undefined) return undefined;
    return {
      path,
      contentType: contentTypes[extname(path)] ?? 'application/octet-stream',
      isImmutable: wanted.startsWith('/assets/'),
    };
  }

  #list(): void {
    this.#files = new Map(
      filesIn(this.#folder).map((path) => [`/${relative(this.#folder, path).split(sep).join('/')}`, path]),
    );
  }
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
