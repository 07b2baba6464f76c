/** Files dropped into the window, brought into the home piece by piece. */
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import { errorCode, explainFileError } from '../host/files/atomic.ts';
import { Sequence } from './json-file.ts';
import { ServiceError } from './service-error.ts';

/** Bytes of one piece, and of one file, at most. */
const largestPiece = 16 * 1024 * 1024;
const largestFile = 32 * 1024 * 1024 * 1024;
const deepest = 32;
/** Names that Windows keeps for devices, with any ending. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

export class UploadsService {
  readonly #imports: string;
  readonly #sequences = new Map<string, Sequence>();

  /** @param root the home's folder */
  constructor(root: string) {
    this.#imports = join(root, 'imports');
  }

  /**
   * Adds a piece to a file; the last one puts it in place. A piece at offset 0 begins anew.
   * @throws ServiceError `bad-path` for a name that leads elsewhere, `out-of-order`, `too-large`; FileError
   */
  take(piece: ParsedInput<'files.upload'>): Promise<{ readonly path: string; readonly folder: string }> {
    const folder = join(this.#imports, piece.batch);
    const path = join(folder, ...partsOf(piece.name));
    const size = piece.offset + piece.bytes.length;
    if (piece.bytes.length > largestPiece)
      throw new ServiceError('too-large', `a piece has at most ${largestPiece} bytes, found ${piece.bytes.length}`);
    if (size > largestFile)
      throw new ServiceError('too-large', `${piece.name} is larger than ${largestFile / 2 ** 30} GiB`, {
        hint: 'name the file where it lies instead of dropping it here',
      });
    const sequence = this.#sequences.get(path) ?? new Sequence();
    this.#sequences.set(path, sequence);
    return sequence.run(async () => {
      await write(path, piece);
      if (piece.last) this.#sequences.delete(path);
      return { path, folder };
    });
  }
}

async function write(path: string, { name, bytes, offset, last }: ParsedInput<'files.upload'>): Promise<void> {
  const partial = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const there = offset === 0 ? 0 : await sizeOf(partial);
    if (there !== offset) {
      throw new ServiceError('out-of-order', `${name}: a piece at ${offset} cannot follow ${there} bytes`, {
        hint: 'send the file again from its beginning',
      });
    }
    const file = await open(partial, offset === 0 ? 'w' : 'a');
    try {
      await file.writeFile(bytes);
      if (last) await file.sync();
    } finally {
      await file.close();
    }
    if (last) await rename(partial, path);
  } catch (error) {
    throw error instanceof ServiceError ? error : explainFileError(error, path, 'write');
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** The parts of a relative path, each a name that every system takes. @throws ServiceError */
function partsOf(name: string): readonly string[] {
  const parts = name.split('/');
  const bad = parts.find(
    (part) =>
      part === '' ||
      /^\.+$/.test(part) ||
      /[\\:*?"<>|\p{Cc}]/u.test(part) ||
      /[. ]$/.test(part) ||
      deviceName.test(part) ||
      part.length > 200,
  );
  if (bad === undefined && parts.length <= deepest) return parts;
  throw new ServiceError('bad-path', `'${name}' is not a name for an imported file`, {
    path: ['name'],
    hint: 'use plain names, with forward slashes between folders',
  });
}
