/** Writes FILE with BYTES bytes the atomic way and prints what came of it as one line of JSON. */
import { FileError, writeFileAtomic } from '../../../../main/host/files/atomic.ts';

const [path, bytes] = process.argv.slice(2) as [string, string];
try {
  const written = await writeFileAtomic(path, [new Uint8Array(Number(bytes)).fill(7)]);
  console.log(JSON.stringify({ bytes: written.bytes }));
} catch (error) {
  if (!(error instanceof FileError)) throw error;
  console.log(JSON.stringify({ code: error.code, path: error.path, message: error.message }));
}
