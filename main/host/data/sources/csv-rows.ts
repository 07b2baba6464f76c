/** Reads a delimited text file row by row, and says which line is wrong. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { parse, CsvError } from 'csv-parse';
import { headOf } from '../byte-reader.ts';
import { DataError, readingError } from '../data-error.ts';

const longestRow = 1 << 24;

/** One record: `line` is the number of the line it ends on, the header being line 1. */
export interface CsvRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Comma, semicolon or tab: whichever the first line has most of. @throws DataError when the file is not text. */
export async function delimiterOf(file: string): Promise<string> {
  const head = await headOf(file, 1 << 16);
  if (head.length === 0) throw new DataError('empty', file, 'is empty');
  if (head.includes(0))
    throw new DataError('format', file, 'is not a text file (it holds zero bytes)', 'save the table as CSV in UTF-8');
  const firstLine = head.toString('utf8').split('\n')[0];
  const counts = [',', ';', '\t'].map((mark) => [firstLine.split(mark).length, mark] as const);
  return counts.reduce((best, next) => (next[0] > best[0] ? next : best))[1];
}

/** The rows of the file, the header first. @throws DataError for rows of another length than the header. */
export async function* csvRows(file: string, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    info: true,
    max_record_size: longestRow,
  });
  const stream = createReadStream(file);
  stream.on('error', (error) => parser.destroy(error));
  let width: number | undefined;
  try {
    for await (const { record, info } of stream.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      width ??= record.length;
      if (record.length !== width) {
        throw new DataError(
          'corrupt',
          file,
          `line ${info.lines} has ${record.length} fields, expected ${width} as in the header`,
        );
      }
      yield { cells: record, line: info.lines };
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new DataError(
        'corrupt',
        file,
        `is not a readable ${path.extname(file).slice(1) || 'csv'} file: ${error.message}`,
      );
    throw readingError(error, file);
  } finally {
    stream.destroy();
  }
}
