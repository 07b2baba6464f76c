/** Turns what a schema says of a value into findings in a person's words. */
import type { z } from 'zod';
import { didYouMean } from '../nn/nearest-name.ts';
import type { DocumentPath } from '../nn/network.ts';
import { formatPath, type Finding } from './issue.ts';
import { childSchema, fieldsOf, isRecord } from './schema-walk.ts';
import { suggestion } from './suggest.ts';

type FieldIssue = z.core.$ZodIssue;

export interface SectionResult<T> {
  /**
   * The section; when there are findings, what it would be without the fields at fault, so that other parts can still
   * be checked against it, or undefined when nothing sensible is left.
   */
  readonly value: T | undefined;
  readonly findings: readonly Finding[];
}

/** Parses one section of the document; `path` is where it stands. */
export function parseSection<T>(schema: z.ZodType<T>, value: unknown, path: DocumentPath): SectionResult<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, findings: [] };
  const { issues } = result.error;
  const findings = fieldFindings(schema, issues, value, path);
  if (!isRecord(value)) return { value: undefined, findings };
  const faulty = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : issue.path.slice(0, 1),
    ),
  );
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !faulty.has(key)));
  return { value: schema.safeParse(rest).data, findings };
}

/** One finding for each thing a schema found wrong with `value`, which stands at `path`. */
export function fieldFindings(
  schema: z.ZodType,
  issues: readonly FieldIssue[],
  value: unknown,
  path: DocumentPath,
): readonly Finding[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownFields(schema, issue, value, path);
    if (issue.code === 'invalid_key') return [invalidName(issue, path)];
    return fieldFinding(issue, value, path);
  });
}

function unknownFields(
  schema: z.ZodType,
  issue: z.core.$ZodIssueUnrecognizedKeys,
  value: unknown,
  path: DocumentPath,
): readonly Finding[] {
  const holder = [...path, ...(issue.path as DocumentPath)];
  const known = Object.keys(knownFields(schema, value, issue.path as DocumentPath));
  return issue.keys.map((key) => ({
    code: 'unknownField',
    message: `${formatPath(holder)} has no field '${key}'`,
    path: [...holder, key],
    atKey: true,
    ...(known.length > 0 && { expected: `one of ${known.join(', ')}` }),
    found: key,
    ...optionalHint(suggestion(key, known)),
  }));
}

function knownFields(schema: z.ZodType, value: unknown, path: DocumentPath): Readonly<Record<string, unknown>> {
  let at: z.core.$ZodType | undefined = schema;
  let here = value;
  for (const key of path) {
    at = at && childSchema(at, here, key);
    here = valueAt(here, [key]);
  }
  return (at && fieldsOf(at, here)) ?? {};
}

function invalidName(issue: z.core.$ZodIssueInvalidKey, path: DocumentPath): Finding {
  const place = [...path, ...(issue.path as DocumentPath)];
  const expected = issue.issues.map((inner) => stripExpected(inner.message)).join('; ');
  const found = String(place.at(-1)).slice(0, 80);
  const message = `${formatPath(place.slice(0, -1))}: '${found}' cannot be a name; expected ${expected}`;
  return { code: 'invalidValue', message, path: place, atKey: true, expected, found };
}

/** One fault of one value. A field whose value is missing because of a syntax fault is not reported again. */
function fieldFinding(issue: FieldIssue, value: unknown, path: DocumentPath): readonly Finding[] {
  const inner = issue.path as DocumentPath;
  const place = [...path, ...inner];
  const holder = valueAt(value, inner.slice(0, -1));
  const found = valueAt(value, inner);
  const key = inner.at(-1);
  const infinite = found === Infinity || found === -Infinity;
  const expected = infinite ? 'a number below 1.8e308' : expectedWords(issue);
  if (found === undefined) {
    if (isRecord(holder) && key !== undefined && Object.hasOwn(holder, key)) return [];
    const message = `${formatPath(place.slice(0, -1))}: field '${String(place.at(-1))}' is missing; expected ${expected}`;
    return [{ code: 'missingField', message, path: place, expected, found: 'nothing' }];
  }
  const message = `${formatPath(place)}: expected ${expected}, found ${show(found)}`;
  const code = infinite ? 'outOfRange' : codeOf(issue);
  return [{ code, message, path: place, expected, found: show(found), ...optionalHint(hintFor(issue, found)) }];
}

function codeOf(issue: FieldIssue): Finding['code'] {
  switch (issue.code) {
    case 'invalid_type':
      return 'wrongType';
    case 'too_small':
    case 'too_big':
      return 'outOfRange';
    default:
      return 'invalidValue';
  }
}

const typeWords: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What the schema wanted: `a number of at least 0`, `one of 'relu', 'tanh'`. */
function expectedWords(issue: FieldIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected;
    case 'too_small':
      return limitWords(issue.origin, issue.inclusive === false ? 'above' : 'of at least', Number(issue.minimum));
    case 'too_big':
      return limitWords(issue.origin, issue.inclusive === false ? 'below' : 'of at most', Number(issue.maximum));
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return unionOptions(issue) ? oneOf(unionOptions(issue) ?? []) : unionWords(issue);
    default:
      return stripExpected(issue.message);
  }
}

function limitWords(origin: string, relation: string, limit: number): string {
  const count = relation === 'of at least' ? 'at least' : 'at most';
  if (origin === 'string') return `a text of ${count} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `a list of ${count} ${limit} ${limit === 1 ? 'item' : 'items'}`;
  return `${origin === 'int' ? 'a whole number' : 'a number'} ${relation} ${limit}`;
}

/** The words of a discriminated union, when the fault is that none of them was given. */
function unionOptions(issue: FieldIssue): readonly unknown[] | undefined {
  const options = 'options' in issue ? issue.options : undefined;
  return Array.isArray(options) && options.length > 0 ? options : undefined;
}

/** A union's own words when its author gave some, else its options joined by "or". */
function unionWords(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.message.startsWith('expected')) return stripExpected(issue.message);
  return (
    [...new Set(issue.errors.flatMap((errors) => errors.slice(0, 1).map(expectedWords)))].join(' or ') ||
    'another value'
  );
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  return words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
}

function stripExpected(message: string): string {
  return message.replace(/^expected /, '');
}

function hintFor(issue: FieldIssue, found: unknown): string | undefined {
  const options = issue.code === 'invalid_value' ? issue.values : unionOptions(issue);
  if (typeof found === 'string' && options) return didYouMean(found, options.map(String));
  const wantsNumber = issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int');
  if (typeof found === 'string' && wantsNumber && found.trim() !== '' && Number.isFinite(Number(found)))
    return 'write it without quotes';
  return undefined;
}

const optionalHint = (hint: string | undefined): { readonly hint?: string } => (hint === undefined ? {} : { hint });

/** The value a path leads to, or undefined. */
function valueAt(value: unknown, path: DocumentPath): unknown {
  let here = value;
  for (const key of path) {
    if (Array.isArray(here)) here = typeof key === 'number' ? here[key] : undefined;
    else here = isRecord(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
}

/** A value as messages show it: short values as JSON, long ones by their kind. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value) && value.length > 6) return `a list of ${value.length}`;
  if (isRecord(value)) return 'an object';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
