/** Finding commands by words, and showing them under their groups. */
import type { Command } from './commands.ts';

/** Whether every word typed begins one of the title or group, in any order. */
export function matchesWords(text: string, typed: string): boolean {
  const within = text.toLowerCase().split(/[^a-z0-9]+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => within.some((each) => each.startsWith(word)));
}

/** Commands under their groups, each id once, in the order they were registered. */
export function groupCommands(commands: readonly Command[]): ReadonlyMap<string, readonly Command[]> {
  const seen = new Set<string>();
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    if (seen.has(command.id)) continue;
    seen.add(command.id);
    const group = groups.get(command.group);
    if (group) group.push(command);
    else groups.set(command.group, [command]);
  }
  return groups;
}
