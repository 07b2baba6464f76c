/** Which scalars a person has taken from their schedules, by what the run recorded. */
import type { RunEvent } from '../../../core/protocol/records.ts';

/** The values that hold now, by scalar; those that follow their schedules are not among them. */
export function turnedByHand(events: readonly RunEvent[]): ReadonlyMap<string, number> {
  const turned = new Map<string, number>();
  for (const { code, data } of events) {
    if (code === 'turned' && isTurn(data)) {
      if (data.value === null) turned.delete(data.name);
      else turned.set(data.name, data.value);
    }
    // Resuming what diverged leaves the turns that may have led there.
    if (
      code === 'resumed' &&
      typeof data === 'object' &&
      data !== null &&
      'forgetsTurns' in data &&
      data.forgetsTurns === true
    )
      turned.clear();
  }
  return turned;
}

function isTurn(data: unknown): data is { readonly name: string; readonly value: number | null } {
  if (typeof data !== 'object' || data === null || !('name' in data) || !('value' in data)) return false;
  return typeof data.name === 'string' && (data.value === null || typeof data.value === 'number');
}
