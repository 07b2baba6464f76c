/** The text that decides whether two documents mean the same model, for hashing. */
import { isRecord } from './schema-walk.ts';

/**
 * Canonical JSON of a document: keys sorted, no space, and nothing that training does not depend on (comments are gone
 * already; the canvas, the name and the description are left out). Equal texts train equally.
 */
export function canonicalDocument(document: object): string {
  const {
    canvas: _canvas,
    name: _name,
    description: _description,
    ...meaning
  } = document as Readonly<Record<string, unknown>>;
  return canonicalJson(meaning);
}

/** JSON with sorted keys and no space. Undefined fields are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${fields.join(',')}}`;
}
