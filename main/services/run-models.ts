/** Asks runs' models for samples, codes, scores and exports; a model asked for lately stays loaded for a while. */
import { isAbsolute } from 'node:path';
import type { MethodOutput, ParsedInput } from '../../core/protocol/methods.ts';
import type { RequestContext } from '../door/services.ts';
import type { Host, JobOptions } from '../host/host.ts';
import { writeReport } from '../host/report/write-report.ts';
import type { ServeAnswers, ServeRequest } from '../host/runs/messages.ts';
import type { ServedModel } from '../host/runs/served-model.ts';
import { ServiceError } from './service-error.ts';
import { toldProgress } from './told-progress.ts';
import { withoutUndefined } from './without-undefined.ts';

type Context = Pick<RequestContext, 'signal' | 'progress'>;

/** Models kept loaded, and for how long after the last request, in milliseconds. */
const mostWarm = 2;
const warmMs = 60_000;

interface Warm {
  readonly model: ServedModel;
  timer: NodeJS.Timeout | undefined;
}

export class RunModels {
  readonly #host: Host;
  readonly #onScored: (run: string) => void;
  /** By run and checkpoint; newest use last. */
  readonly #warm = new Map<string, Warm>();

  /** @param onScored hears of runs that have new scores */
  constructor(host: Host, onScored: (run: string) => void) {
    this.#host = host;
    this.#onScored = onScored;
  }

  /** @param step a checkpoint's; the latest when undefined. @throws TaskFailure */
  async ask<Kind extends ServeRequest['kind']>(
    target: { readonly run: string; readonly step?: number | undefined },
    request: Extract<ServeRequest, { readonly kind: Kind }>,
    { signal, progress }: Context,
  ): Promise<ServeAnswers[Kind]> {
    const { id } = this.#host.run(target.run);
    const { sha256 } = this.#host.checkpointOf(id, target.step);
    const key = `${id}/${sha256}`;
    const warm = this.#take(key, id, target.step);
    try {
      return await warm.model.ask<Kind>(request, { signal, onProgress: progress });
    } finally {
      this.#rest(key, warm);
    }
  }

  /** @throws whatever the job throws */
  async evaluate(
    { run, count, seed, options, step }: ParsedInput<'runs.evaluate'>,
    context: Context,
  ): Promise<MethodOutput<'runs.evaluate'>> {
    const found = await this.#host.evaluate(run, {
      count,
      seed,
      options,
      ...withoutUndefined({ step }),
      ...jobOptions(context),
    });
    this.#onScored(this.#host.run(run).id);
    // Plain JSON already; interfaces only lack the index signature that says so.
    return found as unknown as MethodOutput<'runs.evaluate'>;
  }

  export({ run, step, folder }: ParsedInput<'runs.export'>, context: Context): Promise<MethodOutput<'runs.export'>> {
    return this.#host.export(run, wholePath(folder), { ...withoutUndefined({ step }), ...jobOptions(context) });
  }

  /** Compares runs in files of one folder. @returns their paths */
  async report(
    { runs, folder, title, seed, count }: ParsedInput<'runs.report'>,
    context: Context,
  ): Promise<MethodOutput<'runs.report'>> {
    const host = this.#host;
    let done = 0;
    const source = {
      run: (reference: string) => host.run(reference),
      metricKeys: (reference: string) => host.metricKeys(reference),
      metrics: (reference: string, key: string) => host.metrics(reference, key),
      scores: (reference: string) => host.scores(reference),
      artifacts: (reference: string) => host.artifacts(reference),
      params: (reference: string) => host.params(reference),
      artifactPath: host.artifactPath.bind(host),
      dataInfo: (reference: string) => host.dataInfo(reference),
      sample: (
        reference: string,
        out: string,
        draw: Pick<ParsedInput<'runs.sample'>, 'count' | 'seed' | 'options'>,
      ) => {
        context.progress('runs', done++, runs.length);
        return host.sample(reference, out, { ...draw, signal: context.signal });
      },
    };
    const { html, picture, summary } = await writeReport(source, runs, wholePath(folder), { title, seed, count });
    return { html, picture: picture ?? null, summary };
  }

  /** Lets go of the models of deleted runs. */
  forget(runs: readonly string[]): void {
    for (const key of this.#warm.keys()) if (runs.includes(key.slice(0, key.indexOf('/')))) void this.#drop(key);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#warm.keys()].map((key) => this.#drop(key)));
  }

  #take(key: string, run: string, step: number | undefined): Warm {
    const known = this.#warm.get(key);
    if (known) clearTimeout(known.timer);
    const warm = known?.model.alive ? known : { model: this.#host.serve(run, step), timer: undefined };
    this.#warm.delete(key);
    this.#warm.set(key, warm);
    const idle = [...this.#warm].find(([, { model }]) => model !== warm.model && !model.busy);
    if (this.#warm.size > mostWarm && idle) void this.#drop(idle[0]);
    return warm;
  }

  #rest(key: string, warm: Warm): void {
    if (this.#warm.get(key) !== warm || warm.model.busy) return;
    clearTimeout(warm.timer);
    warm.timer = setTimeout(() => void this.#drop(key), warmMs);
    warm.timer.unref();
  }

  #drop(key: string): Promise<void> {
    const warm = this.#warm.get(key);
    this.#warm.delete(key);
    clearTimeout(warm?.timer);
    return warm?.model.close() ?? Promise.resolve();
  }
}

const jobOptions = ({ signal, progress }: Context): JobOptions => ({ signal, onUpdate: toldProgress(progress) });

function wholePath(folder: string): string {
  if (isAbsolute(folder)) return folder;
  throw new ServiceError('bad-path', `'${folder}' is not a whole path`, { path: ['folder'] });
}
