/** Writes drawn samples as files: a picture to look at, and the numbers themselves. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { WrittenArtifact } from '../../../core/protocol/run-updates.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { encodeSafetensors } from '../../../core/tensor/safetensors.ts';
import { tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { explainFileError, writeFileAtomic } from '../files/atomic.ts';
import { columnsFor, encodeImageGrid } from './image-grid.ts';
import { encodeTextPage, plainTexts, textsOf, type WrittenText } from './text-page.ts';
import { encodeScatter, encodeShades } from './plots.ts';

/** What is known of the samples in a file, besides the samples. */
export interface SampleMeta {
  readonly [key: string]: JsonValue;
  readonly output: string;
  readonly kind: string;
  readonly count: number;
  readonly seed: number;
  readonly range: string;
}

interface Picture {
  readonly png: Uint8Array;
  /** Of a grid: pictures in a row, size of one in pixels (2 pixels lie between two), how many are shown. */
  readonly meta: { readonly [key: string]: JsonValue };
}

/** Conditional samples go through the classes in turn: a column a class then reads best. */
function gridColumns(output: SampleOutput, data: DataInfo): number {
  const classes = data.classes.length;
  const inTurn = classes > 1 && classes <= 20 && output.labels?.every((label, i) => label === i % classes);
  const count = output.data.shape[0];
  return inTurn && count >= classes ? classes : columnsFor(count);
}

async function pictureOf(output: SampleOutput, data: DataInfo): Promise<Picture> {
  switch (output.kind) {
    case 'image': {
      const { range, reference } = output;
      const { png, grid } = await encodeImageGrid(output.data, {
        range,
        columns: gridColumns(output, data),
        ...(reference && { reference }),
      });
      const { columns, rows, cell, shown } = grid;
      return { png, meta: { columns, rows, cell, shown, referenceAbove: reference !== undefined } };
    }
    case 'points':
      return { png: await encodeScatter(output.data, data), meta: {} };
    case 'text':
      return { png: await encodeTextPage(textsIn(output, data)), meta: {} };
    case 'classScores':
      return { png: await encodeShades(output.data, 0, 1), meta: {} };
    case 'table':
      // Standardised columns and one-hot categories: two deviations either way show nearly everything.
      return { png: await encodeShades(output.data, -2, 2), meta: {} };
  }
}

/** The texts of an output of kind `text`; none of any other. */
function textsIn(output: SampleOutput, { vocabulary }: DataInfo): readonly WrittenText[] {
  return output.kind === 'text' && vocabulary ? textsOf(output, vocabulary) : [];
}

function tensorsOf(output: SampleOutput): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>([['data', output.data]]);
  if (output.reference) tensors.set('reference', output.reference);
  if (output.labels) tensors.set('labels', tensorOf('int64', [output.labels.length], output.labels));
  return tensors;
}

/**
 * Writes `place.png` and `place.safetensors` (tensors `data`, and `reference` and `labels` where there are any) into an
 * existing folder; of texts `place.txt` and `place.json` too.
 * @param place path relative to `folder`, with forward slashes, without ending
 */
export async function writeOutput(
  folder: string,
  place: string,
  output: SampleOutput,
  data: DataInfo,
  about: { readonly seed: number; readonly step: number | null },
): Promise<WrittenArtifact[]> {
  const { name, kind, range } = output;
  const meta: SampleMeta = { output: name, kind, count: output.data.shape[0], seed: about.seed, range };
  const picture = await pictureOf(output, data);
  const pictureMeta = { ...meta, ...picture.meta };
  const raw = encodeSafetensors(tensorsOf(output), { 'lathe.samples': JSON.stringify(pictureMeta) });
  const write = async (ending: string, chunks: Iterable<Uint8Array>): Promise<WrittenArtifact> => {
    const file = `${place}.${ending}`;
    const written = await writeFileAtomic(path.join(folder, file), chunks);
    return {
      kind: 'samples',
      name: path.posix.basename(file),
      step: about.step,
      path: file,
      ...written,
      meta: pictureMeta,
    };
  };
  const files = [await write('png', [picture.png]), await write('safetensors', raw)];
  const texts = textsIn(output, data);
  if (texts.length === 0) return files;
  const encoder = new TextEncoder();
  return [
    ...files,
    await write('txt', [encoder.encode(plainTexts(texts))]),
    await write('json', [encoder.encode(`${JSON.stringify(texts, null, 2)}\n`)]),
  ];
}

/** Makes a folder and those above it. @throws FileError in plain words. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainFileError(error, folder, 'write');
  }
}

/**
 * Writes the samples a run draws on its way: `samples/step-00000250-NAME.png` and `.safetensors` of each output.
 * @param folder the run's folder; @param step finished steps
 * @returns what was written, paths relative to the run's folder.
 * @throws FileError when a file cannot be written.
 */
export async function writeSampleArtifacts(
  folder: string,
  step: number,
  seed: number,
  data: DataInfo,
  outputs: readonly SampleOutput[],
): Promise<WrittenArtifact[]> {
  await makeFolder(path.join(folder, 'samples'));
  const written: WrittenArtifact[] = [];
  for (const output of outputs) {
    // A data set without a test split leaves reconstructions and predictions with nothing to show.
    if (output.data.shape[0] === 0) continue;
    const place = `samples/step-${String(step).padStart(8, '0')}-${output.name}`;
    written.push(...(await writeOutput(folder, place, output, data, { seed, step })));
  }
  return written;
}
