/** `path=value` overrides from a command line or a sweep: single fields of a document, set in its text. */
import { z } from 'zod';
import { documentSchema } from './document-schema.ts';
import { setField } from './edit.ts';
import { show } from './field-findings.ts';
import { formatPath, type Finding, type Issue } from './issue.ts';
import { childSchema, fieldsOf, isRecord, unwrapSchema } from './schema-walk.ts';
import { readSource } from './source-text.ts';
import { suggestion } from './suggest.ts';

export interface OverrideResult {
  /** The text with every override that was understood. */
  readonly text: string;
  /** What was not understood; whether the values are right is seen when the new text is parsed. */
  readonly issues: readonly Issue[];
}

/**
 * Sets fields by `path=value`: `training.steps=300`, `task.beta=4`, `data.source=idx:mnist`. A path's parts are divided
 * by dots; a layer is named by its place or its id (`networks.encoder.layers.mean.units=32`). A value is read as JSON,
 * and as a text where it is no JSON or where the field wants a text.
 */
export function applyOverrides(text: string, overrides: readonly string[]): OverrideResult {
  const { issues, locate } = readSource(text);
  if (issues.length > 0) return { text, issues };
  const found: Issue[] = [];
  let current = text;
  for (const override of overrides) {
    const target = findTarget(readSource(current).value, override);
    if ('code' in target) found.push(locate(target));
    else current = setField(current, target.path, target.value);
  }
  return { text: current, issues: found };
}

type AnySchema = z.core.$ZodType;
type Path = readonly (string | number)[];

interface Target {
  /** Where to set, and what: around the value stand the objects that the text does not have yet. */
  readonly path: Path;
  readonly value: unknown;
}

function findTarget(document: unknown, override: string): Target | Finding {
  const equals = override.indexOf('=');
  const parts = override.slice(0, Math.max(0, equals)).trim().split('.');
  if (equals < 0 || parts.some((part) => part === '' || part === '__proto__')) {
    const message = `${show(override)} is no override; expected path=value`;
    return {
      code: 'unknownPath',
      message,
      path: [],
      expected: 'path=value',
      found: override,
      hint: 'for example training.steps=300',
    };
  }
  let schema: AnySchema | undefined = documentSchema;
  let here: unknown = document;
  let absent: { readonly path: Path; readonly value: unknown } | undefined;
  const path: (string | number)[] = [];
  for (const part of parts) {
    const key = keyFor(schema, here, part);
    const next: AnySchema | undefined =
      key === undefined ? undefined : anything(schema) ? schema : childSchema(schema, here, key);
    if (key === undefined || !next) return unknownPart(override, path, part, schema, here);
    path.push(key);
    schema = next;
    here = childOf(here, key);
    if (here !== undefined || path.length === parts.length) continue;
    here = defaultOf(schema);
    absent ??= { path: [...path], value: here };
  }
  const value = readValue(override.slice(equals + 1), schema);
  return absent
    ? { path: absent.path, value: withValue(absent.value, path.slice(absent.path.length), value) }
    : { path, value };
}

/** The key or index a part of the path means. A list's item is named by its place, or by its id. */
function keyFor(schema: AnySchema, here: unknown, part: string): string | number | undefined {
  if (!Array.isArray(here) && !(unwrapSchema(schema) instanceof z.ZodArray)) return part;
  const items: readonly unknown[] = Array.isArray(here) ? here : [];
  if (/^\d+$/.test(part)) return Number(part) <= items.length ? Number(part) : undefined;
  const index = items.findIndex((item) => isRecord(item) && item.id === part);
  return index < 0 ? undefined : index;
}

function unknownPart(override: string, path: Path, part: string, schema: AnySchema, here: unknown): Finding {
  const known = knownParts(schema, here);
  const hint = suggestion(part, known);
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'no further part';
  const message = `${show(override)}: ${formatPath(path)} has no '${part}'; expected ${expected}`;
  return {
    code: 'unknownPath',
    message,
    path: [...path],
    expected,
    found: part,
    ...(hint && known.length > 0 && { hint }),
  };
}

function knownParts(schema: AnySchema, here: unknown): readonly string[] {
  if (Array.isArray(here))
    return here.map((item, index) => (isRecord(item) && typeof item.id === 'string' ? item.id : String(index)));
  const fields = fieldsOf(schema, here);
  return fields ? Object.keys(fields) : isRecord(here) ? Object.keys(here) : [];
}

function childOf(here: unknown, key: string | number): unknown {
  if (Array.isArray(here)) return here[Number(key)];
  return isRecord(here) && Object.hasOwn(here, key) ? here[key] : undefined;
}

/** What an absent object is taken to be while a field inside it is set: its default, so that a type is not lost. */
function defaultOf(schema: AnySchema): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.defaultValue;
  return schema instanceof z.ZodOptional ? defaultOf(schema.unwrap()) : undefined;
}

function withValue(around: unknown, path: Path, value: unknown): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  if (typeof key === 'number') return [withValue(undefined, rest, value)];
  return { ...(isRecord(around) ? around : {}), [key]: withValue(childOf(around, key), rest, value) };
}

/** Whether any key may stand here: parameters of blocks, fields of layers within blocks. */
function anything(schema: AnySchema): boolean {
  return unwrapSchema(schema) instanceof z.ZodUnknown;
}

/** JSON, unless it is none or the field takes the text and not what it would mean as JSON. */
function readValue(text: string, schema: AnySchema): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const wantsText = !z.safeParse(schema, value).success && z.safeParse(schema, text).success;
  return wantsText ? text : value;
}
