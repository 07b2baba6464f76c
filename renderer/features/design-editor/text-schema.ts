/** What the grammar says of a place in the document: its schema, and that schema in a person's words. */
import { z } from 'zod';
import { layerTable } from '../../../core/nn/layer-table.ts';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { documentSchema } from '../../../core/spec/document-schema.ts';
import { childSchema, fieldsOf, isRecord, unwrapSchema } from '../../../core/spec/schema-walk.ts';
import { layerFields, usedBlock } from '../../../core/spec/schema.ts';

export type AnySchema = z.core.$ZodType;

/** The value that stands at a path of plain data. */
export function valueAt(value: unknown, path: DocumentPath): unknown {
  let here = value;
  for (const key of path) {
    if (Array.isArray(here)) here = typeof key === 'number' ? here[key] : undefined;
    else here = isRecord(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
}

/** The schema of the place a path leads to; layers of blocks are looked at as layers of networks are. */
export function schemaAt(document: unknown, path: DocumentPath): AnySchema | undefined {
  if (path[0] === 'blocks' && path[2] === 'layers' && typeof path[3] === 'number') {
    return walk(layerSchemaOf(valueAt(document, path.slice(0, 4))), valueAt(document, path.slice(0, 4)), path.slice(4));
  }
  return walk(documentSchema, document, path);
}

function walk(start: AnySchema | undefined, value: unknown, path: DocumentPath): AnySchema | undefined {
  let [schema, here] = [start, value];
  for (const key of path) {
    schema = schema && childSchema(schema, here, key);
    here = valueAt(here, [key]);
  }
  return schema;
}

/** The fields of the object at a path, by name. */
export function fieldsAt(document: unknown, path: DocumentPath): Readonly<Record<string, AnySchema>> {
  const schema = schemaAt(document, path);
  return (schema && fieldsOf(schema, valueAt(document, path))) ?? {};
}

/** The schema of one layer as it is written: by its type, or what all layers have. */
function layerSchemaOf(layer: unknown): AnySchema {
  const type = isRecord(layer) ? layer['type'] : undefined;
  if (type === 'block') return usedBlock;
  const definition = typeof type === 'string' ? layerTable.get(type) : undefined;
  const own = definition?.schema instanceof z.ZodObject ? definition.schema.shape : {};
  return z.strictObject({ type: z.string(), ...layerFields, ...own });
}

/** What a person is told of a field. */
export interface FieldWords {
  readonly description: string | undefined;
  /** Kind and limits: `a whole number from 1 to 1000000`. */
  readonly kind: string;
  /** The value when it is left out, as JSON; undefined when it must be given or has none. */
  readonly fallback: string | undefined;
  readonly isRequired: boolean;
}

export function wordsOf(schema: AnySchema): FieldWords {
  const fallback = defaultOf(schema);
  return {
    description: descriptionOf(schema),
    kind: kindWords(schema),
    fallback: fallback === undefined ? undefined : JSON.stringify(fallback),
    isRequired: !isOptional(schema),
  };
}

/** The description, also where it stands below a wrapper. */
export function descriptionOf(schema: AnySchema): string | undefined {
  for (let at: AnySchema | undefined = schema; at; at = inner(at)) {
    const description = at instanceof z.ZodType ? at.description : undefined;
    if (description) return description;
  }
  return undefined;
}

/** The value a field has when it is left out. */
export function defaultOf(schema: AnySchema): unknown {
  for (let at: AnySchema | undefined = schema; at; at = inner(at)) {
    if (at instanceof z.ZodDefault || at instanceof z.ZodPrefault) return at.def.defaultValue;
  }
  return undefined;
}

/** Whether a field may be left out. */
export function isOptional(schema: AnySchema): boolean {
  for (let at: AnySchema | undefined = schema; at; at = inner(at)) {
    if (at instanceof z.ZodDefault || at instanceof z.ZodPrefault || at instanceof z.ZodOptional) return true;
  }
  return false;
}

function inner(schema: AnySchema): AnySchema | undefined {
  const next = oneInner(schema);
  return next === schema ? undefined : next;
}

function oneInner(schema: AnySchema): AnySchema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return schema.unwrap();
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) return schema.unwrap();
  return schema;
}

/** The limits of a number; whole numbers without limits of their own have none here. */
export function limitsOf(schema: AnySchema): {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly isWhole: boolean;
} {
  const plain = unwrapSchema(schema);
  if (!(plain instanceof z.ZodNumber)) return { min: undefined, max: undefined, isWhole: false };
  const safe = (value: number | null): number | undefined =>
    value === null || !Number.isFinite(value) || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
  return { min: safe(plain.minValue), max: safe(plain.maxValue), isWhole: plain.format === 'safeint' || plain.isInt };
}

/** Kind and limits of a value in words. */
export function kindWords(schema: AnySchema): string {
  const plain = unwrapSchema(schema);
  const choices = choicesOf(plain);
  if (choices) return `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`;
  if (plain instanceof z.ZodNumber) return numberWords(plain);
  if (plain instanceof z.ZodBoolean) return 'true or false';
  if (plain instanceof z.ZodString) return 'a text';
  if (plain instanceof z.ZodArray) return 'a list';
  if (plain instanceof z.ZodTuple) return `a list of ${plain.def.items.length}`;
  if (plain instanceof z.ZodObject || plain instanceof z.ZodRecord || plain instanceof z.ZodDiscriminatedUnion)
    return 'an object';
  if (plain instanceof z.ZodUnion) return [...new Set(plain.options.map(kindWords))].join(', or ');
  return 'any value';
}

function numberWords(schema: z.ZodNumber): string {
  const { min, max, isWhole } = limitsOf(schema);
  const kind = isWhole ? 'a whole number' : 'a number';
  const digits = (limit: number): string => limit.toLocaleString('en-GB', { maximumSignificantDigits: 15 });
  if (min !== undefined && max !== undefined) return `${kind} from ${digits(min)} to ${digits(max)}`;
  if (min !== undefined) return `${kind} from ${digits(min)} up`;
  return max === undefined ? kind : `${kind} up to ${digits(max)}`;
}

/** The values a field may have when they can be listed, in the order of the schema; a union's are those of its options. */
export function choicesOf(schema: AnySchema): readonly (string | number | boolean)[] | undefined {
  const plain = unwrapSchema(schema);
  if (plain instanceof z.ZodEnum) return plain.options;
  if (plain instanceof z.ZodLiteral) return [...plain.values] as (string | number | boolean)[];
  if (plain instanceof z.ZodUnion && !(plain instanceof z.ZodDiscriminatedUnion)) {
    const parts = plain.options.map(choicesOf);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  return undefined;
}

/** The words an object may have as its `type`, each with its option's schema; undefined where there is no such choice. */
export function variantsOf(schema: AnySchema): ReadonlyMap<string, z.ZodObject> | undefined {
  const plain = unwrapSchema(schema);
  if (!(plain instanceof z.ZodDiscriminatedUnion)) return undefined;
  const discriminator = plain.def.discriminator;
  const entries = plain.options.flatMap((option): [string, z.ZodObject][] => {
    const object = unwrapSchema(option);
    if (!(object instanceof z.ZodObject)) return [];
    const tag = unwrapSchema(object.shape[discriminator]);
    return tag instanceof z.ZodLiteral ? [...tag.values].map((word) => [String(word), object]) : [];
  });
  return new Map(entries);
}
