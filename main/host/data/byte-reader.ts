/** Reads a file, plain or gzip, front to back in pieces of known size, and says plainly when it is too short. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError, readingError, systemCode } from './data-error.ts';

/** The first `length` bytes of a file (fewer when it is shorter). */
export async function headOf(file: string, length: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readingError(error, file);
  }
}

/** A forward reader. Gzip is known by its first two bytes, not by the file's name (browsers unpack and keep the name). */
export class ByteReader {
  readonly file: string;
  /** Whether the file is gzip, so that its size says nothing of its contents'. */
  readonly packed: boolean;
  readonly #stream: Readable;
  readonly #pieces: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #offset = 0;

  private constructor(file: string, stream: Readable, packed: boolean) {
    this.file = file;
    this.packed = packed;
    this.#stream = stream;
    this.#pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** @throws DataError when the file is missing, unreadable or empty. */
  static async open(file: string): Promise<ByteReader> {
    const head = await headOf(file, 2);
    if (head.length === 0) throw new DataError('empty', file, 'is empty');
    const raw = createReadStream(file, { highWaterMark: 1 << 20 });
    if (head[0] !== 0x1f || head[1] !== 0x8b) return new ByteReader(file, raw, false);
    // The iterator below reports the error that the callback receives.
    return new ByteReader(
      file,
      pipeline(raw, createGunzip({ chunkSize: 1 << 18 }), () => {}),
      true,
    );
  }

  /** Bytes handed out so far. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The next `length` bytes.
   * @throws DataError `truncated` naming what was being read when the file ends before.
   */
  async read(length: number, what: string): Promise<Buffer> {
    const pieces = [this.#held];
    let held = this.#held.length;
    while (held < length) {
      const piece = await this.#next();
      if (piece === undefined) {
        const problem = `ends inside ${what}: expected ${this.#offset + length} bytes, found ${this.#offset + held}`;
        throw new DataError('truncated', this.file, problem);
      }
      pieces.push(piece);
      held += piece.length;
    }
    const all = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    this.#held = all.subarray(length);
    this.#offset += length;
    return all.subarray(0, length);
  }

  /** @throws DataError `format` when bytes are left. */
  async expectEnd(): Promise<void> {
    const more = this.#held.length > 0 || (await this.#next()) !== undefined;
    if (more) throw new DataError('format', this.file, `goes on after the ${this.#offset} bytes its header announces`);
  }

  /** Stops reading and lets go of the file. */
  close(): void {
    this.#stream.destroy();
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      const { done, value } = await this.#pieces.next();
      return done ? undefined : value;
    } catch (error) {
      const code = systemCode(error);
      if (code === 'Z_BUF_ERROR') throw new DataError('truncated', this.file, 'is a gzip file that ends too early');
      if (code?.startsWith('Z_'))
        throw new DataError('corrupt', this.file, 'is a damaged gzip file and cannot be unpacked');
      throw readingError(error, this.file);
    }
  }
}
