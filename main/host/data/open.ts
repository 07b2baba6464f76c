/** Opens a data set by the words of a document: finds it, imports it once into the cache, and hands it over. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DataError } from './data-error.ts';
import { openRecord, type Dataset } from './dataset.ts';
import { fingerprint } from './files.ts';
import { didYouMean } from './nearest.ts';
import { checkImageOptions, scaled } from './pixels.ts';
import { recordVersion } from './record.ts';
import { writeRecord } from './record-writer.ts';
import type { DataProgress, ImageOptions, PreparedSource, SourcePlan, SourceRequest, SplitOptions } from './source.ts';
import { builtinSources, planBuiltin } from './sources/builtin.ts';
import { planCifar } from './sources/cifar.ts';
import { planIdx } from './sources/idx.ts';
import { planImages } from './sources/images.ts';
import { planNpy } from './sources/npy.ts';
import { planTable } from './sources/table.ts';
import { planText } from './sources/text.ts';

const defaultMemoryLimit = 512 * 1024 * 1024;

export interface OpenOptions {
  /** `builtin:glyphs`, `images:photos`, …; relative paths are taken from `baseDir`, the document's folder. */
  readonly source: string;
  readonly cacheDir: string;
  readonly baseDir: string;
  /** Draws the split where the source brings none; 0 unless given. */
  readonly seed?: number;
  readonly split?: SplitOptions;
  readonly image?: ImageOptions;
  /** A table's target column; for CIFAR-100 `fine` or `coarse`. */
  readonly target?: string;
  /** Of a text: how many characters or bytes a model sees at once; 128 unless given. */
  readonly context?: number;
  readonly onProgress?: DataProgress;
  /** Sets up to this many bytes are held in memory, larger ones are read from disk as needed; 512 MB unless given. */
  readonly memoryLimit?: number;
}

/** A way of naming data, for lists and for help. */
export interface SourceDescription {
  readonly source: string;
  readonly title: string;
  readonly kind: 'image' | 'points' | 'table' | 'text' | 'image or points';
  /** Which of `split`, `image`, `context` and `target` mean something to it. */
  readonly options: readonly ('split' | 'image' | 'context' | 'target')[];
}

interface Scheme {
  readonly plan: (request: SourceRequest) => SourcePlan | Promise<SourcePlan>;
  readonly takesTarget: boolean;
  readonly descriptions: readonly SourceDescription[];
}

const described = (
  source: string,
  title: string,
  kind: SourceDescription['kind'],
  ...options: SourceDescription['options']
): SourceDescription => ({ source, title, kind, options });

const builtinTitles: readonly SourceDescription[] = [
  described('builtin:glyphs', 'digits drawn as strokes, 28 × 28 grey, 10 classes', 'image', 'split', 'image'),
  described(
    'builtin:shapes',
    'coloured shapes with known factors, 32 × 32 colour, 6 classes',
    'image',
    'split',
    'image',
  ),
  described(
    'builtin:text',
    'lines that keep rules: sentences, sums, brackets; 96 characters',
    'text',
    'split',
    'context',
  ),
  described('builtin:points/8gaussians', 'eight Gaussians on a circle', 'points', 'split'),
  described('builtin:points/25gaussians', 'twenty-five Gaussians on a grid', 'points', 'split'),
  described('builtin:points/moons', 'two interleaving half circles', 'points', 'split'),
  described('builtin:points/spirals', 'two spiral arms', 'points', 'split'),
  described('builtin:points/checkerboard', 'eight fields of a board', 'points', 'split'),
  described('builtin:points/swissroll', 'one rolled-up curve', 'points', 'split'),
];

const schemes: Readonly<Record<string, Scheme>> = {
  builtin: { plan: planBuiltin, takesTarget: false, descriptions: builtinTitles },
  idx: {
    plan: planIdx,
    takesTarget: false,
    descriptions: [described('idx:DIR', 'MNIST family files, plain or gzip', 'image', 'split', 'image')],
  },
  cifar: {
    plan: planCifar,
    takesTarget: true,
    descriptions: [
      described('cifar:DIR', 'CIFAR-10 or CIFAR-100, binary version', 'image', 'split', 'image', 'target'),
    ],
  },
  images: {
    plan: planImages,
    takesTarget: false,
    descriptions: [
      described('images:DIR', 'PNG, JPEG and WebP pictures, sub-folders as classes', 'image', 'split', 'image'),
    ],
  },
  table: {
    plan: planTable,
    takesTarget: true,
    descriptions: [described('table:FILE.csv', 'a CSV table with a header', 'table', 'split', 'target')],
  },
  text: {
    plan: planText,
    takesTarget: false,
    descriptions: [described('text:FILE', 'a text file in UTF-8', 'text', 'split', 'context')],
  },
  npy: {
    plan: planNpy,
    takesTarget: false,
    descriptions: [described('npy:FILE.npy', 'a NumPy array', 'image or points', 'split', 'image')],
  },
};

/** Every kind of source that can be opened, the bundled sets one by one. */
export function listSources(): readonly SourceDescription[] {
  return Object.values(schemes).flatMap((scheme) => scheme.descriptions);
}

/** Splits `scheme:rest` and looks the scheme up. */
function schemeOf(source: string): { readonly name: string; readonly scheme: Scheme; readonly rest: string } {
  const colon = source.indexOf(':');
  const name = colon < 0 ? source : source.slice(0, colon);
  const forms = listSources().map((description) => description.source);
  if (colon < 0 || !Object.hasOwn(schemes, name)) {
    const guess =
      didYouMean(colon < 0 ? `builtin:${source}` : source, builtinSources) ?? didYouMean(name, Object.keys(schemes));
    throw new DataError('source', '', `"${source}" is not a data source`, guess ?? `known are ${forms.join(', ')}`);
  }
  const rest = source.slice(colon + 1);
  const form = schemes[name].descriptions[0].source;
  if (rest === '')
    throw new DataError(
      'source',
      '',
      `"${source}" names no ${name === 'builtin' ? 'data set' : 'path'}`,
      `write it as ${form}`,
    );
  return { name, scheme: schemes[name], rest };
}

function requestOf(options: OpenOptions): { readonly request: SourceRequest; readonly scheme: Scheme } {
  const { source, baseDir, seed = 0, split = {}, image = {}, target, context, onProgress = () => {} } = options;
  const { name, scheme, rest } = schemeOf(source);
  const place = name === 'builtin' ? rest : path.resolve(baseDir, rest);
  if (target !== undefined && !scheme.takesTarget) {
    throw new DataError('option', '', `"${source}" has no target to choose, found "${target}"`, 'leave the target out');
  }
  if (context !== undefined && !scheme.descriptions.some(({ options: known }) => known.includes('context')))
    throw new DataError(
      'option',
      '',
      `"${source}" is no text, so a context means nothing to it`,
      'leave the context out',
    );
  checkImageOptions(image, source);
  return { request: { source, path: place, seed, split, image, target, context, onProgress }, scheme };
}

async function prepareScaled(plan: SourcePlan, { image, source }: SourceRequest): Promise<PreparedSource> {
  const prepared = await plan.prepare();
  if (Object.values(image).every((value) => value === undefined)) return prepared;
  if (prepared.description.kind !== 'image')
    throw new DataError('option', source, 'holds no pictures, so a picture size means nothing to it');
  return scaled(prepared, image);
}

/**
 * Opens a data set. The first time (and whenever the source, an option or a file changed, or the cache is damaged) it is
 * imported into `cacheDir`; then it is read from there. Close it when done.
 * @throws DataError when the source cannot be read or the cache cannot be written.
 */
export async function openDataset(options: OpenOptions): Promise<Dataset> {
  const { tryOpen, write } = await findRecord(options);
  const ready = tryOpen();
  if (ready) return ready;
  const folder = await write();
  // Another process may be replacing a damaged record in this very moment.
  for (let attempt = 0; attempt < 5; attempt++) {
    const made = tryOpen();
    if (made) return made;
    await setTimeout(40);
  }
  throw new DataError('cache', folder, 'was written but cannot be read back', 'check the disk');
}

/** Opens a data set if it has been imported already, and says undefined otherwise. @throws DataError */
export async function openImported(options: OpenOptions): Promise<Dataset | undefined> {
  return (await findRecord(options)).tryOpen();
}

interface FoundRecord {
  readonly tryOpen: () => Dataset | undefined;
  /** Imports the data. @returns the record's folder. */
  readonly write: () => Promise<string>;
}

/** Where the record of a data set is, or is to be. */
async function findRecord(options: OpenOptions): Promise<FoundRecord> {
  const { request, scheme } = requestOf(options);
  const { source, path: place, seed, split, image, context, onProgress } = request;
  const plan = await scheme.plan(request);
  const files = await fingerprint(plan.files);
  const identity = [
    recordVersion,
    source,
    place,
    seed,
    split,
    image,
    plan.identity,
    files,
    ...(context === undefined ? [] : [context]),
  ];
  const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  const label = source.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40);
  const folder = path.join(options.cacheDir, `${label}-${key.slice(0, 24)}`);
  const tryOpen = (): Dataset | undefined => openRecord(folder, key, options.memoryLimit ?? defaultMemoryLimit);
  const isWhole = (): boolean => {
    const found = tryOpen();
    found?.close();
    return found !== undefined;
  };
  const write = async (): Promise<string> => {
    await writeRecord(await prepareScaled(plan, request), folder, key, onProgress, isWhole);
    return folder;
  };
  return { tryOpen, write };
}
