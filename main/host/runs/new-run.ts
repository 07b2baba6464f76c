/** What is recorded of a run before it starts. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import { canonicalDocument } from '../../../core/spec/document-hash.ts';
import type { ModelDocument } from '../../../core/spec/parse.ts';
import type { TrainOptions } from '../options.ts';
import { flattenParams } from '../store/params.ts';
import type { NewRun } from '../store/runs.ts';

/** @param text of the document; @param data what its data is. */
export function newRun(
  text: string,
  document: ModelDocument,
  data: DataInfo,
  baseDir: string,
  options: TrainOptions,
): NewRun {
  return {
    experiment: options.experiment ?? 'Default',
    name: options.name ?? document.name,
    family: document.task.type,
    document: text,
    baseDir: resolve(baseDir),
    documentHash: createHash('sha256').update(canonicalDocument(document)).digest('hex'),
    dataSource: document.data.source,
    dataHash: data.contentHash,
    seed: document.training.seed,
    threads: options.threads ?? document.training.threads ?? options.usualThreads ?? availableParallelism(),
    device: options.device ?? 'cpu',
    engineBuild: '',
    totalSteps: document.training.steps ?? 0,
    params: flattenParams(document as unknown as JsonValue),
    ...(options.tags && { tags: options.tags }),
    ...(options.notes !== undefined && { notes: options.notes }),
  };
}
