/** Claims about what a group of processes has left, from the files Linux tells it in. */
import { expect, it } from 'vitest';
import { freeIn, freeMemory, freeOf } from '../../../main/host/compute/free-memory.ts';

const group =
  (files: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    files[name];

it('is the limit less what is used, files that were read not counted', () => {
  const stat = 'anon 700\ninactive_file 200\nactive_file 50\n';
  expect(freeIn(group({ 'memory.max': '1000\n', 'memory.current': '950\n', 'memory.stat': stat }))).toBe(250);
});

it('is without end where the group has no limit, or there is no such file', () => {
  expect(freeIn(group({ 'memory.max': 'max\n', 'memory.current': '950\n' }))).toBe(Infinity);
  expect(freeIn(group({}))).toBe(Infinity);
});

it('is never below 0', () => {
  expect(freeIn(group({ 'memory.max': '100', 'memory.current': '150' }))).toBe(0);
});

it('is what the system says, but half of it all on macOS, which counts files it has read as used', () => {
  expect(freeOf('linux', 3e9, 16e9)).toBe(3e9);
  expect(freeOf('darwin', 0.3e9, 16e9)).toBe(8e9);
  expect(freeOf('darwin', 12e9, 16e9)).toBe(12e9);
});

it('is something on this machine', () => {
  expect(freeMemory()).toBeGreaterThan(0);
});
