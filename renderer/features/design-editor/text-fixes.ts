/** Quick fixes: the edits that an issue's hint asks for, where they are plain. */
import { z } from 'zod';
import { nearestName } from '../../../core/nn/nearest-name.ts';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { removeField, setField } from '../../../core/spec/edit.ts';
import type { Issue } from '../../../core/spec/issue.ts';
import { isRecord, unwrapSchema } from '../../../core/spec/schema-walk.ts';
import { readSource } from '../../../core/spec/source-text.ts';
import { stretchOf } from './text-place.ts';
import { choicesOf, defaultOf, schemaAt, valueAt, type AnySchema } from './text-schema.ts';

export interface Fix {
  readonly title: string;
  /** The best of several. */
  readonly isPreferred: boolean;
  /** The whole text after it. */
  apply(text: string): string;
}

/** Fixes of an issue of this text; none when its hint leaves something to decide. */
export function fixesFor(text: string, issue: Issue): readonly Fix[] {
  if (issue.code === 'syntax') return [];
  const value = valueAt(readSource(text).value, issue.path);
  return [
    ...replacements(text, issue, value),
    ...paddingFix(text, issue),
    ...schemaFixes(text, issue, value),
    ...removals(issue),
    ...defaultFix(text, issue),
  ];
}

function replacements(text: string, issue: Issue, value: unknown): readonly Fix[] {
  const meant = /did you mean '([^']+)'\?/.exec(issue.hint ?? '')?.[1];
  const name = issue.path.at(-1);
  if (meant === undefined || name === undefined) return [];
  if (issue.code === 'unknownField' || issue.code === 'unknownNetwork') {
    const isTaken = stretchOf(text, [...issue.path.slice(0, -1), meant]) !== undefined;
    return isTaken
      ? []
      : [{ title: `Change to "${meant}"`, isPreferred: true, apply: (now) => renamedKey(now, issue.path, meant) }];
  }
  if (issue.code === 'unknownData' && meant.endsWith(':') && typeof value === 'string') {
    const whole = `${meant}${value.slice(value.indexOf(':') + 1)}`;
    return [{ title: `Change to "${whole}"`, isPreferred: true, apply: (now) => setField(now, issue.path, whole) }];
  }
  const place = typeof value === 'string' ? issue.path : wordBelow(value, issue.path, issue.found);
  return place && stretchOf(text, place)
    ? [{ title: `Change to "${meant}"`, isPreferred: true, apply: (now) => setField(now, place, meant) }]
    : [];
}

/** Where below a value the misspelt word stands: a layer's type, a block it uses, one of its inputs. */
function wordBelow(value: unknown, path: DocumentPath, found: string | undefined): DocumentPath | undefined {
  if (found === undefined) return undefined;
  const word = found.replaceAll("'", '');
  if (Array.isArray(value)) return value.includes(word) ? [...path, value.indexOf(word)] : undefined;
  const field = isRecord(value) ? Object.entries(value).find(([, each]) => each === word) : undefined;
  return field && [...path, field[0]];
}

function renamedKey(text: string, path: DocumentPath, name: string): string {
  const stretch = stretchOf(text, path);
  const before = stretch && text.slice(0, stretch.offset);
  const key = JSON.stringify(path.at(-1));
  const at = before?.lastIndexOf(key) ?? -1;
  return at < 0 ? text : text.slice(0, at) + JSON.stringify(name) + text.slice(at + key.length);
}

/** `use padding 'same'`, which layers say when their window is larger than what it slides over. */
function paddingFix(text: string, issue: Issue): readonly Fix[] {
  if (!/padding 'same'/.test(issue.hint ?? '') || issue.path[2] !== 'layers') return [];
  const path = [...issue.path.slice(0, 4), 'padding'];
  return schemaAt(readSource(text).value, path)
    ? [{ title: 'Set "padding" to "same"', isPreferred: true, apply: (now) => setField(now, path, 'same') }]
    : [];
}

/** What the field's own schema suggests for a text that does not fit: the number it spells, or the nearest of its words. */
function schemaFixes(text: string, issue: Issue, value: unknown): readonly Fix[] {
  if (typeof value !== 'string' || !value.trim() || issue.hint?.startsWith('did you mean')) return [];
  const schema = schemaAt(readSource(text).value, issue.path);
  if (!(schema instanceof z.ZodType) || schema.safeParse(value).success) return [];
  const words = wordsIn(schema);
  const meant = schema.safeParse(Number(value)).success ? Number(value) : nearestName(value, words);
  if (meant === undefined) return [];
  return [
    {
      title: `Change to ${JSON.stringify(meant)}`,
      isPreferred: true,
      apply: (now) => setField(now, issue.path, meant),
    },
  ];
}

/** The words a field may be, also where it may be something else besides. */
function wordsIn(schema: AnySchema): readonly string[] {
  const plain = unwrapSchema(schema);
  const options = plain instanceof z.ZodUnion ? plain.options : [plain];
  return options.flatMap((option) => choicesOf(option) ?? []).map(String);
}

const removable: ReadonlySet<Issue['code']> = new Set([
  'unknownField',
  'forbiddenKey',
  'unusedLayer',
  'unusedBlock',
  'unusedNetwork',
  'unknownNetwork',
  'conflictingFields',
]);

function removals(issue: Issue): readonly Fix[] {
  if (!removable.has(issue.code) || issue.path.length === 0) return [];
  const { path } = issue;
  const title = typeof path.at(-1) === 'number' ? 'Remove this layer' : `Remove "${String(path.at(-1))}"`;
  return [{ title, isPreferred: false, apply: (text) => removeField(text, path) }];
}

const refusing: ReadonlySet<Issue['code']> = new Set(['outOfRange', 'wrongType', 'invalidValue', 'network']);

/** A value out of place can always be left out where there is a default. */
function defaultFix(text: string, issue: Issue): readonly Fix[] {
  if (!refusing.has(issue.code)) return [];
  const schema = schemaAt(readSource(text).value, issue.path);
  const fallback = schema && defaultOf(schema);
  if (fallback === undefined || !stretchOf(text, issue.path)) return [];
  const title = `Leave "${String(issue.path.at(-1))}" at its default, ${JSON.stringify(fallback)}`;
  return [{ title, isPreferred: false, apply: (now) => removeField(now, issue.path) }];
}
