/** Templates by what they are for, in the order of the templates; families come from the documents, none is known here. */
import type { Template } from '../../../core/protocol/documents.ts';

export interface Family {
  readonly name: string;
  readonly title: string;
  readonly templates: readonly Template[];
}

/** A family's word as a heading: short ones are initials (`VAE`), longer ones are written out (`Flow matching`). */
export function familyTitle(name: string): string {
  if (name === '') return 'Others';
  if (name.length <= 3) return name.toUpperCase();
  const spaced = name.replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function familiesOf(templates: readonly Template[]): readonly Family[] {
  const groups = new Map<string, Template[]>();
  for (const template of templates) groups.set(template.family, [...(groups.get(template.family) ?? []), template]);
  return [...groups].map(([name, own]) => ({ name, title: familyTitle(name), templates: own }));
}

/** The first sentence of a template's comment. */
export function firstSentence(about: string): string {
  return about.split(/(?<=[.!?])\s/, 1)[0] ?? '';
}
