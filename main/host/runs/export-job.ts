/** Exports a model for use elsewhere. */
import type { JsonValue } from '../../../core/protocol/records.ts';
import { writeExport } from '../export/write-export.ts';
import { loadModel } from './load-model.ts';
import type { ExportJob, WorkerMessage } from './messages.ts';

/**
 * Loads the job's model and exports it.
 * @returns the folder, its files and the largest difference of each model file from the live model.
 * @throws TaskFailure or FileError when nothing was exported.
 */
export async function exportJob(job: ExportJob, send: (message: WorkerMessage) => void): Promise<JsonValue> {
  // Whatever the run was trained on: the files are for elsewhere, and are compared with the CPU's exact course.
  const source = { ...job.source, device: 'cpu' } as const;
  // And with the graphs as they are written: a layout that only a session has rounds in another way, and Adam's first
  // steps make the whole of an update from the last bit of a small gradient.
  const loaded = await loadModel(source, (done, total, what) => send({ type: 'progress', what, done, total }), {
    without: ['blocked-convolutions'],
  });
  try {
    return await writeExport(loaded, source, job.outFolder, (what, done, total) =>
      send({ type: 'progress', what, done, total }),
    );
  } finally {
    await loaded.engine.release();
    loaded.dataset.close();
  }
}
