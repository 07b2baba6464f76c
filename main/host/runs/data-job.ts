/** Brings a data set into the cache, away from the process that people wait for, and describes it where asked to. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import { describeDataset, type DatasetDescription } from '../data/describe.ts';
import { openDataset } from '../data/open.ts';
import type { DataJob, WorkerMessage } from './messages.ts';

export interface DataJobResult {
  readonly info: DataInfo;
  /** Null unless it was asked for. */
  readonly description: DatasetDescription | null;
}

/** @returns a `DataJobResult`. @throws DataError */
export async function dataJob(job: DataJob, send: (message: WorkerMessage) => void): Promise<JsonValue> {
  const onProgress = (done: number, total: number | undefined, what: string): void =>
    send({ type: 'progress', what, done, total });
  const dataset = await openDataset({ ...job.request, onProgress });
  try {
    const result: DataJobResult = { info: dataset.info, description: job.describe ? describeDataset(dataset) : null };
    // Plain JSON already; interfaces only lack the index signature that says so.
    return result as unknown as JsonValue;
  } finally {
    dataset.close();
  }
}
