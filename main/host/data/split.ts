/** Divides a source's rows into training, validation and test: at random by seed, or as the source itself says. */
import { RandomStream } from '../../../core/random/random.ts';
import { DataError } from './data-error.ts';
import type { SourceRequest, SplitOptions, SplitRows } from './source.ts';

/** Rows a source assigns itself; the rest of its rows are `train` and can be divided further. */
export interface OwnSplits {
  readonly train: Uint32Array;
  readonly validation?: Uint32Array;
  readonly test?: Uint32Array;
}

const heldBack = 0.1;

function amountOf(name: string, value: number | undefined, fallback: number, total: number): number {
  const wanted = value ?? fallback;
  if (!Number.isFinite(wanted) || wanted < 0 || (wanted >= 1 && !Number.isInteger(wanted))) {
    throw new DataError(
      'option',
      '',
      `the ${name} split must be a share below 1 or a whole number of samples, found ${wanted}`,
    );
  }
  return wanted < 1 ? Math.round(wanted * total) : wanted;
}

/**
 * Sizes of the three splits of `total` rows.
 * @throws DataError when nothing is left to train on.
 */
export function splitSizes(
  total: number,
  options: SplitOptions,
  fallback: Required<SplitOptions>,
  file: string,
): [number, number, number] {
  const validation = amountOf('validation', options.validation, fallback.validation, total);
  const test = amountOf('test', options.test, fallback.test, total);
  const train = total - validation - test;
  if (train < 1) {
    const problem = `holds ${total} samples to divide, which leaves none for training after ${validation} for validation and ${test} for test`;
    throw new DataError('option', file, problem, 'hold back fewer samples');
  }
  return [train, validation, test];
}

/** The integers `first` … `first + count − 1`. */
export function range(first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => first + i);
}

/**
 * Divides rows: splits the source brings stay as they are; what it does not bring is drawn from its training rows by
 * seed, a tenth each unless the request says otherwise. Rows keep the source's order inside a split.
 */
export function divide(own: OwnSplits, request: SourceRequest): SplitRows {
  const { split, path, seed } = request;
  const [, validationSize, testSize] = splitSizes(
    own.train.length,
    { validation: own.validation ? 0 : split.validation, test: own.test ? 0 : split.test },
    { validation: heldBack, test: heldBack },
    path,
  );
  const order = new RandomStream(seed, 'split').permutation(own.train.length);
  const pick = (from: number, to: number): Uint32Array =>
    order
      .slice(from, to)
      .sort()
      .map((at) => own.train[at]);
  return {
    train: pick(validationSize + testSize, order.length),
    validation: own.validation ?? pick(0, validationSize),
    test: own.test ?? pick(validationSize, validationSize + testSize),
  };
}

/** Divides `total` rows that carry no split of their own. */
export function divideAll(total: number, request: SourceRequest): SplitRows {
  return divide({ train: range(0, total) }, request);
}
