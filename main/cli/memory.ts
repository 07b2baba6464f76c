/** How much memory training may take, as the command line says. */
import type { Arguments } from './arguments.ts';
import { UsageError } from './options.ts';

const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
/** Node alone takes some 60 MiB: less than this is a unit forgotten. */
const leastBytes = 64 * 2 ** 20;

/** @throws UsageError */
export function memoryChoice(args: Arguments): { readonly memoryBytes?: number } {
  const text = args.text('memory');
  if (text === undefined) return {};
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * (units[unit.toLowerCase()] ?? Number.NaN);
  if (number === '' || !Number.isFinite(bytes))
    throw new UsageError(`--memory must be a number with a unit, such as 1.5GiB or 800MB, found '${text}'`);
  if (bytes < leastBytes) throw new UsageError(`--memory must be at least 64MiB, found '${text}'`);
  return { memoryBytes: Math.floor(bytes) };
}
