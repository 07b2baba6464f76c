/** Names for runs: short, sortable by time of creation, easy to read aloud and to type. */

import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no i, l, o, u. Its order is that of the characters, so equal-length codes sort as numbers. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const epochMs = Date.UTC(2025, 0, 1);
const timeCharacters = 8;
const randomCharacters = 4;

/**
 * A run id of 12 characters: 8 for the milliseconds since 2025 (40 bits, until 2059) and 4 random ones, so that two
 * made in the same millisecond differ (the store's unique index makes sure).
 */
export function newRunId(nowMs: number): string {
  const elapsed = Math.min(Math.max(0, Math.floor(nowMs - epochMs)), 2 ** (5 * timeCharacters) - 1);
  let id = '';
  for (let place = timeCharacters - 1; place >= 0; place--) id += alphabet[Math.floor(elapsed / 32 ** place) % 32];
  for (const byte of randomBytes(randomCharacters)) id += alphabet[byte % 32];
  return id;
}
