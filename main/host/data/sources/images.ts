/** `images:DIR`: a folder of PNG, JPEG and WebP pictures; its sub-folders are the classes. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Split } from '../../../../core/data/data-info.ts';
import { DataError, readingError } from '../data-error.ts';
import { lookAt, namesIn } from '../files.ts';
import { decodePicture, type PixelSize } from '../pixels.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest } from '../source.ts';
import { divide, range } from '../split.ts';

const pictureName = /\.(png|jpe?g|webp)$/i;
const defaultSide = 64;
const chunkRows = 32;
const deepest = 8;
const splitFolders: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

/** One folder's pictures, each with its class's name (undefined in a flat folder). */
interface Found {
  readonly files: readonly string[];
  readonly classes: readonly (string | undefined)[];
}

/** Picture files in a folder and below it, sorted. */
async function picturesUnder(folder: string, depth = 0): Promise<string[]> {
  if (depth > deepest) throw new DataError('format', folder, `lies more than ${deepest} folders deep`);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw readingError(error, folder);
  });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await picturesUnder(full, depth + 1)));
    else if (pictureName.test(entry.name)) files.push(full);
  }
  return files;
}

async function isFolder(file: string): Promise<boolean> {
  return (await lookAt(file)).isDirectory();
}

/** The folder's pictures: by sub-folder when it has some, else flat. */
async function collect(folder: string): Promise<Found> {
  const loose: string[] = [];
  const files: string[] = [];
  const classes: string[] = [];
  for (const name of await namesIn(folder)) {
    const full = path.join(folder, name);
    if (await isFolder(full)) {
      const inside = await picturesUnder(full);
      files.push(...inside);
      classes.push(...inside.map(() => name));
    } else if (pictureName.test(name)) loose.push(full);
  }
  if (files.length > 0 && loose.length > 0) {
    const problem = `has pictures beside its class folders (${path.basename(loose[0])} beside ${classes[0]})`;
    throw new DataError(
      'format',
      folder,
      problem,
      'move every picture into a class folder, or all of them into one folder',
    );
  }
  const found = files.length > 0 ? { files, classes } : { files: loose, classes: loose.map(() => undefined) };
  if (found.files.length === 0) {
    throw new DataError(
      'empty',
      folder,
      'has no PNG, JPEG or WebP picture',
      'put pictures in it, one sub-folder for each class',
    );
  }
  return found;
}

/** The top folders that name splits, when one of them names training. */
async function splitFoldersOf(folder: string): Promise<Partial<Record<Split, string>>> {
  const result: Partial<Record<Split, string>> = {};
  for (const name of await namesIn(folder)) {
    const split = splitFolders[name.toLowerCase()];
    if (split === undefined || !(await isFolder(path.join(folder, name)))) continue;
    if (result[split])
      throw new DataError('format', folder, `has two ${split} folders, ${path.basename(result[split])} and ${name}`);
    result[split] = path.join(folder, name);
  }
  return result.train ? result : {};
}

async function collectSplits(folder: string): Promise<Partial<Record<Split, Found>> & { readonly train: Found }> {
  const { train, validation, test } = await splitFoldersOf(folder);
  if (!train) return { train: await collect(folder) };
  return {
    train: await collect(train),
    ...(validation && { validation: await collect(validation) }),
    ...(test && { test: await collect(test) }),
  };
}

/** Class names in the training pictures; @throws DataError when another split has one more. */
function classesOf(parts: Partial<Record<Split, Found>> & { readonly train: Found }, folder: string): string[] {
  const names = [...new Set(parts.train.classes)].filter((name) => name !== undefined);
  for (const part of [parts.validation, parts.test]) {
    if (!part) continue;
    const at = part.classes.findIndex((name) => (name === undefined ? names.length > 0 : !names.includes(name)));
    if (at < 0) continue;
    const problem =
      part.classes[at] === undefined
        ? 'has no class folder though the training pictures do'
        : 'is of a class no training picture has';
    throw new DataError('content', part.files[at], problem, `the classes in ${folder} must be the same in every split`);
  }
  return names;
}

async function* pictureChunks(
  files: readonly string[],
  targets: Int32Array | undefined,
  size: PixelSize,
): AsyncGenerator<Chunk> {
  const rowSize = size.channels * size.height * size.width;
  for (let first = 0; first < files.length; first += chunkRows) {
    const group = files.slice(first, first + chunkRows);
    const samples = new Uint8Array(group.length * rowSize);
    await Promise.all(
      group.map((file, row) => decodePicture(file, size, samples.subarray(row * rowSize, (row + 1) * rowSize))),
    );
    yield { count: group.length, samples, targets: targets?.subarray(first, first + group.length) };
  }
}

export async function planImages(request: SourceRequest): Promise<SourcePlan> {
  const { path: folder, image, source } = request;
  const parts = await collectSplits(folder);
  const classes = classesOf(parts, folder);
  const all = [parts.train, parts.validation, parts.test].filter((part) => part !== undefined);
  const files = all.flatMap((part) => part.files);
  const width = image.width ?? image.height ?? defaultSide;
  const size: PixelSize = { width, height: image.height ?? width, channels: image.channels ?? 3 };
  const prepare = async (): Promise<PreparedSource> => {
    const numbers = new Map(classes.map((name, i) => [name, i]));
    const targets =
      classes.length > 0
        ? Int32Array.from(
            all.flatMap((part) => part.classes),
            (name) => numbers.get(name ?? '') ?? 0,
          )
        : undefined;
    const trainCount = parts.train.files.length;
    const validationCount = parts.validation?.files.length ?? 0;
    const own = {
      train: range(0, trainCount),
      ...(parts.validation && { validation: range(trainCount, validationCount) }),
      ...(parts.test && { test: range(trainCount + validationCount, parts.test.files.length) }),
    };
    const shape = [size.channels, size.height, size.width];
    return {
      description: { source, kind: 'image', shape, target: targets ? 'class' : 'none', classes },
      storage: 'uint8',
      splits: divide(own, request),
      rows: files.length,
      chunks: () => pictureChunks(files, targets, size),
    };
  };
  return { identity: { size }, files, prepare };
}
