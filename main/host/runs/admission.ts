/** What a run has to pass before it is recorded: its device computes, its document fits its data, its step runs where it is to. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Placement } from '../../../core/protocol/placement.ts';
import type { RunDetail } from '../../../core/protocol/records.ts';
import { cachesOf, type Home } from '../home.ts';
import type { TrainOptions } from '../options.ts';
import type { NewRun } from '../store/runs.ts';
import { requireDevice } from '../without-records.ts';
import { acceptDocument, type AcceptedDocument } from './accept-document.ts';
import type { Jobs } from './jobs.ts';
import { requireLimitable } from './memory-limit.ts';
import { newRun } from './new-run.ts';
import type { SpawnWorker } from './worker-process.ts';

export class Admission {
  readonly #home: Home;
  readonly #jobs: Jobs;
  readonly #spawn: SpawnWorker;

  /** @param spawn starts the process that proves a device: never the one that waits, which it may kill */
  constructor(home: Home, jobs: Jobs, spawn: SpawnWorker) {
    this.#home = home;
    this.#jobs = jobs;
    this.#spawn = spawn;
  }

  /** What is recorded of a run that may start. @throws DocumentError with every issue, DataError, and as the others do */
  async newRun(text: string, baseDir: string, options: TrainOptions): Promise<NewRun> {
    requireLimitable(options.device ?? 'cpu', options.memoryBytes);
    await this.requireDevice(options.device);
    const { document, data } = await this.document(text, baseDir, options.onUpdate);
    const run = newRun(text, document, data, baseDir, options);
    await this.requirePlacement(run, options);
    return run;
  }

  /** @throws DocumentError with every issue, DataError */
  document(text: string, baseDir: string, onUpdate: TrainOptions['onUpdate']): Promise<AcceptedDocument> {
    return acceptDocument(text, baseDir, this.#home.dataCache, onUpdate);
  }

  /** @throws TaskFailure `device` when another device than the CPU does not compute here */
  requireDevice(device: DeviceId = 'cpu'): Promise<void> {
    return requireDevice(device, this.#spawn);
  }

  /**
   * Refuses a training step that would run on the CPU in part, where that is not allowed, by trying one.
   * @throws CpuFallbackRefusal naming the operators, EngineError when it does not run at all
   */
  async requirePlacement(
    { document, baseDir, threads, device }: Pick<RunDetail, 'document' | 'baseDir' | 'threads' | 'device'>,
    {
      mayUseCpu,
      onUpdate,
    }: Pick<TrainOptions, 'mayUseCpu'> & { readonly onUpdate?: TrainOptions['onUpdate'] | undefined },
  ): Promise<void> {
    const { CpuFallbackRefusal, mayLeaveToCpu } = await import('../compute/cpu-fallback.ts');
    if (mayUseCpu || !mayLeaveToCpu(device as DeviceId)) return;
    const source = { document, baseDir, threads, device: device as DeviceId, ...cachesOf(this.#home) };
    const placement = await this.#jobs.do<Placement | null>(
      { kind: 'placement', source },
      { ...(onUpdate && { onUpdate }) },
    );
    if (placement && placement.onCpu.length > 0) throw new CpuFallbackRefusal(placement);
  }
}
