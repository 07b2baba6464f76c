/** `table:FILE.csv`: a table with a header; numbers are standardised, categories one-hot, one column is the target. */
import type { DataColumn } from '../../../../core/data/data-info.ts';
import { DataError } from '../data-error.ts';
import { sizeOfFile } from '../files.ts';
import { didYouMean } from '../nearest.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest, SplitRows } from '../source.ts';
import { divideAll } from '../split.ts';
import { csvRows, delimiterOf, type CsvRow } from './csv-rows.ts';

const mostCategories = 64;
const mostClasses = 1000;
/** A numeric target whose values are whole numbers is a class when it has at most this many. */
const mostNumericClasses = 20;
const chunkRows = 2048;
const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What the first pass finds out about a column. */
interface Profile {
  readonly name: string;
  numeric: boolean;
  whole: boolean;
  missing: number;
  firstMissing: number;
  /** The different values, up to `mostClasses` and one more. */
  readonly values: Set<string>;
}

/** A table after its first pass. */
interface Survey {
  readonly delimiter: string;
  readonly profiles: readonly Profile[];
  readonly rows: number;
}

/** A column that features or the target are made from. */
interface Field {
  readonly at: number;
  readonly column: DataColumn;
  readonly numbers: ReadonlyMap<string, number>;
}

const isMissing = (cell: string): boolean => missingWords.has(cell.toLowerCase());
const isNumber = (cell: string): boolean => numberPattern.test(cell) && Number.isFinite(Math.fround(Number(cell)));

function headerOf({ cells }: CsvRow, file: string): Profile[] {
  const hint = 'the first line must name the columns';
  for (const [i, name] of cells.entries()) {
    if (name === '') throw new DataError('format', file, `column ${i + 1} has no name in the first line`, hint);
    if (cells.indexOf(name) !== i) throw new DataError('format', file, `two columns are named "${name}"`, hint);
  }
  if (cells.every(isNumber))
    throw new DataError('format', file, 'has no header: the first line holds only numbers', hint);
  return cells.map((name) => ({ name, numeric: true, whole: true, missing: 0, firstMissing: 0, values: new Set() }));
}

function observe(profile: Profile, cell: string, line: number, file: string): void {
  if (isMissing(cell)) {
    profile.missing++;
    profile.firstMissing ||= line;
    return;
  }
  if (cell.includes('\ufffd'))
    throw new DataError('format', file, `line ${line} is not UTF-8 text`, 'save the table as CSV in UTF-8');
  if (!isNumber(cell)) profile.numeric = false;
  else if (!Number.isInteger(Number(cell))) profile.whole = false;
  if (profile.values.size <= mostClasses) profile.values.add(cell);
}

async function survey(file: string): Promise<Survey> {
  const delimiter = await delimiterOf(file);
  let profiles: Profile[] | undefined;
  let rows = 0;
  for await (const row of csvRows(file, delimiter)) {
    if (profiles === undefined) {
      profiles = headerOf(row, file);
      continue;
    }
    rows++;
    for (let i = 0; i < profiles.length; i++) observe(profiles[i], row.cells[i], row.line, file);
  }
  if (profiles === undefined || rows === 0) throw new DataError('empty', file, 'has no rows below its header');
  return { delimiter, profiles, rows };
}

/** The different values, numbers by size and words by code unit. */
function sortedValues({ values, numeric }: Profile): string[] {
  return numeric ? [...values].sort((a, b) => Number(a) - Number(b)) : [...values].sort();
}

/** Equal numbers written differently (`1`, `1.0`) are one class, named as a number. */
function numberedBy(profile: Profile): { readonly names: string[]; readonly numbers: Map<string, number> } {
  const nameOf = (value: string): string => (profile.numeric ? String(Number(value)) : value);
  const names = [...new Set(sortedValues(profile).map(nameOf))];
  return { names, numbers: new Map([...profile.values].map((value) => [value, names.indexOf(nameOf(value))])) };
}

function featureOf(profile: Profile, at: number, file: string): Field {
  const { name, numeric, missing, values } = profile;
  if (values.size === 0) throw new DataError('content', file, `column "${name}" is empty`, 'remove the column');
  if (numeric) return { at, column: { name, kind: 'number', ...(missing > 0 && { missing }) }, numbers: new Map() };
  if (values.size > mostCategories) {
    const problem = `column "${name}" has more than ${mostCategories} different words, too many to encode one-hot`;
    throw new DataError('content', file, problem, 'remove the column, or group its values');
  }
  const categories = [...sortedValues(profile), ...(missing > 0 ? [''] : [])];
  return {
    at,
    column: { name, kind: 'category', categories },
    numbers: new Map(categories.map((value, i) => [value, i])),
  };
}

function targetOf({ profiles }: Survey, name: string | undefined, file: string): Field | undefined {
  if (name === undefined) return undefined;
  const at = profiles.findIndex((profile) => profile.name === name);
  const names = profiles.map((profile) => profile.name);
  if (at < 0)
    throw new DataError(
      'option',
      file,
      `has no column "${name}"`,
      didYouMean(name, names) ?? `its columns are ${names.join(', ')}`,
    );
  const profile = profiles[at];
  if (profile.missing > 0)
    throw new DataError(
      'content',
      file,
      `line ${profile.firstMissing} has no value for the target "${name}"`,
      'remove the rows without one',
    );
  const { names: classes, numbers } = numberedBy(profile);
  if (profile.numeric && !(profile.whole && classes.length <= mostNumericClasses))
    return { at, column: { name, kind: 'number' }, numbers: new Map() };
  if (classes.length > mostClasses)
    throw new DataError('content', file, `the target "${name}" has more than ${mostClasses} different words`);
  return { at, column: { name, kind: 'category', categories: classes }, numbers };
}

/** Mean and deviation of the numeric fields over the training rows (Welford 1962). */
async function withStatistics(
  file: string,
  delimiter: string,
  fields: readonly Field[],
  splits: SplitRows,
  rows: number,
): Promise<Field[]> {
  const training = new Uint8Array(rows);
  for (const row of splits.train) training[row] = 1;
  const sums = fields.map(() => ({ count: 0, mean: 0, squares: 0 }));
  let row = -1;
  for await (const { cells } of csvRows(file, delimiter)) {
    if (row++ < 0 || training[row - 1] === 0) continue;
    for (const [i, { at, column }] of fields.entries()) {
      if (column.kind !== 'number' || isMissing(cells[at])) continue;
      const sum = sums[i];
      const offset = Number(cells[at]) - sum.mean;
      sum.mean += offset / ++sum.count;
      sum.squares += offset * (Number(cells[at]) - sum.mean);
    }
  }
  return fields.map((field, i) => {
    if (field.column.kind !== 'number') return field;
    const { count, mean, squares } = sums[i];
    const deviation = count > 0 ? Math.sqrt(squares / count) : 0;
    return { ...field, column: { ...field.column, mean, deviation: deviation > 0 ? deviation : 1 } };
  });
}

const widthOf = ({ column }: Field): number => column.categories?.length ?? 1;

/** Writes a row's features at `start`. An empty number reads as the mean, an unknown word cannot occur. */
function encode(cells: readonly string[], fields: readonly Field[], out: Float32Array, start: number): void {
  let place = start;
  for (const field of fields) {
    const cell = cells[field.at];
    const { kind, mean = 0, deviation = 1 } = field.column;
    if (kind === 'category') out[place + (field.numbers.get(isMissing(cell) ? '' : cell) ?? 0)] = 1;
    else out[place] = isMissing(cell) ? 0 : (Number(cell) - mean) / deviation;
    place += widthOf(field);
  }
}

async function* tableChunks(
  file: string,
  delimiter: string,
  fields: readonly Field[],
  target: Field | undefined,
): AsyncGenerator<Chunk> {
  const width = fields.reduce((sum, field) => sum + widthOf(field), 0);
  let held: (readonly string[])[] = [];
  const chunkOf = (rows: readonly (readonly string[])[]): Chunk => {
    const samples = new Float32Array(rows.length * width);
    for (const [i, cells] of rows.entries()) encode(cells, fields, samples, i * width);
    const { at = 0, column, numbers } = target ?? {};
    if (column === undefined) return { count: rows.length, samples, targets: undefined };
    const targets =
      column.kind === 'category'
        ? Int32Array.from(rows, (cells) => numbers?.get(cells[at]) ?? 0)
        : Float32Array.from(rows, (cells) => Number(cells[at]));
    return { count: rows.length, samples, targets };
  };
  let first = true;
  for await (const { cells } of csvRows(file, delimiter)) {
    if (!first) held.push(cells);
    first = false;
    if (held.length < chunkRows) continue;
    yield chunkOf(held);
    held = [];
  }
  if (held.length > 0) yield chunkOf(held);
}

async function prepare(request: SourceRequest): Promise<PreparedSource> {
  const { path: file, source } = request;
  const found = await survey(file);
  const rawTarget = targetOf(found, request.target, file);
  const rawFields = found.profiles.flatMap((profile, at) =>
    at === rawTarget?.at ? [] : [featureOf(profile, at, file)],
  );
  if (rawFields.length === 0) throw new DataError('content', file, 'has no column besides the target');
  const { delimiter, rows } = found;
  const splits = divideAll(rows, request);
  const all = await withStatistics(file, delimiter, rawTarget ? [...rawFields, rawTarget] : rawFields, splits, rows);
  const fields = all.slice(0, rawFields.length);
  const target = all[rawFields.length];
  return {
    description: {
      source,
      kind: 'table',
      shape: [fields.reduce((sum, field) => sum + widthOf(field), 0)],
      target: target === undefined ? 'none' : target.column.kind === 'number' ? 'number' : 'class',
      classes: target?.column.categories ?? [],
      columns: fields.map((field) => field.column),
      ...(target && { targetColumn: target.column }),
    },
    storage: 'float32',
    splits,
    rows,
    chunks: () => tableChunks(file, delimiter, fields, target),
  };
}

export async function planTable(request: SourceRequest): Promise<SourcePlan> {
  await sizeOfFile(request.path);
  return { identity: { target: request.target ?? null }, files: [request.path], prepare: () => prepare(request) };
}
