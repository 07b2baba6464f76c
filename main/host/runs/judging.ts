/** What a served model says of single examples: which class it takes each for, and what in it that hangs on. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Judged } from '../../../core/protocol/insights.ts';
import type { Explained } from '../../../core/protocol/samples.ts';
import type { Examples, Judge, TaskSession } from '../../../core/tasks/task.ts';
import { numbersOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { shuffledOrder } from '../evaluation/shuffled.ts';
import { samplesOf } from '../images/samples-message.ts';
import { TaskFailure } from './failure.ts';
import type { LoadedModel } from './load-model.ts';
import type { Explaining, ServeRequest } from './messages.ts';
import { examplesAt } from './task-session.ts';

/** Examples read and judged at once. */
const chunk = 256;

/** The classes that the first `count` examples of a split are taken for, in the order in which evaluations look at them. */
export async function judge(
  loaded: LoadedModel,
  { of, count }: Extract<ServeRequest, { readonly kind: 'judge' }>,
  session: TaskSession,
): Promise<Judged> {
  const judging = judgeOf(loaded);
  const { info } = loaded.dataset;
  const total = info.counts[of];
  const indices = Int32Array.from(shuffledOrder(of, total).subarray(0, count));
  const { length } = indices;
  const [actual, predicted] = [new Int32Array(length), new Int32Array(length)];
  const confidence = new Float32Array(length);
  // Progress of the parts would run from start to end for each of them.
  const quiet: TaskSession = { ...session, progress: () => {} };
  for (let from = 0; from < length; from += chunk) {
    const examples = examplesOf(loaded, of, indices.subarray(from, from + chunk));
    const best = likeliest(await judging.probabilities(quiet, examples.x));
    actual.set(classesOf(examples, info), from);
    predicted.set(best.classes, from);
    confidence.set(best.probabilities, from);
    session.progress(Math.min(length, from + chunk), length);
  }
  return { indices, actual, predicted, confidence, total };
}

/** What in the named examples the score of a class hangs on. @throws TaskFailure `bad-input`, `no-classes` */
export async function explain(
  loaded: LoadedModel,
  { of, indices, score, method }: Explaining,
  session: TaskSession,
): Promise<Explained> {
  const judging = judgeOf(loaded);
  const { info } = loaded.dataset;
  const beyond = indices.find((index) => index >= info.counts[of]);
  if (beyond !== undefined)
    throw new TaskFailure('bad-input', `there is no ${of} example ${beyond}: the split has ${info.counts[of]}`);
  if (typeof score === 'number' && score >= info.classes.length)
    throw new TaskFailure('bad-input', `there is no class ${score}: the data has ${info.classes.length}`);
  if (!judging.methods.some(({ name }) => name === method)) {
    const known = judging.methods.map(({ name }) => name).join(', ');
    throw new TaskFailure('bad-input', `'${method}' is no way to weigh input values`, `choose one of: ${known}`);
  }
  const examples = examplesOf(loaded, of, indices);
  const probabilities = await judging.probabilities({ ...session, progress: () => {} }, examples.x);
  const labels = classesOf(examples, info);
  const classes = explained(score, labels, likeliest(probabilities).classes);
  const saliency = await judging.saliency(session, examples.x, classes, method);
  const range = loaded.model.task.range(loaded.model.config);
  const { name, label } = loaded.model.outputs.find(({ kind }) => kind === 'classScores') ?? { name: '', label: '' };
  const samples = samplesOf({
    name,
    label,
    kind: 'classScores',
    data: probabilities,
    range,
    reference: examples.x,
    labels,
  });
  return { samples, saliency: saliency.data, classes: Int32Array.from(classes) };
}

function explained(
  score: Explaining['score'],
  actual: readonly number[],
  predicted: readonly number[],
): readonly number[] {
  if (score === 'predicted') return predicted;
  return score === 'actual' ? actual : actual.map(() => score);
}

function judgeOf({ model }: LoadedModel): Judge {
  if (model.judge) return model.judge;
  throw new TaskFailure('no-classes', 'this model does not judge examples', 'choose a run of a classifier');
}

function examplesOf({ model, dataset }: LoadedModel, of: Explaining['of'], indices: ArrayLike<number>): Examples {
  return examplesAt(dataset, model.task.range(model.config), of, indices);
}

/** The true class of each example. */
function classesOf({ x, y }: Examples, info: DataInfo): readonly number[] {
  if (y && info.target === 'class') return numbersOf(y);
  throw new TaskFailure('no-classes', `the data has no classes to judge ${x.shape[0]} examples by`);
}

/** The likeliest class of each row, with its probability. */
function likeliest({ shape, data }: Tensor<'float32'>) {
  const [count, width] = shape;
  const classes: number[] = [];
  const probabilities = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const scores = data.subarray(row * width, (row + 1) * width);
    probabilities[row] = scores.reduce((most, value) => Math.max(most, value), -Infinity);
    classes.push(scores.indexOf(probabilities[row]));
  }
  return { classes, probabilities };
}
