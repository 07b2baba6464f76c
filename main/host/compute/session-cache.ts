/** Keeps graphs as ONNX Runtime has optimised them, so that an unchanged one starts without that work. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearStaleTemporaries, errorCode, FileError, removeFile, writeFileAtomic } from '../files/atomic.ts';
import { engineBuildId } from './build-id.ts';
import { OrtSession, type OrtSessionOptions } from '../onnxruntime/session.ts';
import { EngineError } from './compute-session.ts';

/** Files beyond this are deleted, those not used for longest first. */
const usualLimitBytes = 256 * 2 ** 20;
const suffix = '.optimised';
const hashBytes = 32;

export class SessionCache {
  readonly #folder: string;
  readonly #build: string;
  readonly #limitBytes: number;

  /**
   * @param folder made when it is needed; may be deleted at any time.
   * @param build names what the optimised graph depends on besides the graph and the session's settings.
   */
  constructor(folder: string, build = engineBuildId('cpu'), limitBytes = usualLimitBytes) {
    this.#folder = folder;
    this.#build = build;
    this.#limitBytes = limitBytes;
  }

  /**
   * A session of the model: from the cache when the very same was made before, which gives the same bits, else made anew
   * and kept. What is damaged in the cache is made anew; a cache that cannot be written is done without.
   * @throws EngineError as `OrtSession.create` does.
   */
  async session(model: Uint8Array, options: OrtSessionOptions): Promise<OrtSession> {
    const path = this.#path(model, options);
    const known = await this.#fromCache(path, options);
    if (known) return known;
    const temporary = join(this.#folder, `.optimising.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
    await mkdir(this.#folder, { recursive: true }).catch(ignoreFileError);
    try {
      const session = await OrtSession.create(model, { ...options, saveOptimised: temporary });
      await this.#keep(path, temporary).catch(ignoreFileError);
      return session;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // Either the file cannot be written, which shall stop nobody, or the model does not load, which it says again.
      return await OrtSession.create(model, options);
    } finally {
      await removeFile(temporary).catch(ignoreFileError);
    }
  }

  /** The model as ONNX Runtime optimises it. @throws EngineError as `session` does, FileError when it cannot be written */
  async optimised(model: Uint8Array, options: OrtSessionOptions): Promise<Uint8Array> {
    const path = this.#path(model, options);
    const known = await readWhole(path).catch(ignoreFileError);
    if (known) return known;
    const made = await optimisedModel(model, options);
    await mkdir(this.#folder, { recursive: true }).catch(ignoreFileError);
    await this.#write(path, made).catch(ignoreFileError);
    return made;
  }

  #path(model: Uint8Array, { device, threads, optimisation = 'all', without }: OrtSessionOptions): string {
    const settings = JSON.stringify([this.#build, device, threads, optimisation, ...(without ?? [])]);
    const key = createHash('sha256').update(settings).update('\n').update(model).digest('hex');
    return join(this.#folder, `${key}${suffix}`);
  }

  async #fromCache(path: string, options: OrtSessionOptions): Promise<OrtSession | undefined> {
    const model = await readWhole(path).catch(ignoreFileError);
    if (!model) return undefined;
    try {
      const session = await OrtSession.create(model, { ...options, optimisation: 'disabled' });
      await utimes(path, new Date(), new Date()).catch(() => {});
      return session;
    } catch (error) {
      // The bytes are those that were written, and yet they do not load: the model itself will tell what is wrong.
      if (error instanceof EngineError) return undefined;
      throw error;
    }
  }

  async #keep(path: string, optimised: string): Promise<void> {
    await this.#write(path, await readFile(optimised));
  }

  async #write(path: string, model: Uint8Array): Promise<void> {
    await writeFileAtomic(path, [createHash('sha256').update(model).digest(), model]);
    await clearStaleTemporaries(this.#folder);
    await this.#dropOldest();
  }

  /** Another process may delete the same files. */
  async #dropOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(suffix));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const { size = 0, mtimeMs = 0 } = (await stat(path).catch(() => undefined)) ?? {};
        return { path, size, mtimeMs };
      }),
    );
    let room = this.#limitBytes;
    for (const { path, size } of files.toSorted((a, b) => b.mtimeMs - a.mtimeMs)) {
      room -= size;
      if (room < 0) await removeFile(path);
    }
  }
}

/** The model as ONNX Runtime optimises it, by way of a file that is gone again. @throws EngineError */
export async function optimisedModel(model: Uint8Array, options: OrtSessionOptions): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'lathe-optimised-'));
  const path = join(folder, 'model.onnx');
  try {
    const session = await OrtSession.create(model, { ...options, saveOptimised: path });
    await session.release();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The model in a file of the cache; undefined when there is none, or its bytes are not those that were written. */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes || bytes.length <= hashBytes) return undefined;
  const model = bytes.subarray(hashBytes);
  return createHash('sha256').update(model).digest().equals(bytes.subarray(0, hashBytes)) ? model : undefined;
}

/** A cache is never needed: what the disk refuses is made anew the next time. */
function ignoreFileError(error: unknown): undefined {
  if (error instanceof FileError || errorCode(error) !== undefined) return undefined;
  throw error;
}
