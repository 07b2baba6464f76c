/** The built screens under the window's own scheme, `app://lathe/`, with the same policy as over the local server. */
import { readFile } from 'node:fs/promises';
import { contentPolicy, type ScreenFiles } from '../door/screen-files.ts';

export const screenScheme = 'app';
export const screenOrigin = 'app://lathe';

/** Answers a request of the window for one of its files; anything else is not there. */
export async function answerScreenRequest(
  files: ScreenFiles,
  request: { readonly url: string; readonly method: string },
): Promise<Response> {
  const url = URL.parse(request.url);
  const isOurs = url?.protocol === `${screenScheme}:` && url.host === 'lathe' && request.method === 'GET';
  const file = isOurs ? files.find(url.pathname) : undefined;
  if (!file) return new Response('there is no such page', { status: 404, headers: { 'content-type': 'text/plain' } });
  return new Response(await readFile(file.path), {
    headers: {
      'content-type': file.contentType,
      'content-security-policy': contentPolicy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
}

/**
 * Whether the window may load something: its own files, what it made itself, the developer tools, and while developing
 * what the development server gives. Nothing leaves the machine.
 */
export function mayLoad(address: string, developmentOrigin?: string): boolean {
  const url = URL.parse(address);
  if (!url) return false;
  if (['data:', 'blob:', 'devtools:'].includes(url.protocol)) return true;
  if (url.protocol === `${screenScheme}:`) return url.host === 'lathe';
  if (developmentOrigin === undefined) return false;
  return url.host === new URL(developmentOrigin).host;
}

/** Whether two addresses have the same scheme and host; custom schemes have no origin that Node would compare. */
export function isSamePlace(address: string, other: string): boolean {
  const [a, b] = [URL.parse(address), URL.parse(other)];
  return a !== null && b !== null && a.protocol === b.protocol && a.host === b.host;
}
