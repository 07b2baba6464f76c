/**
 * The filter of the Runs table: words that must appear, and fields that must hold: `status:finished`, `tag:baseline`,
 * `loss < 0.1`, `task.beta = 4`, `family != gan`. All of them must hold; quotes keep spaces: `experiment:"first try"`.
 */
import { namedValue, type RunRow } from './run-rows.ts';

const comparisons = ['<=', '>=', '!=', '<', '>', '=', ':'] as const;
type Comparison = (typeof comparisons)[number];

export type FilterTerm =
  | { readonly type: 'word'; readonly word: string }
  | { readonly type: 'field'; readonly field: string; readonly comparison: Comparison; readonly value: string };

export interface RunFilter {
  readonly terms: readonly FilterTerm[];
  /** What could not be understood, in words. */
  readonly fault: string | null;
}

const token = /([A-Za-z][\w./:-]*?)\s*(<=|>=|!=|<|>|=|:)\s*("[^"]*"|[^\s"]+)|"([^"]*)"|(\S+)/g;
const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');

/** Reads a filter; what is not a field is a word. Numbers are expected after `<`, `<=`, `>` and `>=`. */
export function parseFilter(text: string): RunFilter {
  const terms: FilterTerm[] = [];
  let fault: string | null = null;
  for (const match of text.matchAll(token)) {
    const [, field, comparison, value, quoted, word] = match;
    if (field !== undefined) {
      const term: FilterTerm = {
        type: 'field',
        field: field === 'tags' ? 'tag' : field,
        comparison: comparison as Comparison,
        value: unquoted(value!),
      };
      if (/[<>]/.test(comparison!) && !Number.isFinite(Number(term.value)))
        fault ??= `${field} ${comparison} expects a number, found '${term.value}'`;
      else terms.push(term);
    } else if (/^(<=|>=|!=|<|>|=)$/.test(word ?? ''))
      fault ??= `'${word}' stands between a field and a value, as in loss < 0.1`;
    else terms.push({ type: 'word', word: (quoted ?? word!).toLowerCase() });
  }
  return { terms, fault };
}

function wordHolds({ run }: RunRow, word: string): boolean {
  const has = (text: string): boolean => text.toLowerCase().includes(word);
  return has(run.name) || has(run.id) || has(run.experiment) || has(run.family) || has(run.notes) || run.tags.some(has);
}

function fieldHolds(
  row: RunRow,
  { field, comparison, value }: Extract<FilterTerm, { readonly type: 'field' }>,
  nowMs: number,
): boolean {
  const wanted = value.toLowerCase();
  if (field === 'tag') {
    const has = row.run.tags.some((tag) => tag.toLowerCase() === wanted);
    return comparison === '!=' ? !has : has;
  }
  const found = namedValue(row, field, nowMs);
  if (comparison === '!=') return String(found ?? '').toLowerCase() !== wanted;
  if (found === undefined || found === null) return false;
  switch (comparison) {
    case ':':
      return String(found).toLowerCase().includes(wanted);
    case '=':
      return typeof found === 'number' ? found === Number(value) : String(found).toLowerCase() === wanted;
    case '<':
      return Number(found) < Number(value);
    case '<=':
      return Number(found) <= Number(value);
    case '>':
      return Number(found) > Number(value);
    case '>=':
      return Number(found) >= Number(value);
  }
}

/** The rows of which everything holds. */
export function filteredRows(rows: readonly RunRow[], { terms }: RunFilter, nowMs = Date.now()): readonly RunRow[] {
  if (terms.length === 0) return rows;
  return rows.filter((row) =>
    terms.every((term) => (term.type === 'word' ? wordHolds(row, term.word) : fieldHolds(row, term, nowMs))),
  );
}

/** The filter with a field set to a value, or without it. */
export function withField(text: string, field: string, value: string | null): string {
  const without = text
    .replaceAll(new RegExp(`(^|\\s)${field}\\s*[:=]\\s*("[^"]*"|\\S+)`, 'gi'), ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (value === null) return without;
  return `${without} ${field}:${/\s/.test(value) ? `"${value}"` : value}`.trim();
}

/** The value a filter gives a field; null when it does not name it. */
export function fieldIn(filter: RunFilter, field: string): string | null {
  const term = filter.terms.find(
    (each) => each.type === 'field' && each.field === field && (each.comparison === ':' || each.comparison === '='),
  );
  return term?.type === 'field' ? term.value : null;
}
