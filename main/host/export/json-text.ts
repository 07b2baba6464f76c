/** JSON for people: indented, with what is short and plain on one line. */
import type { JsonValue } from '../../../core/protocol/records.ts';

const longestLine = 100;

export function jsonText(value: JsonValue): string {
  return `${write(value, '')}\n`;
}

function write(value: JsonValue, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const inner = `${indent}  `;
  const items = Object.entries(value).filter(([, item]) => item !== undefined) as [string, JsonValue][];
  if (items.length === 0) return open + close;
  const label = (key: string): string => (isList ? '' : `${JSON.stringify(key)}: `);
  if (items.every(([, item]) => typeof item !== 'object' || item === null)) {
    const words = items.map(([key, item]) => label(key) + JSON.stringify(item));
    const line = open + (isList ? words.join(', ') : ` ${words.join(', ')} `) + close;
    // Tensors' shapes and schedules may be long lists of numbers: still better on one line than on a thousand.
    if (line.length <= longestLine || items.every(([, item]) => typeof item === 'number')) return line;
  }
  const lines = items.map(([key, item]) => inner + label(key) + write(item, inner));
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
