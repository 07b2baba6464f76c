/** The built screens over HTTP. */
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { contentPolicy, type ScreenFiles } from '../door/screen-files.ts';

/** Headers of every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=()',
};

/** Answers with a file; false when there is none of that name. */
export function sendFile(files: ScreenFiles, urlPath: string, response: ServerResponse, withBody: boolean): boolean {
  const file = files.find(urlPath);
  if (!file) return false;
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': file.contentType,
    'cache-control': file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-store',
  });
  if (withBody) pipeline(createReadStream(file.path), response, () => {});
  else response.end();
  return true;
}
