/**
 * `text:FILE`: windows of a text file, as tokens. A text of up to 256 different characters is read as characters, any
 * other as the bytes of its UTF-8. It is divided by position: the end is for the test, what stands before it for validation.
 */
import { readFile } from 'node:fs/promises';
import {
  byteVocabulary,
  defaultContext,
  mostCharacters,
  TextEncoding,
  type Vocabulary,
} from '../../../../core/data/text.ts';
import { DataError, readingError } from '../data-error.ts';
import { sizeOfFile } from '../files.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest } from '../source.ts';
import { range, splitSizes } from '../split.ts';

/** It is held in memory several times over while it is read. */
const mostBytes = 256 * 1024 * 1024;
const chunkRows = 4096;
const heldBack = { validation: 0.1, test: 0.1 };

/** The text of a file: UTF-8 without a byte order mark, line feeds between lines. */
async function readText(file: string): Promise<string> {
  const size = await sizeOfFile(file);
  if (size > mostBytes)
    throw new DataError(
      'format',
      file,
      `has ${size} bytes, more than the ${mostBytes} a text may have`,
      'cut it into parts',
    );
  const bytes = await readFile(file).catch((error: unknown) => {
    throw readingError(error, file);
  });
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new DataError('format', file, `is no text: byte ${zero} is 0`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.replaceAll('\r\n', '\n');
  } catch {
    throw new DataError('format', file, 'is not UTF-8 text', 'save it in UTF-8');
  }
}

/** The characters of a text in the order of their code points; bytes when there are too many. */
function vocabularyOf(text: string): Vocabulary {
  const characters = new Set<string>();
  for (const character of text) {
    characters.add(character);
    if (characters.size > mostCharacters) return byteVocabulary;
  }
  const sorted = [...characters].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0));
  return { unit: 'character', characters: sorted };
}

/** Where windows begin. Training windows overlap by half, so that what is cut in one is whole in another. */
function windowStarts(tokens: number, context: number, request: SourceRequest) {
  const [train, validation, test] = splitSizes(
    Math.floor((tokens - 1) / context),
    request.split,
    heldBack,
    request.path,
  );
  const half = Math.ceil(context / 2);
  const starts = Array.from({ length: Math.floor(((train - 1) * context) / half) + 1 }, (_, i) => i * half);
  const training = starts.length;
  for (let window = train; window < train + validation + test; window++) starts.push(window * context);
  const splits = {
    train: range(0, training),
    validation: range(training, validation),
    test: range(training + validation, test),
  };
  return { starts, splits };
}

async function prepare(request: SourceRequest): Promise<PreparedSource> {
  const { source, path: file, context = defaultContext } = request;
  const text = await readText(file);
  const vocabulary = vocabularyOf(text);
  const { tokens } = new TextEncoding(vocabulary).encode(text);
  const least = context + 1;
  if (tokens.length < least) {
    const problem = `holds ${tokens.length} ${vocabulary.unit}s, expected at least ${least} for a context of ${context}`;
    throw new DataError('content', file, problem, 'use a smaller context, or more text');
  }
  const { starts, splits } = windowStarts(tokens.length, context, request);
  const bytes = Uint8Array.from(tokens);
  async function* chunks(): AsyncGenerator<Chunk> {
    for (let first = 0; first < starts.length; first += chunkRows) {
      const some = starts.slice(first, first + chunkRows);
      const samples = new Uint8Array(some.length * least);
      some.forEach((start, row) => samples.set(bytes.subarray(start, start + least), row * least));
      yield { count: some.length, samples, targets: undefined };
    }
  }
  const description = { source, kind: 'text', shape: [least], target: 'none', classes: [], vocabulary } as const;
  return { description, storage: 'uint8', splits, rows: starts.length, chunks };
}

export function planText(request: SourceRequest): SourcePlan {
  return { identity: { version: 1 }, files: [request.path], prepare: () => prepare(request) };
}
