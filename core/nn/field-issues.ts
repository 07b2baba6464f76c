/** Says what a schema found wrong with a layer's fields, in a user's words and with its place in the document. */
import { z } from 'zod';
import { didYouMean } from './nearest-name.ts';
import type { DocumentPath, NetworkIssue } from './network.ts';

/**
 * One issue for each fault of `fields`, its path starting at the fields themselves.
 * @param subject what the fields belong to, for example `conv2d 'c3'`.
 */
export function fieldIssues(schema: z.ZodType, error: z.ZodError, subject: string, fields: unknown): NetworkIssue[] {
  return error.issues.flatMap((issue): NetworkIssue[] => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      const known = path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
      return issue.keys.map((key) => unknownField(key, subject, [...path, key], known));
    }
    const found = valueAt(fields, path);
    const name = path.join('.');
    if (found === undefined)
      return [{ path: [], message: `${subject} needs '${name}'`, hint: `add "${name}": ${expectation(issue)}` }];
    const meant =
      issue.code === 'invalid_value' && typeof found === 'string'
        ? didYouMean(found, issue.values.map(String))
        : undefined;
    const message = `${subject}: '${name}' must be ${expectation(issue)}, found ${JSON.stringify(found)}`;
    return [{ path, message, ...(meant && { hint: meant }) }];
  });
}

/** The issue of a field that does not exist. */
export function unknownField(key: string, subject: string, path: DocumentPath, known: readonly string[]): NetworkIssue {
  const hint = didYouMean(key, known) ?? (known.length > 0 ? `its fields are ${known.join(', ')}` : undefined);
  return { path, message: `${subject} has no field '${key}'`, ...(hint && { hint }) };
}

/** What the schema wanted, as it follows "must be". */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'below' : 'at most', issue.maximum);
    case 'invalid_value':
      return `one of ${issue.values.map((value) => String(value)).join(', ')}`;
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected;
    default:
      return issue.message.replace(/^expected /, '');
  }
}

function limit(origin: string, relation: string, bound: number | bigint): string {
  return origin === 'array' ? `a list of ${relation} ${bound}` : `${relation} ${bound}`;
}

const typeWords: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
};

/** The value a path leads to within plain JSON, or undefined. */
export function valueAt(value: unknown, path: DocumentPath): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[key];
  }
  return here;
}
