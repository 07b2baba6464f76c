/** Data sets as screens see them: imported away from the host, a few kept open for looking at samples. */
import type { DataInfo, Split } from '../../core/data/data-info.ts';
import type { DataSummary } from '../../core/protocol/data-summary.ts';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import type { Samples } from '../../core/protocol/samples.ts';
import { sizeOf } from '../../core/tensor/tensor.ts';
import type { RequestContext } from '../door/services.ts';
import type { Dataset } from '../host/data/dataset.ts';
import { targetsFor } from '../host/data/describe.ts';
import { openImported } from '../host/data/open.ts';
import type { Host } from '../host/host.ts';
import { dataSources } from '../host/without-records.ts';
import type { DataJobResult } from '../host/runs/data-job.ts';
import type { DataJobRequest } from '../host/runs/messages.ts';
import { Sequence } from './json-file.ts';
import { ServiceError } from './service-error.ts';
import { toldProgress } from './told-progress.ts';
import { withoutUndefined } from './without-undefined.ts';

/** Data sets kept open, and for how long one may be used before its files are looked at again, in milliseconds. */
const mostOpen = 3;
const trustedMs = 15_000;
/** Larger sets are read from the disk, sample by sample. */
const memoryLimit = 64 * 1024 * 1024;
const mostSummaries = 20;

type Context = Pick<RequestContext, 'signal' | 'progress'>;
type DataRequest = Pick<ParsedInput<'data.info'>, 'source' | 'baseDir' | 'target' | 'context' | 'image' | 'split'>;

interface OpenData {
  readonly dataset: Dataset;
  readonly openedMs: number;
  /** Positions of each class's samples within a split, once asked for. */
  readonly classes: Map<Split, readonly Uint32Array[]>;
}

export class DataService {
  readonly #host: Host;
  /** Newest use last. */
  readonly #open = new Map<string, OpenData>();
  readonly #summaries = new Map<string, DataSummary>();
  /** Of each data set, so that one asked for twice is imported once. */
  readonly #sequences = new Map<string, Sequence>();

  constructor(host: Host) {
    this.#host = host;
  }

  sources(): readonly { readonly source: string; readonly title: string; readonly kind: string }[] {
    return dataSources().map(({ source, title, kind }) => ({ source, title, kind }));
  }

  /** @throws DataError */
  async info(request: DataRequest, context: Context): Promise<DataInfo> {
    return (await this.#dataset(this.request(request), context)).dataset.info;
  }

  async summary(request: DataRequest, context: Context): Promise<DataSummary> {
    const job = this.request(request);
    const { contentHash } = (await this.#dataset(job, context)).dataset.info;
    const known = this.#summaries.get(contentHash);
    if (known) return known;
    const { info, description } = await this.#job(job, true, context);
    const summary = { info, splits: description!.splits };
    this.#summaries.set(info.contentHash, summary);
    if (this.#summaries.size > mostSummaries) this.#summaries.delete([...this.#summaries.keys()][0]);
    return summary;
  }

  /** Pictures in [0, 1]; fewer than asked for at a split's end. @throws ServiceError for a class that is not there */
  async samples(
    { of, start, count, class: wanted, ...request }: ParsedInput<'data.samples'>,
    context: Context,
  ): Promise<Samples> {
    const open = await this.#dataset(this.request(request), context);
    const { info } = open.dataset;
    if (wanted !== undefined && wanted >= info.classes.length) {
      throw new ServiceError('bad-input', `there is no class ${wanted}: the data has ${info.classes.length}`, {
        path: ['class'],
      });
    }
    const indices =
      wanted === undefined
        ? range(start, Math.min(info.counts[of], start + count))
        : classesOf(open, of)[wanted].slice(start, start + count);
    const data = new Float32Array(indices.length * sizeOf(info.shape));
    const targets = targetsFor(info, indices.length);
    open.dataset.read(of, indices, 'unit', data, targets);
    const labels = targets instanceof BigInt64Array ? Int32Array.from(targets, Number) : null;
    return {
      name: of,
      label: of,
      kind: info.kind,
      shape: info.shape,
      range: 'unit',
      data,
      reference: null,
      referenceShape: null,
      labels,
    };
  }

  /** What a data set is, opened (and imported in a worker the first time) without keeping it open. */
  ready(request: DataJobRequest, context: Context): Promise<DataInfo> {
    return this.#inTurn(request, async () => {
      const found = await openImported({ ...request, memoryLimit: 0 });
      if (!found) return (await this.#job(request, false, context)).info;
      found.close();
      return found.info;
    });
  }

  request(request: DataRequest): DataJobRequest {
    const { source, baseDir, target, context, image, split } = request;
    return {
      source,
      baseDir,
      cacheDir: this.#host.home.dataCache,
      ...withoutUndefined({
        target,
        context,
        image: image && withoutUndefined(image),
        split: split && withoutUndefined(split),
      }),
    };
  }

  close(): void {
    for (const { dataset } of this.#open.values()) dataset.close();
    this.#open.clear();
  }

  #dataset(request: DataJobRequest, context: Context): Promise<OpenData> {
    const key = JSON.stringify(request);
    return this.#inTurn(request, async () => {
      const known = this.#open.get(key);
      if (known && Date.now() - known.openedMs < trustedMs) return this.#keep(key, known);
      if (known) this.#drop(key);
      const options = { ...request, memoryLimit };
      let dataset = await openImported(options);
      if (!dataset) {
        await this.#job(request, false, context);
        dataset = await openImported(options);
      }
      if (!dataset)
        throw new ServiceError('cache', `${request.source} was imported but cannot be read back`, {
          hint: 'check the disk',
        });
      return this.#keep(key, { dataset, openedMs: Date.now(), classes: new Map() });
    });
  }

  /** Work on one data set waits for that before it, so that eight runs of it do not import it eight times. */
  #inTurn<Result>(request: DataJobRequest, work: () => Promise<Result>): Promise<Result> {
    const key = JSON.stringify(request);
    const sequence = this.#sequences.get(key) ?? new Sequence();
    this.#sequences.set(key, sequence);
    return sequence.run(work);
  }

  #keep(key: string, open: OpenData): OpenData {
    this.#open.delete(key);
    this.#open.set(key, open);
    if (this.#open.size > mostOpen) this.#drop([...this.#open.keys()][0]);
    return open;
  }

  #drop(key: string): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    // Whoever was given it reads without waiting, but may come to it a moment later.
    if (open) setTimeout(() => open.dataset.close(), 1000).unref();
  }

  #job(request: DataJobRequest, describe: boolean, { signal, progress }: Context): Promise<DataJobResult> {
    return this.#host.job<DataJobResult>(
      { kind: 'data', request, describe },
      { signal, onUpdate: toldProgress(progress) },
    );
  }
}

const range = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

function classesOf({ dataset, classes }: OpenData, of: Split): readonly Uint32Array[] {
  const known = classes.get(of);
  if (known) return known;
  const { info } = dataset;
  const found: number[][] = info.classes.map(() => []);
  const size = sizeOf(info.shape);
  const block = Math.max(1, Math.floor(1_000_000 / size));
  for (let start = 0; start < info.counts[of]; start += block) {
    const indices = range(start, Math.min(info.counts[of], start + block));
    const targets = new BigInt64Array(indices.length);
    dataset.read(of, indices, 'unit', new Float32Array(indices.length * size), targets);
    targets.forEach((target, i) => found[Number(target)].push(start + i));
  }
  const made = found.map((positions) => Uint32Array.from(positions));
  classes.set(of, made);
  return made;
}
