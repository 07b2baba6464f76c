/** The file of a feature extractor's weights in the cache. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { sameShape } from '../../../core/graph/graph.ts';
import type { StateSpec } from '../../../core/program/program.ts';
import { tensor, type Tensor } from '../../../core/tensor/tensor.ts';
import { FileError } from '../files/atomic.ts';
import { readCheckpoint, writeCheckpoint } from '../files/checkpoint.ts';
import { recipeVersion } from './extractor-recipe.ts';
import type { TrainedExtractor } from './extractor-training.ts';

/** What the file says besides its tensors: measured once, when it was trained. */
export interface StoredMeta {
  readonly [key: string]: string | number | null;
  readonly recipe: number;
  readonly data: string;
  readonly accuracy: number | null;
  readonly steps: number;
  /** sha256 over the tensors: tells a damaged file from another extractor. */
  readonly tensors: string;
}

export interface StoredExtractor {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly meta: StoredMeta;
  readonly sha256: string;
}

/** What all features are divided by, so that their mean square over training pictures is 1. */
export const scaleName = 'extractor/scale';

/** By data and recipe: another build may make other weights, but those there are stay, and scores comparable. */
function fileName(info: DataInfo): string {
  return `${info.contentHash.slice(0, 32)}-v${recipeVersion}.safetensors`;
}

function tensorsHash(tensors: ReadonlyMap<string, Tensor>): string {
  const hash = createHash('sha256');
  for (const [name, { data, shape }] of [...tensors].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} [${shape.join(',')}]\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** Weights and what layers keep; an optimizer's state is of no more use. */
const isKept = ({ role }: StateSpec): boolean => role === 'parameter' || role === 'buffer';

/** The file, or undefined when it is missing, damaged or another's: it is then trained (again). */
export async function readStored(
  folder: string,
  info: DataInfo,
  specs: readonly StateSpec[],
): Promise<StoredExtractor | undefined> {
  try {
    const { tensors, meta, sha256 } = await readCheckpoint(path.join(folder, fileName(info)));
    const known = meta as Partial<StoredMeta> | null;
    const whole =
      known?.recipe === recipeVersion && known.data === info.contentHash && known.tensors === tensorsHash(tensors);
    const fits =
      whole && specs.filter(isKept).every(({ name, shape }) => sameShape(tensors.get(name)?.shape ?? [-1], shape));
    return fits ? { tensors, meta: known as StoredMeta, sha256 } : undefined;
  } catch (error) {
    if (error instanceof FileError && (error.code === 'missing' || error.code === 'corrupt')) return undefined;
    throw error;
  }
}

/** Keeps the weights (not the optimizer's state), unless another process has just kept the same. @throws FileError */
export async function writeStored(
  folder: string,
  info: DataInfo,
  specs: readonly StateSpec[],
  trained: TrainedExtractor,
  steps: number,
): Promise<StoredExtractor> {
  const { state, accuracy, scale } = trained;
  const tensors = new Map<string, Tensor>([[scaleName, tensor('float32', [], Float32Array.of(scale))]]);
  for (const spec of specs) {
    const value = state.get(spec.name);
    if (value && isKept(spec)) tensors.set(spec.name, value);
  }
  const meta: StoredMeta = {
    recipe: recipeVersion,
    data: info.contentHash,
    accuracy,
    steps,
    tensors: tensorsHash(tensors),
  };
  // Replacing a file that another process is reading fails on Windows.
  const other = await readStored(folder, info, specs);
  if (other) return other;
  const { sha256 } = await writeCheckpoint(folder, fileName(info), { tensors, meta });
  return { tensors, meta, sha256 };
}
