import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Command,
  commandFor,
  hintFor,
  keysFor,
  registerCommands,
  runCommand,
  useCommandList,
} from '../../../renderer/app/commands.ts';
import { groupCommands, matchesWords } from '../../../renderer/app/command-search.ts';

const command = (id: string, keys?: string, enabled?: boolean): Command => ({
  id,
  title: id,
  group: 'Test',
  keys,
  enabled,
  run: () => undefined,
});
const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

describe('keys of commands', () => {
  test('settings stand before the command, and an empty word takes the keys away', () => {
    expect(keysFor(command('a', 'Mod+S'), {})).toBe('Mod+S');
    expect(keysFor(command('a', 'Mod+S'), { a: 'Mod+Alt+S' })).toBe('Mod+Alt+S');
    expect(keysFor(command('a', 'Mod+S'), { a: '' })).toBeUndefined();
    expect(keysFor(command('constructor', 'Mod+S'), {})).toBe('Mod+S');
  });

  test('keys find the command that has them now, however they are written', () => {
    const commands = [command('a', 'shift+mod+p'), command('b', 'Mod+B')];
    expect(commandFor('Mod+Shift+P', commands, {})?.id).toBe('a');
    expect(commandFor('Mod+B', commands, { a: 'Mod+B' })?.id).toBe('a');
    expect(commandFor('Mod+Shift+P', commands, { a: 'Mod+B' })).toBeUndefined();
  });

  test('the place in sight decides which of two commands equal keys run, in whatever order they were made known', () => {
    const train = { ...command('train.play', 'Mod+Enter'), everywhere: true };
    const draw = command('generate.draw', 'Mod+Enter');
    expect(commandFor('Mod+Enter', [train, draw], {})?.id).toBe('generate.draw');
    expect(commandFor('Mod+Enter', [draw, train], {})?.id).toBe('generate.draw');
    expect(commandFor('Mod+Enter', [train], {})?.id).toBe('train.play');
    expect([hintFor('train.play', [train, draw], {}), hintFor('train.play', [train], {})]).toEqual([
      undefined,
      'Mod+Enter',
    ]);
  });

  test('a command that is not enabled leaves its keys to another', () => {
    expect(commandFor('Mod+S', [command('a', 'Mod+S', false), command('b', 'Mod+S')], {})?.id).toBe('b');
  });
});

describe('the registry', () => {
  test('runs what was registered last, and forgets it when it goes', () => {
    const first = vi.fn();
    const second = vi.fn();
    stops.push(registerCommands([{ ...command('x'), run: first }]));
    const stop = registerCommands([{ ...command('x'), run: second }]);
    expect(runCommand('x')).toBe(true);
    stop();
    expect(runCommand('x')).toBe(true);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
  });

  test('says when there is nothing to run', () => {
    stops.push(registerCommands([command('off', undefined, false)]));
    expect(runCommand('off')).toBe(false);
    expect(runCommand('nowhere')).toBe(false);
    expect(useCommandList.getState().commands).toHaveLength(1);
  });
});

describe('the palette', () => {
  test('finds words in any order', () => {
    expect(matchesWords('Document Save as', 'as doc')).toBe(true);
    expect(matchesWords('Document Save as', 'open')).toBe(false);
    expect(matchesWords('Places Go to Train', 'go r')).toBe(false);
    expect(matchesWords('anything', '')).toBe(true);
  });

  test('shows each command once, under its group', () => {
    const groups = groupCommands([command('a'), { ...command('b'), group: 'Other' }, command('a'), command('c')]);
    expect([...groups].map(([name, members]) => [name, members.map(({ id }) => id)])).toEqual([
      ['Test', ['a', 'c']],
      ['Other', ['b']],
    ]);
  });
});
