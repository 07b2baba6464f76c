/** Claims about sizes of memory on the command line. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../main/cli/arguments.ts';
import { memoryChoice } from '../../main/cli/memory.ts';
import { UsageError } from '../../main/cli/options.ts';
import { memoryOption } from '../../main/cli/shared-options.ts';

const chosen = (...words: readonly string[]) => memoryChoice(parseArguments(words, memoryOption));

describe('--memory', () => {
  it.each([
    ['2GiB', 2_147_483_648],
    ['1.5gib', 1_610_612_736],
    ['800MB', 800_000_000],
    ['512 MiB', 536_870_912],
    ['1TB', 1_000_000_000_000],
  ])('%s is %d bytes', (text, memoryBytes) => {
    expect(chosen('--memory', text)).toEqual({ memoryBytes });
  });

  it('is left to the machine when absent', () => {
    expect(chosen()).toEqual({});
  });

  it.each(['2', 'GiB', '2 GB of it', '1e9B', '2XiB', '-1GiB'])('refuses %s with an example', (text) => {
    expect(() => chosen(`--memory=${text}`)).toThrow(/must be a number with a unit, such as 1\.5GiB/);
  });

  it('refuses less than any run needs', () => {
    expect(() => chosen('--memory', '2MB')).toThrow(UsageError);
  });
});
