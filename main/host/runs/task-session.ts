/** What a family is given to sample and evaluate with: the engine's programs and real examples. */
import type { DataRange, Split } from '../../../core/data/data-info.ts';
import type { Examples, Finding, TaskSession } from '../../../core/tasks/task.ts';
import { allocate, sizeOf, tensor } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { LoadedModel } from './load-model.ts';

/** Reads examples `start` to `start + count` of a split, fewer at its end, in stored order. */
export function readExamples(dataset: Dataset, range: DataRange, split: Split, start: number, count: number): Examples {
  const { info } = dataset;
  const taken = Math.max(0, Math.min(count, info.counts[split] - start));
  return examplesAt(
    dataset,
    range,
    split,
    Uint32Array.from({ length: taken }, (_, i) => start + i),
  );
}

/** Reads the examples at these places of a split. @throws RangeError where there is none */
export function examplesAt(dataset: Dataset, range: DataRange, split: Split, indices: ArrayLike<number>): Examples {
  const { info } = dataset;
  const taken = indices.length;
  const x = new Float32Array(taken * sizeOf(info.shape));
  const y = info.target === 'none' ? undefined : allocate(info.target === 'class' ? 'int64' : 'float32', taken);
  dataset.read(split, indices, range, x, y);
  const samples = tensor('float32', [taken, ...info.shape], x);
  if (!y) return { x: samples };
  return { x: samples, y: y instanceof Float32Array ? tensor('float32', [taken], y) : tensor('int64', [taken], y) };
}

/** @param onProgress hears of chunks done; it may throw to cancel. @param note hears what an evaluation finds */
export function taskSession(
  loaded: LoadedModel,
  onProgress: (done: number, total: number) => void = () => {},
  note?: (finding: Finding) => void,
): TaskSession {
  const range = loaded.model.task.range(loaded.model.config);
  return {
    run: (program, args) => loaded.engine.run(program, args),
    examples: (split, start, count) => readExamples(loaded.dataset, range, split, start, count),
    progress: onProgress,
    ...(note && { note }),
  };
}
