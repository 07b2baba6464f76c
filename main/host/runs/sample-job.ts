/** Draws samples from a checkpoint and writes them as files: a picture, the raw numbers, and CSV or single pictures. */
import path from 'node:path';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { WrittenArtifact } from '../../../core/protocol/run-updates.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { encodePng } from '../images/image-grid.ts';
import { pictureBytes, pictureSize } from '../images/pixel-bytes.ts';
import { makeFolder, writeOutput } from '../images/sample-artifacts.ts';
import { samplesCsv } from '../images/sample-csv.ts';
import { TaskFailure } from './failure.ts';
import { loadModel } from './load-model.ts';
import type { SampleJob, WorkerMessage } from './messages.ts';
import { tellPlacement } from './placement-event.ts';
import { checkSampleOptions } from './sample-options.ts';
import { taskSession } from './task-session.ts';

/** An option of the job itself rather than of the family: 1 also writes every picture to a file of its own. */
export const separateFilesOption = 'separateFiles';

const mostSamples = 100_000;

/**
 * Does the job. The first output's files are `PREFIX.png`, `PREFIX.safetensors` and, unless it holds pictures, `PREFIX.csv`;
 * those of other outputs are `PREFIX-OUTPUT.…`; single pictures go to the folder `PREFIX/`.
 * @returns `{ step, count, seed, artifacts: WrittenArtifact[] }`, paths relative to the job's folder.
 * @throws TaskFailure, FileError, DataError or EngineError.
 */
export async function sampleJob(job: SampleJob, send: (message: WorkerMessage) => void): Promise<JsonValue> {
  const { count, seed, prefix, outFolder, source } = job;
  if (!(Number.isInteger(count) && count >= 1 && count <= mostSamples)) {
    throw new TaskFailure(
      'option',
      `the number of samples must be a whole number from 1 to ${mostSamples}, found ${count}`,
    );
  }
  const loaded = await loadModel(source, (done, total, what) => send({ type: 'progress', what, done, total }));
  tellPlacement(loaded.engine, send);
  try {
    const { [separateFilesOption]: separate, ...options } = job.options;
    checkSampleOptions(loaded.model, options);
    const session = taskSession(loaded, (done, total) => send({ type: 'progress', what: 'samples', done, total }));
    const outputs = await loaded.model.sample(session, { count, seed, options });
    await makeFolder(outFolder);
    const artifacts: WrittenArtifact[] = [];
    for (const [at, output] of outputs.entries()) {
      if (output.data.shape[0] === 0) continue;
      const place = at === 0 ? prefix : `${prefix}-${output.name}`;
      const about = { seed, step: loaded.step };
      artifacts.push(...(await writeAll(outFolder, place, output, loaded.dataset.info, about, Number(separate) === 1)));
    }
    return { step: loaded.step, count, seed, artifacts: artifacts.map((artifact) => ({ ...artifact })) };
  } finally {
    await loaded.engine.release();
    loaded.dataset.close();
  }
}

interface About {
  readonly seed: number;
  readonly step: number;
}

async function writeAll(
  folder: string,
  place: string,
  output: SampleOutput,
  data: DataInfo,
  about: About,
  separate: boolean,
): Promise<WrittenArtifact[]> {
  const written = await writeOutput(folder, place, output, data, about);
  const { meta } = written[0];
  const artifact = async (file: string, chunks: Iterable<Uint8Array | string>): Promise<WrittenArtifact> => {
    const { bytes, sha256 } = await writeFileAtomic(path.join(folder, file), chunks);
    return { kind: 'samples', name: path.posix.basename(file), step: about.step, path: file, bytes, sha256, meta };
  };
  const csv = samplesCsv(output, data);
  if (csv !== undefined) written.push(await artifact(`${place}.csv`, [csv]));
  if (output.kind === 'image' && separate) written.push(...(await writeSeparately(folder, place, output, artifact)));
  return written;
}

/** One PNG a picture at its own size: `PLACE/0000.png`. */
async function writeSeparately(
  folder: string,
  place: string,
  output: SampleOutput,
  artifact: (file: string, chunks: Iterable<Uint8Array>) => Promise<WrittenArtifact>,
): Promise<WrittenArtifact[]> {
  const [count, ...shape] = output.data.shape;
  const each = sizeOf(shape);
  await makeFolder(path.join(folder, place));
  const written: WrittenArtifact[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = pictureBytes(output.data.data.subarray(i * each, (i + 1) * each), shape, output.range);
    const png = await encodePng(bytes, pictureSize(shape));
    written.push(await artifact(`${place}/${String(i).padStart(4, '0')}.png`, [png]));
  }
  return written;
}
