/** Finds the part of a schema that a path of the document leads to: for suggestions, overrides and the reference. */
import { z } from 'zod';

type AnySchema = z.core.$ZodType;

/** A schema without the wrappers that only say optional, default, nullable or readonly. */
export function unwrapSchema(schema: AnySchema): AnySchema {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapSchema(schema.unwrap());
  }
  return schema;
}

/** The fields an object may have here, by name; a union's are those of the option `value` chose, or the choice. */
export function fieldsOf(schema: AnySchema, value: unknown): Readonly<Record<string, AnySchema>> | undefined {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodObject) return inner.shape;
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const chosen = chosenOption(inner, value);
    return chosen ? fieldsOf(chosen, value) : { [inner.def.discriminator]: z.string() };
  }
  if (inner instanceof z.ZodUnion) {
    const objects = inner.options.map((option) => fieldsOf(option, value)).filter((fields) => fields !== undefined);
    return objects.length > 0 ? Object.assign({}, ...objects) : undefined;
  }
  return undefined;
}

/** The schema of one key or index below `schema`, or undefined when there is none of that name. */
export function childSchema(schema: AnySchema, value: unknown, key: string | number): AnySchema | undefined {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodRecord) return typeof key === 'string' ? inner.valueType : undefined;
  if (inner instanceof z.ZodArray) return typeof key === 'number' ? inner.element : undefined;
  if (inner instanceof z.ZodTuple) return typeof key === 'number' ? inner.def.items[key] : undefined;
  if (inner instanceof z.ZodUnion && !(inner instanceof z.ZodDiscriminatedUnion)) {
    for (const option of inner.options) {
      const found = childSchema(option, value, key);
      if (found) return found;
    }
    return undefined;
  }
  const fields = fieldsOf(inner, value);
  if (!fields || typeof key !== 'string') return undefined;
  const others =
    inner instanceof z.ZodObject && inner.def.catchall instanceof z.ZodUnknown ? inner.def.catchall : undefined;
  return Object.hasOwn(fields, key) ? fields[key] : others;
}

/** The option of a discriminated union whose discriminator has the value's word. */
function chosenOption(union: z.ZodDiscriminatedUnion, value: unknown): AnySchema | undefined {
  const discriminator = union.def.discriminator;
  const word = isRecord(value) ? value[discriminator] : undefined;
  return union.options.find((option) => {
    const tag = option instanceof z.ZodObject ? unwrapSchema(option.shape[discriminator]) : undefined;
    return tag instanceof z.ZodLiteral && tag.values.has(word as string);
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
