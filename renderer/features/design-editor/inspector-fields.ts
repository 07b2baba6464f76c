/** Turns schemas into form fields: which control suits a value, what it starts from, and what is said beside it. */
import { z } from 'zod';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { isRecord, unwrapSchema } from '../../../core/spec/schema-walk.ts';
import {
  choicesOf,
  defaultOf,
  descriptionOf,
  isOptional,
  kindWords,
  limitsOf,
  variantsOf,
  type AnySchema,
} from './text-schema.ts';

export interface NumberLimits {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly isWhole: boolean;
}

export type Control =
  | ({ readonly kind: 'number' } & NumberLimits)
  | { readonly kind: 'choice'; readonly choices: readonly (string | number | boolean)[] }
  | { readonly kind: 'switch' }
  | { readonly kind: 'text' }
  /** One number for both axes, or one an axis. */
  | ({ readonly kind: 'pair' } & NumberLimits)
  /** A word, or a number in place of one. */
  | ({ readonly kind: 'wordOrNumber'; readonly words: readonly string[] } & NumberLimits)
  /** A word, or an object with the word as its `type` and numbers beside it. */
  | { readonly kind: 'named'; readonly words: readonly string[]; readonly extras: readonly Field[] }
  | { readonly kind: 'section'; readonly fields: readonly Field[] }
  /** An object whose fields depend on its `type`. */
  | {
      readonly kind: 'variant';
      readonly variants: ReadonlyMap<string, { readonly summary: string; readonly fields: readonly Field[] }>;
    }
  /** One object of the same kind for each name. */
  | { readonly kind: 'record'; readonly value: Field }
  /** Anything else, as JSON. */
  | { readonly kind: 'json' };

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly control: Control;
  /** The value when it is left out. */
  readonly fallback: unknown;
  readonly isOptional: boolean;
  /** Texts to choose from besides writing one. */
  readonly proposals?: readonly string[];
}

/** Form fields of an object's schema; `leaveOut` names those that have a place of their own. */
export function fieldsOfShape(
  shape: Readonly<Record<string, AnySchema>>,
  leaveOut: readonly string[] = [],
): readonly Field[] {
  return Object.entries(shape)
    .filter(([name]) => !leaveOut.includes(name))
    .map(([name, schema]) => fieldOf(name, schema));
}

export function fieldOf(name: string, schema: AnySchema): Field {
  const control = controlOf(schema);
  return {
    name,
    label: labelOf(name),
    help: helpOf(schema, control),
    control,
    fallback: defaultOf(schema),
    isOptional: isOptional(schema),
  };
}

/** `kernelSize` as a person reads it: `Kernel size`. */
export function labelOf(name: string): string {
  if (name === 'ema') return 'EMA';
  const words = name.replaceAll(
    /([a-z\d])([A-Z])/g,
    (_all, before: string, letter: string) => `${before} ${letter.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function helpOf(schema: AnySchema, { kind }: Control): string | undefined {
  const description = descriptionOf(schema);
  const hasLimits = kind === 'number' || kind === 'pair' || kind === 'json';
  const limits = hasLimits ? `Takes ${kindWords(schema)}.` : '';
  return [description, limits].filter(Boolean).join(' ') || undefined;
}

function controlOf(schema: AnySchema): Control {
  const plain = unwrapSchema(schema);
  const variants = variantsOf(plain);
  if (variants)
    return {
      kind: 'variant',
      variants: new Map(
        [...variants].map(([word, option]) => [
          word,
          { summary: option.description ?? '', fields: fieldsOfShape(option.shape, ['type']) },
        ]),
      ),
    };
  const choices = choicesOf(plain);
  if (choices) return { kind: 'choice', choices };
  if (plain instanceof z.ZodNumber) return { kind: 'number', ...limitsOf(plain) };
  if (plain instanceof z.ZodBoolean) return { kind: 'switch' };
  if (plain instanceof z.ZodString) return { kind: 'text' };
  if (plain instanceof z.ZodObject) return { kind: 'section', fields: fieldsOfShape(plain.shape) };
  if (plain instanceof z.ZodRecord && unwrapSchema(plain.valueType) instanceof z.ZodDiscriminatedUnion)
    return { kind: 'record', value: fieldOf('', plain.valueType) };
  if (plain instanceof z.ZodUnion) return unionControl(plain.options.map(unwrapSchema));
  return { kind: 'json' };
}

function unionControl(options: readonly AnySchema[]): Control {
  const number = options.find((option) => option instanceof z.ZodNumber);
  const words = options.find((option) => option instanceof z.ZodEnum);
  const object = options.find((option) => option instanceof z.ZodObject);
  const pair = options.find((option) => option instanceof z.ZodTuple);
  if (options.length === 2 && number && pair && pair.def.items.length === 2)
    return { kind: 'pair', ...limitsOf(number) };
  if (options.length === 2 && number && words)
    return { kind: 'wordOrNumber', words: words.options.map(String), ...limitsOf(number) };
  if (options.length === 2 && words && object)
    return { kind: 'named', words: words.options.map(String), extras: fieldsOfShape(object.shape, ['type']) };
  return { kind: 'json' };
}

/** A field for a block's parameter, from its default value alone. */
export function parameterField(name: string, fallback: unknown): Field {
  const control: Control =
    typeof fallback === 'number'
      ? { kind: 'number', min: undefined, max: undefined, isWhole: Number.isInteger(fallback) }
      : typeof fallback === 'boolean'
        ? { kind: 'switch' }
        : typeof fallback === 'string'
          ? { kind: 'text' }
          : { kind: 'json' };
  return {
    name,
    label: labelOf(name),
    help: `Parameter of the block; ${JSON.stringify(fallback)} when left out.`,
    control,
    fallback,
    isOptional: true,
  };
}

/** Whether two plain values are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}

/** The one value of several things, or that they differ. */
export type Shared = { readonly isMixed: false; readonly value: unknown } | { readonly isMixed: true };

export function sharedValue(values: readonly unknown[]): Shared {
  const [first, ...rest] = values;
  return rest.every((value) => sameValue(value, first)) ? { isMixed: false, value: first } : { isMixed: true };
}

/** The fields that all of several forms have, with the same control. */
export function commonFields(forms: readonly (readonly Field[])[]): readonly Field[] {
  const [first = [], ...rest] = forms;
  return first.filter((field) =>
    rest.every((form) => form.some((other) => other.name === field.name && other.control.kind === field.control.kind)),
  );
}

/** A field's place as a text, to tell edits of one field apart from those of another. */
export const pathKey = (path: DocumentPath): string => path.join('/');

/**
 * A number a step away: by one for whole numbers, else by one in the second digit, so that 0.001 goes to 0.0011;
 * `times` steps up, or down when it is negative. Kept within the limits.
 */
export function stepped(value: number, times: number, { min, max, isWhole }: NumberLimits): number {
  const size = isWhole ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 1);
  const next = Number((value + times * size).toPrecision(12));
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, next));
}
