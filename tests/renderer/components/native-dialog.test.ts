import { expect, test } from 'vitest';
import type { FileDialog } from '../../../core/protocol/bridge.ts';
import { askSystem } from '../../../renderer/components/files/native-dialog.ts';

function bridgeThatGives(path: string | null) {
  const asked: FileDialog[] = [];
  return {
    asked,
    chooseFile: (dialog: FileDialog) => {
      asked.push(dialog);
      return Promise.resolve(path);
    },
  };
}

test('the system is asked where the picker would begin, and for the endings it would show', async () => {
  const bridge = bridgeThatGives('/data/flowers.csv');
  const chosen = await askSystem(bridge, { title: 'Open', kind: 'open-file', start: '/data', endings: ['csv'] });
  expect(chosen).toBe('/data/flowers.csv');
  expect(bridge.asked).toEqual([{ title: 'Open', kind: 'open-file', path: '/data', endings: ['csv'] }]);
});

test('a saved file gets its ending, an opened one stays as it was chosen, and nothing may be chosen', async () => {
  const save = {
    title: 'Save',
    kind: 'save-file',
    start: '/m',
    name: 'a.lathe.jsonc',
    endings: ['lathe.jsonc'],
  } as const;
  const bridge = bridgeThatGives('/m/b');
  expect(await askSystem(bridge, save)).toBe('/m/b.lathe.jsonc');
  expect(bridge.asked[0]!.path).toBe('/m/a.lathe.jsonc');
  expect(await askSystem(bridgeThatGives('/m/b'), { title: 'Open', kind: 'open-folder' })).toBe('/m/b');
  expect(await askSystem(bridgeThatGives(null), save)).toBeNull();
});
