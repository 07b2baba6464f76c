/**
 * Everything that can be done by name or by keys: places register their commands, the palette lists them, keys run
 * them, and settings may give them other keys.
 */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { keysOf, normaliseKeys, onMac } from '../components/keys.ts';
import { useSettings } from '../state/settings.ts';

export interface Command {
  /** Stable, as in `document.save`: settings keep keys under it. */
  readonly id: string;
  readonly title: string;
  /** The heading it stands under. */
  readonly group: string;
  /** Keys it has unless settings say otherwise: `Mod+S`, `.`. `Mod` is Ctrl, or Command on a Mac. */
  readonly keys?: string | undefined;
  /** There in every place: a command of the place in sight that has the same keys goes before it. */
  readonly everywhere?: boolean | undefined;
  /** False: shown greyed, its keys do nothing. */
  readonly enabled?: boolean | undefined;
  readonly run: () => void;
}

interface CommandState {
  readonly commands: readonly Command[];
  /** Every command since the window opened by its id, also of places that are not in sight: settings list them. */
  readonly seen: Readonly<Record<string, Command>>;
}

export const useCommandList = create<CommandState>()(() => ({ commands: [], seen: {} }));

/** Commands that are there whatever the place is. */
export const inEveryPlace = (commands: readonly Command[]): readonly Command[] =>
  commands.map((command) => ({ ...command, everywhere: true }));

/** Makes commands known until the returned function is called; a later one of the same id stands before an earlier one. */
export function registerCommands(commands: readonly Command[]): () => void {
  useCommandList.setState((state) => ({
    commands: [...commands, ...state.commands],
    seen: { ...state.seen, ...Object.fromEntries(commands.map((command) => [command.id, command])) },
  }));
  const own = new Set(commands);
  return () =>
    useCommandList.setState((state) => ({ commands: state.commands.filter((command) => !own.has(command)) }));
}

/**
 * Registers a component's commands while it is mounted. They may be made anew at each render: the registry is only told
 * when a title, key or state changed, and always runs the newest.
 */
export function useCommands(commands: readonly Command[]): void {
  const newest = useRef(commands);
  const shape = JSON.stringify(
    commands.map(({ id, title, group, keys, everywhere, enabled }) => [id, title, group, keys, everywhere, enabled]),
  );
  useEffect(() => {
    newest.current = commands;
  });
  useEffect(
    () =>
      registerCommands(
        newest.current.map((command) => ({
          ...command,
          run: () => newest.current.find((other) => other.id === command.id)?.run(),
        })),
      ),
    [shape],
  );
}

/** The keys a command has now: those of the settings, or its own. `''` in the settings means none. */
export function keysFor(
  command: Pick<Command, 'id' | 'keys'>,
  shortcuts: Readonly<Record<string, string>>,
): string | undefined {
  return (Object.hasOwn(shortcuts, command.id) ? shortcuts[command.id] : command.keys) || undefined;
}

/** The command that keys run: the first that is enabled and has them, one of the place in sight before one of every place. */
export function commandFor(
  keys: string,
  commands: readonly Command[],
  shortcuts: Readonly<Record<string, string>>,
): Command | undefined {
  const having = commands.filter((command) => {
    const own = command.enabled !== false ? keysFor(command, shortcuts) : undefined;
    return own !== undefined && normaliseKeys(own) === keys;
  });
  return having.find((command) => !command.everywhere) ?? having[0];
}

/** The keys of a command by its id, for a hint beside its button; none where they run another command now. */
export function useCommandKeys(id: string): string | undefined {
  const commands = useCommandList((state) => state.commands);
  const shortcuts = useSettings((state) => state.settings.shortcuts);
  return hintFor(id, commands, shortcuts);
}

/** The keys that run a command as things are; those of a command that is not enabled, too, unless another has them. */
export function hintFor(
  id: string,
  commands: readonly Command[],
  shortcuts: Readonly<Record<string, string>>,
): string | undefined {
  const command = commands.find((each) => each.id === id);
  const keys = command && keysFor(command, shortcuts);
  if (keys === undefined) return undefined;
  const meant = commandFor(normaliseKeys(keys), commands, shortcuts);
  return meant === undefined || meant.id === id ? keys : undefined;
}

/** Runs a command by its id; false when it is not there or not enabled. */
export function runCommand(id: string): boolean {
  const command = useCommandList.getState().commands.find((each) => each.id === id && each.enabled !== false);
  command?.run();
  return command !== undefined;
}

/** Whether typing goes into what has the focus, so that bare keys are letters there and no commands. */
function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type=checkbox],[type=radio],[type=range]), textarea, select'))
  );
}

/** Whether keys mean a command even where text is typed. */
function isChord(keys: string): boolean {
  return /^(Mod|Ctrl|Meta|Alt)\+/.test(keys) || /^(Shift\+)?F\d+$/.test(keys);
}

/** Enter with a modifier presses whatever button has the focus, too: a command that has these keys goes before it. */
const goesFirst = (keys: string | null): boolean => keys !== null && /^Mod\+.*Enter$/.test(keys);

/** Runs commands by their keys; returns the way to stop. A press that something has already taken is left alone. */
export function listenForKeys(): () => void {
  const onKeyDownBefore = (event: KeyboardEvent): void => {
    if (!goesFirst(keysOf(event, onMac()))) return;
    onKeyDown(event);
    if (event.defaultPrevented) event.stopPropagation();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const keys = keysOf(event, onMac());
    if (event.defaultPrevented || event.isComposing || keys === null) return;
    if (takesText(event.target) && !isChord(keys)) return;
    if (event.target instanceof Element && event.target.closest('[role=dialog], [role=alertdialog], [role=menu]'))
      return;
    const command = commandFor(keys, useCommandList.getState().commands, useSettings.getState().settings.shortcuts);
    if (!command) return;
    event.preventDefault();
    command.run();
  };
  window.addEventListener('keydown', onKeyDownBefore, { capture: true });
  window.addEventListener('keydown', onKeyDown);
  return () => {
    window.removeEventListener('keydown', onKeyDownBefore, { capture: true });
    window.removeEventListener('keydown', onKeyDown);
  };
}
