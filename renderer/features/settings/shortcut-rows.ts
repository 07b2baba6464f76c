/** Commands and their keys as settings show and change them. */
import { normaliseKeys } from '../../components/keys.ts';
import { type Command, keysFor } from '../../app/commands.ts';

export interface ShortcutRow {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** As it is now; null for none. */
  readonly keys: string | null;
  /** Whether a person changed it. */
  readonly isChanged: boolean;
  /** Titles of other commands that have the same keys. */
  readonly conflicts: readonly string[];
}

type Shortcuts = Readonly<Record<string, string>>;

/**
 * Each command once, by group and title. Equal keys are a conflict where both commands can be had at once: within a
 * group, or where one of them is there in every place. Where they came like that, the place in sight is meant to decide.
 * @param seen every command there was, by id
 */
export function shortcutRows(seen: Readonly<Record<string, Command>>, shortcuts: Shortcuts): readonly ShortcutRow[] {
  const known = Object.values(seen);
  const keyed = known.map((command) => ({ command, keys: normalised(keysFor(command, shortcuts)) }));
  return keyed
    .map(({ command, keys }) => {
      const { id, title, group } = command;
      const meets = (other: Command): boolean => other.id !== id && canMeet(command, other, shortcuts);
      const others = keys === null ? [] : keyed.filter((other) => other.keys === keys && meets(other.command));
      return {
        id,
        title,
        group,
        keys,
        isChanged: Object.hasOwn(shortcuts, id),
        conflicts: others.map((other) => other.command.title),
      };
    })
    .toSorted((a, b) => a.group.localeCompare(b.group, 'en') || a.title.localeCompare(b.title, 'en'));
}

function canMeet(one: Command, other: Command, shortcuts: Shortcuts): boolean {
  if (one.group === other.group || (one.everywhere && other.everywhere)) return true;
  const isChosen = Object.hasOwn(shortcuts, one.id) || Object.hasOwn(shortcuts, other.id);
  return Boolean(one.everywhere || other.everywhere) && isChosen;
}

const normalised = (keys: string | undefined): string | null => (keys === undefined ? null : normaliseKeys(keys));

/** The rows whose title, group or keys hold the words. */
export function matchingRows(rows: readonly ShortcutRow[], words: string): readonly ShortcutRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) =>
    wanted.every((word) => `${row.group} ${row.title} ${row.keys ?? ''}`.toLowerCase().includes(word)),
  );
}

/** The shortcuts with one command given other keys; `''` gives it none, null its own again. */
export function withShortcut(shortcuts: Shortcuts, id: string, keys: string | null): Shortcuts {
  const { [id]: _before, ...others } = shortcuts;
  return keys === null ? others : { ...others, [id]: keys };
}
