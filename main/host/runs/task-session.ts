/** What a family is given to sample and evaluate with: the engine's programs and real examples. */
import type { Split } from '../../../core/data/data-info.ts';
import type { Examples, TaskSession } from '../../../core/tasks/task.ts';
import { allocate, sizeOf, tensor } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { LoadedModel } from './load-model.ts';

/** Reads examples `start` to `start + count` of a split, fewer at its end, in stored order. */
export function readExamples(
  dataset: Dataset,
  range: 'unit' | 'symmetric',
  split: Split,
  start: number,
  count: number,
): Examples {
  const { info } = dataset;
  const taken = Math.max(0, Math.min(count, info.counts[split] - start));
  const x = new Float32Array(taken * sizeOf(info.shape));
  const y = info.target === 'none' ? undefined : allocate(info.target === 'class' ? 'int64' : 'float32', taken);
  const indices = Uint32Array.from({ length: taken }, (_, i) => start + i);
  dataset.read(split, indices, range, x, y);
  const samples = tensor('float32', [taken, ...info.shape], x);
  if (!y) return { x: samples };
  return { x: samples, y: y instanceof Float32Array ? tensor('float32', [taken], y) : tensor('int64', [taken], y) };
}

/** @param onProgress hears of chunks done; it may throw to cancel. */
export function taskSession(
  loaded: LoadedModel,
  onProgress: (done: number, total: number) => void = () => {},
): TaskSession {
  const range = loaded.model.task.range(loaded.model.config);
  return {
    run: (program, args) => loaded.engine.run(program, args),
    examples: (split, start, count) => readExamples(loaded.dataset, range, split, start, count),
    progress: onProgress,
  };
}
