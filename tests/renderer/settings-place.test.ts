/** Settings: shortcuts and their conflicts, sizes of the data folder, licences that are true. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../renderer/app/commands.ts';
import { folderSizes } from '../../renderer/features/settings/folder-sizes.ts';
import { licences } from '../../renderer/features/settings/licences.ts';
import { matchingRows, shortcutRows, withShortcut } from '../../renderer/features/settings/shortcut-rows.ts';

const command = (id: string, group: string, keys?: string, everywhere?: boolean): Command => ({
  id,
  title: id,
  group,
  keys,
  everywhere,
  run: () => undefined,
});
const seen = (...commands: Command[]) => Object.fromEntries(commands.map((each) => [each.id, each]));

describe('shortcuts', () => {
  const commands = seen(
    command('save', 'Document', 'Mod+S', true),
    command('share', 'Document', 'Shift+Mod+P', true),
    command('erase', 'Canvas', 'Delete'),
    command('drop', 'Runs', 'Delete'),
  );
  const conflicts = (shortcuts: Readonly<Record<string, string>>) =>
    shortcutRows(commands, shortcuts).flatMap((row) => row.conflicts.map((other) => `${row.id}-${other}`));

  it('of commands that can be had at once conflict, however they are written', () => {
    expect(conflicts({})).toEqual([]);
    expect(conflicts({ share: 'mod+s' })).toEqual(['save-share', 'share-save']);
    expect(conflicts({ erase: 'Mod+S' })).toEqual(['erase-save', 'save-erase']);
    expect(conflicts({ save: 'F1', share: 'F1' })).toEqual(['save-share', 'share-save']);
  });

  it('that a place and the window came with are no conflict, for the place in sight decides', () => {
    const both = seen(command('train', 'Train', 'Mod+Enter', true), command('draw', 'Generate', 'Mod+Enter'));
    const conflictsOf = (shortcuts: Readonly<Record<string, string>>) =>
      shortcutRows(both, shortcuts).map((row) => row.conflicts);
    expect(conflictsOf({})).toEqual([[], []]);
    expect(conflictsOf({ draw: 'Mod+Enter' })).toEqual([['train'], ['draw']]);
  });

  it('are taken away, changed and given back', () => {
    const none = withShortcut({}, 'save', '');
    expect(shortcutRows(commands, none).find((row) => row.id === 'save')).toMatchObject({
      keys: null,
      isChanged: true,
    });
    expect(withShortcut(none, 'save', 'F2')).toEqual({ save: 'F2' });
    expect(withShortcut({ save: 'F2', share: 'F3' }, 'save', null)).toEqual({ share: 'F3' });
  });

  it('are found by words and by keys', () => {
    const rows = shortcutRows(commands, {});
    expect(matchingRows(rows, 'mod+shift+p').map((row) => row.id)).toEqual(['share']);
    expect(matchingRows(rows, 'doc sha').map((row) => row.id)).toEqual(['share']);
    expect(matchingRows(rows, ' ')).toHaveLength(4);
  });
});

describe('sizes of a folder', () => {
  const tree: Readonly<Record<string, readonly (readonly [string, number | null])[]>> = {
    '/home': [
      ['runs', null],
      ['lathe.db', 5],
    ],
    '/home/runs': [
      ['a', null],
      ['b', null],
      ['gone', null],
    ],
    '/home/runs/a': [['weights', 100]],
    '/home/runs/b': [
      ['weights', 30],
      ['log', 1],
    ],
  };
  const call = async (_method: string, { path }: { path: string }) => {
    const found = tree[path];
    if (!found) throw new Error('gone');
    return {
      path,
      parent: null,
      entries: found.map(([name, bytes]) => ({
        name,
        kind: bytes === null ? 'folder' : 'file',
        bytes: bytes ?? 0,
        modifiedMs: 0,
      })),
    };
  };

  it('count all that is below, largest first, and pass over what has gone meanwhile', async () => {
    const sizes = await folderSizes(
      { call } as unknown as Parameters<typeof folderSizes>[0],
      '/home',
      new AbortController().signal,
      () => undefined,
    );
    expect(sizes).toEqual([
      { name: 'runs', bytes: 131, files: 3 },
      { name: 'lathe.db', bytes: 5, files: 1 },
    ]);
  });
});

it('names every package that runs in the product, with the licence its package says', () => {
  const packageFile = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly dependencies: Record<string, string>;
  };
  const named = new Set(licences.map(({ name }) => name));
  for (const name of Object.keys(packageFile.dependencies)) expect(named).toContain(name);
  for (const { name, licence } of licences.filter((each) => !each.name.includes(' '))) {
    const own = JSON.parse(
      readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
    ) as { readonly license: string };
    expect([name, own.license.replaceAll(/[()]/g, '').replace('AND', 'and')]).toEqual([name, licence]);
  }
});
