import { describe, expect, test } from 'vitest';
import { keyCaps, keysOf, normaliseKeys, type KeyPress } from '../../../renderer/components/keys.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('keys of a press', () => {
  test.each([
    [press('s', { ctrlKey: true }), false, 'Mod+S'],
    [press('s', { metaKey: true }), true, 'Mod+S'],
    [press('s', { ctrlKey: true }), true, 'Ctrl+S'],
    [press('P', { ctrlKey: true, shiftKey: true }), false, 'Mod+Shift+P'],
    [press('.'), false, '.'],
    // Shift is part of the character here, on whichever layout.
    [press('?', { shiftKey: true }), false, '?'],
    [press('Enter', { ctrlKey: true, altKey: true }), false, 'Mod+Alt+Enter'],
    [press(' '), false, 'Space'],
    [press('ArrowUp', { altKey: true }), false, 'Alt+Up'],
    // Option changes the character on a Mac.
    [press('¡', { altKey: true, code: 'Digit1' }), true, 'Alt+1'],
    [press('+', { ctrlKey: true }), false, 'Mod++'],
  ])('%j (mac %s) is %s', (event, mac, keys) => {
    expect(keysOf(event, mac)).toBe(keys);
    expect(normaliseKeys(keys)).toBe(keys);
  });

  test('held modifiers alone are no keys', () => {
    expect(keysOf(press('Control', { ctrlKey: true }), false)).toBeNull();
    expect(keysOf(press('Dead'), false)).toBeNull();
  });
});

test('one shortcut, however it is written', () => {
  expect(normaliseKeys('shift + MOD + p')).toBe('Mod+Shift+P');
  expect(normaliseKeys('alt+delete')).toBe('Alt+Delete');
});

test('caps as they are printed on the keyboard', () => {
  expect(keyCaps('Mod+Shift+P', false)).toEqual(['Ctrl', 'Shift', 'P']);
  expect(keyCaps('Mod+Alt+Up', true)).toEqual(['⌘', '⌥', '↑']);
});
