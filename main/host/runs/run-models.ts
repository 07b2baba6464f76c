/** The models of recorded runs: their checkpoints, what a worker needs to load one, and what its data is. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Run, RunDetail } from '../../../core/protocol/records.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { openDataset } from '../data/open.ts';
import { cachesOf, type Home } from '../home.ts';
import type { Store } from '../store/store.ts';
import { TaskFailure } from './failure.ts';
import { documentData } from './load-model.ts';
import type { ModelSource } from './messages.ts';
import type { CheckpointFile, RunService } from './run-service.ts';

export class RunModels {
  readonly #home: Home;
  readonly #store: Store;
  readonly #runs: RunService;

  constructor(home: Home, store: Store, runs: RunService) {
    this.#home = home;
    this.#store = store;
    this.#runs = runs;
  }

  /** A run's newest checkpoint, or the one at `step`. @throws TaskFailure `no-checkpoint` naming those it has */
  checkpoint(run: Pick<Run, 'id'>, step?: number): CheckpointFile {
    const found = this.#runs.latestCheckpoint(run.id, step);
    if (found) return found;
    const kept = this.#store.artifacts(run.id, 'checkpoint').map((artifact) => artifact.step);
    throw new TaskFailure(
      'no-checkpoint',
      step === undefined
        ? `run ${run.id} has no checkpoint yet`
        : `run ${run.id} keeps no checkpoint of step ${step}; it has ${kept.join(', ') || 'none'}`,
      step === undefined ? undefined : 'training.keepEvery keeps more of them',
    );
  }

  /** What a worker loads a run's model from, to compute where the run did. @throws as `checkpoint` does */
  source(run: RunDetail, step?: number): ModelSource {
    const { path, sha256 } = this.checkpoint(run, step);
    return {
      document: run.document,
      baseDir: run.baseDir,
      ...cachesOf(this.#home),
      threads: run.threads,
      device: run.device as DeviceId,
      mayUseCpu: this.#runs.mayUseCpu(run.id, run.device),
      checkpoint: { path, sha256 },
    };
  }

  /** @throws TaskFailure `document` when it cannot be read, DataError */
  async dataInfo({ id, document: text, baseDir }: RunDetail): Promise<DataInfo> {
    const { document } = parseDocument(text);
    if (!document) throw new TaskFailure('document', `the document of run ${id} cannot be read`);
    const dataset = await openDataset({
      ...documentData(document, { baseDir, dataCache: this.#home.dataCache }),
      memoryLimit: 0,
    });
    dataset.close();
    return dataset.info;
  }
}
