/** A table of fields in Markdown: name, what may stand there, default, meaning; nested objects row by row below. */
import { z } from 'zod';
import { unwrapSchema } from '../../core/spec/schema-walk.ts';

type AnySchema = z.core.$ZodType;
export type Fields = Readonly<Record<string, AnySchema>>;

/** Objects described in a section of their own rather than in place. */
const ownSections = new Set(['data', 'task', 'networks', 'blocks', 'training', 'optimizer', 'optimizers', 'schedule']);

/** The table, ending with an empty line. */
export function fieldTable(fields: Fields): string {
  return ['| Field | Value | Default | Meaning |', '|---|---|---|---|', ...rows(fields, ''), ''].join('\n');
}

function rows(fields: Fields, prefix: string): readonly string[] {
  return Object.entries(fields).flatMap(([name, schema]) => {
    const row = `| \`${prefix}${name}\` | ${cell(valueWords(schema))} | ${cell(defaultWords(schema))} | ${cell(meaningOf(schema))} |`;
    const inner = unwrapSchema(schema);
    return [row, ...(ownSections.has(name) ? [] : nestedRows(inner, `${prefix}${name}.`))];
  });
}

function nestedRows(inner: AnySchema, prefix: string): readonly string[] {
  if (inner instanceof z.ZodObject) return rows(inner.shape, prefix);
  return inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodObject
    ? rows(inner.valueType.shape, `${prefix}NAME.`)
    : [];
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The description on the schema or on what it wraps. */
function meaningOf(schema: AnySchema): string {
  const own = schema instanceof z.ZodType ? schema.description : undefined;
  const inner = unwrapSchema(schema);
  return own ?? (inner instanceof z.ZodType ? (inner.description ?? '') : '');
}

function defaultWords(schema: AnySchema): string {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return `\`${JSON.stringify(schema.def.defaultValue)}\``;
  return schema instanceof z.ZodOptional ? '*optional*' : '';
}

/** What may stand in a field, in words: `whole number ≥ 1`, `"same" or "valid"`. */
function valueWords(schema: AnySchema): string {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodNumber) return numberWords(inner);
  if (inner instanceof z.ZodString) return 'text';
  if (inner instanceof z.ZodBoolean) return '`true` or `false`';
  if (inner instanceof z.ZodLiteral)
    return [...inner.values].map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => `\`"${option}"\``).join(', ');
  if (inner instanceof z.ZodArray) return `list of ${valueWords(inner.element)}`;
  if (inner instanceof z.ZodTuple) return `[${inner.def.items.map(valueWords).join(', ')}]`;
  if (inner instanceof z.ZodRecord) return `object: name → ${valueWords(inner.valueType)}`;
  if (inner instanceof z.ZodDiscriminatedUnion) return 'object, chosen by `type`';
  if (inner instanceof z.ZodUnion) return [...new Set(inner.options.map(unionPart))].join(', or ');
  if (inner instanceof z.ZodObject) return 'object';
  return 'any';
}

/** An option of a union: small objects show their fields, since no row does. */
function unionPart(option: AnySchema): string {
  const inner = unwrapSchema(option);
  if (!(inner instanceof z.ZodObject)) return valueWords(inner);
  return `object with ${Object.keys(inner.shape)
    .map((key) => `\`${key}\``)
    .join(', ')}`;
}

function numberWords(schema: z.ZodNumber): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, type } = z.toJSONSchema(schema, { io: 'input' });
  const unbounded = Number.MAX_SAFE_INTEGER;
  const limits = [
    typeof exclusiveMinimum === 'number' ? `> ${exclusiveMinimum}` : undefined,
    typeof minimum === 'number' && minimum > -unbounded ? `≥ ${minimum}` : undefined,
    typeof exclusiveMaximum === 'number' ? `< ${exclusiveMaximum}` : undefined,
    typeof maximum === 'number' && maximum < unbounded ? `≤ ${maximum}` : undefined,
  ].filter((limit) => limit !== undefined);
  return [type === 'integer' ? 'whole number' : 'number', limits.join(', ')].filter(Boolean).join(' ');
}
