/** What a person is told about the word under the pointer: a field, a layer's type, or a name. */
import { layerTable } from '../../../core/nn/layer-table.ts';
import type { DocumentPath } from '../../../core/nn/network.ts';
import type { DocumentOutline } from '../../../core/spec/model-edits/outline.ts';
import { isRecord } from '../../../core/spec/schema-walk.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import type { LayerSummary, Summary } from '../../../core/spec/summary.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';
import { isReference, placeAt, scopeAt, type Stretch } from './text-place.ts';
import { descriptionOf, fieldsAt, schemaAt, valueAt, variantsOf, wordsOf } from './text-schema.ts';
import { layerFigures } from './text-hints.ts';

export interface Hover {
  /** Markdown paragraphs. */
  readonly paragraphs: readonly string[];
  readonly stretch: Stretch;
}

/** The words for an offset of the text; undefined where there is nothing to say. */
export function hoverAt(
  text: string,
  offset: number,
  outline: DocumentOutline | null,
  summary: Summary | undefined,
): Hover | undefined {
  const { path, isKey, token } = placeAt(text, offset);
  if (!token) return undefined;
  const document = readSource(text).value;
  const paragraphs = isKey ? fieldWords(document, path) : valueWords(document, path, outline, summary);
  return paragraphs.length > 0 ? { paragraphs, stretch: token } : undefined;
}

function fieldWords(document: unknown, path: DocumentPath): readonly string[] {
  const name = String(path.at(-1));
  const schema = fieldsAt(document, path.slice(0, -1))[name] ?? schemaAt(document, path);
  if (!schema) return [];
  const { description, kind, fallback, isRequired } = wordsOf(schema);
  const isEntry = path.length === 2 && (path[0] === 'networks' || path[0] === 'blocks' || path[0] === 'canvas');
  const use = isEntry
    ? ''
    : isRequired
      ? ' Must be given.'
      : fallback === undefined
        ? ' May be left out.'
        : ` Default: \`${fallback}\`.`;
  return [`**${name}**`, ...(description ? [description] : []), `Takes ${kind}.${use}`];
}

function valueWords(
  document: unknown,
  path: DocumentPath,
  outline: DocumentOutline | null,
  summary: Summary | undefined,
): readonly string[] {
  const word = valueAt(document, path);
  if (outline && isReference(path)) return referenceWords(outline, path, String(word), summary);
  if (path.at(-1) !== 'type' || typeof word !== 'string') return [];
  if (path.length === 5 && path[2] === 'layers') return layerWords(word, summaryOf(outline, path, summary));
  if (path[0] === 'task')
    return Object.hasOwn(taskTable, word) ? [`**${taskTable[word].label}**`, taskTable[word].summary] : [];
  const holder = schemaAt(document, path.slice(0, -1));
  const description = (holder && variantsOf(holder)?.get(word)?.description) ?? (holder && descriptionOf(holder));
  return description ? [`**${word}**`, description] : [];
}

function layerWords(type: string, layer: LayerSummary | undefined): readonly string[] {
  const definition = layerTable.get(type);
  if (!definition) return [];
  return [`**${type}** · ${definition.category}`, definition.summary, ...(layer ? [layerFigures(layer)] : [])];
}

function summaryOf(
  outline: DocumentOutline | null,
  path: DocumentPath,
  summary: Summary | undefined,
): LayerSummary | undefined {
  const scope = outline && scopeAt(outline, path);
  const id = scope?.layers[Number(path[3])]?.id;
  return summary?.networks.find((network) => network.name === scope?.name)?.layers.find((layer) => layer.id === id);
}

function referenceWords(
  outline: DocumentOutline,
  path: DocumentPath,
  name: string,
  summary: Summary | undefined,
): readonly string[] {
  const scope = scopeAt(outline, path);
  const layer = scope?.layers.find((each) => each.id === name);
  const input = scope?.inputs.find((each) => each.name === name);
  if (input) return [`**${name}** · input`, `Stands for ${input.word}.`];
  if (!scope || !layer || !isRecord(layer.spec)) return [];
  const found = summary?.networks
    .find((network) => network.name === scope.name)
    ?.layers.find((each) => each.id === name);
  return [`**${name}** · ${layer.spec.type}`, ...(found ? [layerFigures(found)] : []), 'Ctrl+click goes there.'];
}
