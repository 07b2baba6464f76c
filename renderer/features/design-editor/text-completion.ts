/** What can be written at a place of the text: fields, values, and the names the document itself makes. */
import { z } from 'zod';
import { layerTable } from '../../../core/nn/layer-table.ts';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { builtinSourceNames } from '../../../core/spec/builtin-data.ts';
import type { DocumentOutline } from '../../../core/spec/model-edits/outline.ts';
import { isRecord, unwrapSchema } from '../../../core/spec/schema-walk.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';
import { isReference, placeAt, scopeAt, type Stretch } from './text-place.ts';
import {
  choicesOf,
  defaultOf,
  fieldsAt,
  kindWords,
  schemaAt,
  valueAt,
  variantsOf,
  wordsOf,
  type AnySchema,
} from './text-schema.ts';

export interface Suggestion {
  readonly label: string;
  readonly kind: 'field' | 'value' | 'reference';
  /** What takes the place of `replaces`; `$0` is where the cursor stands then, `${1:x}` what is selected. */
  readonly snippet: string;
  readonly replaces: Stretch;
  readonly detail: string | undefined;
  readonly help: string | undefined;
  /** Those that must be given come first. */
  readonly rank: number;
}

/** Suggestions for an offset of the text. @param outline gives the names of layers, inputs, networks and blocks */
export function suggestionsAt(text: string, offset: number, outline: DocumentOutline | null): readonly Suggestion[] {
  const place = placeAt(text, offset);
  const document = readSource(text).value;
  const replaces = place.token ?? { offset, length: 0 };
  if (place.isKey) return keySuggestions(text, document, place.path, replaces);
  return valueSuggestions(document, place.path, outline).map((suggestion) => ({ ...suggestion, replaces }));
}

function keySuggestions(text: string, document: unknown, path: DocumentPath, replaces: Stretch): readonly Suggestion[] {
  const holderPath = path.slice(0, -1);
  const holder = valueAt(document, holderPath);
  const given = new Set(isRecord(holder) ? Object.keys(holder) : []);
  const own = text.slice(replaces.offset, replaces.offset + replaces.length).replaceAll('"', '');
  const after = text.slice(replaces.offset + replaces.length);
  const hasColon = /^\s*:/.test(after);
  const needsComma = !hasColon && /^\s*"/.test(after);
  return Object.entries(fieldsOrNames(document, holderPath)).flatMap(([name, schema], index): Suggestion[] => {
    if (given.has(name) && name !== own) return [];
    const words = wordsOf(schema);
    const value = hasColon ? '' : `: ${valueSnippet(schema)}${needsComma ? ',' : ''}`;
    const detail = words.isRequired
      ? 'must be given'
      : words.fallback === undefined
        ? undefined
        : `default ${words.fallback}`;
    const rank = (words.isRequired ? 0 : 1000) + index;
    return [
      {
        label: name,
        kind: 'field',
        snippet: `${JSON.stringify(name)}${value}`,
        replaces,
        detail,
        help: helpOf(words.description, words.kind),
        rank,
      },
    ];
  });
}

/** The fields of an object, or the names a record is known to need: networks by the task. */
function fieldsOrNames(document: unknown, path: DocumentPath): Readonly<Record<string, AnySchema>> {
  if (path.length === 1 && path[0] === 'networks') {
    const type = valueAt(document, ['task', 'type']);
    const networks = typeof type === 'string' && Object.hasOwn(taskTable, type) ? taskTable[type].networks : {};
    return Object.fromEntries(
      Object.entries(networks).map(([name, { purpose }]) => [name, z.looseObject({}).describe(purpose)]),
    );
  }
  if (path.length === 2 && path[0] === 'training' && path[1] === 'optimizers') {
    const networks = valueAt(document, ['networks']);
    const optimizer = schemaAt(document, ['training', 'optimizer']) as z.ZodType;
    return Object.fromEntries(Object.keys(isRecord(networks) ? networks : {}).map((name) => [name, optimizer]));
  }
  return fieldsAt(document, path);
}

const helpOf = (description: string | undefined, kind: string): string =>
  [description, `Takes ${kind}.`].filter(Boolean).join('\n\n');

/** A value to start from, the part to be typed over selected. */
function valueSnippet(schema: AnySchema): string {
  const fallback = defaultOf(schema);
  const plain = unwrapSchema(schema);
  if (isRecord(fallback) || variantsOf(plain)) return '{ "type": "${1}"$0 }';
  if (fallback !== undefined)
    return typeof fallback === 'string'
      ? `"\${1:${fallback}}"`
      : `\${1:${JSON.stringify(fallback).replaceAll('}', '\\}')}}`;
  const [first] = choicesOf(plain) ?? [];
  if (first !== undefined) return typeof first === 'string' ? `"\${1:${first}}"` : `\${1:${String(first)}}`;
  if (plain instanceof z.ZodString) return '"${1}"';
  if (plain instanceof z.ZodArray) return '[$0]';
  if (plain instanceof z.ZodObject || plain instanceof z.ZodRecord) return '{ $0 }';
  if (plain instanceof z.ZodBoolean) return '${1:true}';
  return '${1:1}';
}

type Value = Omit<Suggestion, 'replaces'>;

function valueSuggestions(document: unknown, path: DocumentPath, outline: DocumentOutline | null): readonly Value[] {
  if (outline && isReference(path)) return referenceValues(outline, path);
  if (path.at(-1) === 'type' && isLayer(path.slice(0, -1))) return layerTypes(document);
  if (isLayer(path.slice(0, -1)) && path.at(-1) === 'use')
    return names(Object.keys(recordAt(document, ['blocks'])), 'block');
  if (path.join('.') === 'data.source') return names(builtinSourceNames, 'built-in data');
  if (path.join('.') === 'task.type') return tasks();
  const schema = path.at(-1) === 'type' ? undefined : schemaAt(document, path);
  const holder = path.at(-1) === 'type' ? schemaAt(document, path.slice(0, -1)) : undefined;
  const variants = holder && variantsOf(holder);
  if (variants) return [...variants].map(([word, option], rank) => value(word, undefined, option.description, rank));
  const plain = schema ?? (holder && schemaAt(document, path));
  return plain ? plainValues(plain) : [];
}

const isLayer = (path: DocumentPath): boolean => path.length === 4 && path[2] === 'layers';
const recordAt = (document: unknown, path: DocumentPath): Readonly<Record<string, unknown>> => {
  const found = valueAt(document, path);
  return isRecord(found) ? found : {};
};

const value = (word: unknown, detail: string | undefined, help: string | undefined, rank: number): Value => ({
  label: String(word),
  kind: 'value',
  snippet: escaped(JSON.stringify(word)),
  detail,
  help,
  rank,
});

/** Snippets give `$`, `}` and `\` meanings of their own. */
const escaped = (text: string): string => text.replaceAll(/[$}\\]/g, (letter) => `\\${letter}`);

const names = (words: readonly string[], detail: string): readonly Value[] =>
  words.map((word, rank) => ({ ...value(word, detail, undefined, rank), kind: 'reference' }));

const tasks = (): readonly Value[] =>
  Object.values(taskTable).map((task, rank) => value(task.type, task.label, task.summary, rank));

function layerTypes(document: unknown): readonly Value[] {
  const layers = [...layerTable.values()].map((layer, rank) => value(layer.type, layer.category, layer.summary, rank));
  const hasBlocks = Object.keys(recordAt(document, ['blocks'])).length > 0;
  return hasBlocks ? [...layers, value('block', 'block', 'Puts the layers of a block here.', layers.length)] : layers;
}

/** Layers before this one, nearest first, and the inputs; where outputs are named, all layers. */
function referenceValues(outline: DocumentOutline, path: DocumentPath): readonly Value[] {
  const scope = scopeAt(outline, path);
  if (!scope) return [];
  const before = path[2] === 'layers' ? scope.layers.slice(0, Number(path[3])) : scope.layers;
  const layers = before.toReversed().map((layer) => [layer.id, layer.spec.type] as const);
  const inputs = path[2] === 'layers' ? scope.inputs.map((input) => [input.name, input.word] as const) : [];
  return [...layers, ...inputs].map(([id, detail], rank) => ({
    ...value(id, detail, undefined, rank),
    kind: 'reference',
  }));
}

function plainValues(schema: AnySchema): readonly Value[] {
  const plain = unwrapSchema(schema);
  const fallback = defaultOf(schema);
  const isDefault = (word: unknown): string | undefined => (word === fallback ? 'default' : undefined);
  if (plain instanceof z.ZodBoolean)
    return [true, false].map((word, rank) => value(word, isDefault(word), undefined, rank));
  const options = plain instanceof z.ZodUnion && !(plain instanceof z.ZodDiscriminatedUnion) ? plain.options : [plain];
  const words = options.flatMap((option) => choicesOf(option) ?? []);
  const simple = words.map((word, rank) => value(word, isDefault(word), undefined, rank));
  const others =
    fallback !== undefined && words.length === 0 ? [value(fallback, 'default', kindWords(plain), words.length)] : [];
  return [...simple, ...others];
}
