/** Keys as a document or a person writes them (`Mod+Shift+P`), as events bring them, and as a screen shows them. */

/** A key press, as far as shortcuts care: the parts of a KeyboardEvent. */
export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const modifierKeys = new Set(['Control', 'Meta', 'Alt', 'Shift', 'AltGraph']);
const named: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
};
const shown: Readonly<Record<string, string>> = {
  Up: '↑',
  Down: '↓',
  Left: '←',
  Right: '→',
  Escape: 'Esc',
  Delete: 'Del',
};

/**
 * The shortcut a press means, in one order of words: `Mod+Alt+Shift+Key`, where `Mod` is Ctrl (Command on a Mac). Null
 * while only modifiers are held.
 */
export function keysOf(press: KeyPress, mac: boolean): string | null {
  if (modifierKeys.has(press.key) || press.key === 'Dead' || press.key === 'Unidentified') return null;
  const parts: string[] = [];
  if (mac ? press.metaKey : press.ctrlKey) parts.push('Mod');
  if (mac && press.ctrlKey) parts.push('Ctrl');
  if (!mac && press.metaKey) parts.push('Meta');
  if (press.altKey) parts.push('Alt');
  const letter = press.key.length === 1;
  // Alt changes the character on some layouts; the physical letter is what the person means.
  const physical = press.altKey && /^(Key[A-Z]|Digit[0-9])$/.test(press.code ?? '') ? press.code!.slice(-1) : press.key;
  const upper = letter ? physical.toUpperCase() : physical;
  // Shift that only makes the character (as in ?) is part of the character.
  if (press.shiftKey && (!letter || /[A-Z0-9]/.test(upper) || press.key === ' ')) parts.push('Shift');
  parts.push(named[press.key] ?? upper);
  return parts.join('+');
}

/** Words in the order `keysOf` uses, so that `shift+mod+p` and `Mod+Shift+P` are one shortcut. */
export function normaliseKeys(keys: string): string {
  const parts = keys.split(/\+(?=.)/).map((part) => part.trim());
  const key = parts.pop() ?? '';
  const held = new Set(parts.map((part) => part.toLowerCase()));
  const order = ['mod', 'ctrl', 'meta', 'alt', 'shift'].filter((word) => held.has(word));
  const words = order.map((word) => word[0]!.toUpperCase() + word.slice(1));
  return [...words, key.length === 1 ? key.toUpperCase() : key[0]!.toUpperCase() + key.slice(1)].join('+');
}

/** The caps to show for a shortcut, one string each: `['Ctrl', 'Shift', 'P']`. */
export function keyCaps(keys: string, mac: boolean): readonly string[] {
  const words: Readonly<Record<string, string>> = mac ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃' } : { Mod: 'Ctrl' };
  return normaliseKeys(keys)
    .split(/\+(?=.)/)
    .map((part) => words[part] ?? shown[part] ?? part);
}

export const onMac = (): boolean => typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);
