/** The classifier: one network from a sample to a score for each class, trained by cross entropy. */
import { z } from 'zod';
import { softmaxCrossEntropy } from '../nn/losses.ts';
import { numbersOf, type Tensor } from '../tensor/tensor.ts';
import { dataType, inChunks, labelType, measured, meansOver, planScalars, program, rows, train } from './common.ts';
import { expectShape } from './expectations.ts';
import { saliencyMethods, saliencyOf, saliencyProgram, saliencyProgramName, type SaliencyMethod } from './saliency.ts';
import {
  batchDim,
  type CompileContext,
  type CompiledModel,
  type Examples,
  type Probe,
  type TaskDefinition,
  type TaskSession,
} from './task.ts';

const schema = z
  .strictObject({
    type: z.literal('classifier'),
    labelSmoothing: z.number().min(0).lt(1).default(0).describe('Share of the target spread evenly over all classes.'),
  })
  .describe('Says which class a sample belongs to.');
type Config = z.output<typeof schema>;

const network = 'classifier';
const range = 'unit';

function check(probe: Probe): void {
  if (probe.data.target !== 'class') {
    probe.issue(
      ['data', 'source'],
      'a classifier needs data with classes, and this data has none',
      'choose data with labels',
    );
  }
  const [logits] = probe.apply(network, { data: dataType(probe.data) });
  if (probe.data.target !== 'class') return;
  const expected = [batchDim, probe.data.classes.length];
  expectShape(probe, network, logits, expected, 'one score for each class of the data');
}

function compile(context: CompileContext, config: Config): CompiledModel {
  const { plan, data } = context;
  const training = program(context, 'train', (p) => {
    const x = p.batch('x', dataType(data, plan.batchSize));
    const y = p.batch('y', labelType(plan.batchSize));
    const [logits] = context.apply(p, network, { data: x }, { training: true });
    const loss = p.b.reduceMean(softmaxCrossEntropy(p.b, logits, y, config.labelSmoothing));
    p.metric('loss', loss);
    p.metric('accuracy', p.b.reduceMean(p.b.cast(p.b.equal(p.b.argMax(logits, -1), y), 'float32')));
    train(p, context, loss, network, [network]);
  });
  const predict = program(context, 'predict', (p) => {
    const x = p.argument('x', 'float32', dataType(data).shape);
    const [logits] = context.apply(p, network, { data: x }, { training: false });
    p.result('probabilities', p.b.softmax(logits));
  });
  return {
    registry: context.registry,
    train: training,
    batchesPerStep: 1,
    programs: new Map([
      ['predict', predict],
      [saliencyProgramName, saliencyProgram(context, network)],
    ]),
    scalars: planScalars(plan, { [network]: [network] }),
    outputs: [{ name: 'predictions', label: 'Predictions', kind: 'classScores' }],
    sampleOptions: [],
    exports: [{ name: network, program: 'predict' }],
    insights: [{ kind: 'confusion' }],
    judge: {
      probabilities: probabilitiesOfAll,
      methods: saliencyMethods,
      saliency: (session, x, classes, method) =>
        saliencyOf(session, range, { x, classes, method: methodNamed(method) }),
    },
    sample: async (session, request) => {
      const examples = session.examples('test', 0, request.count);
      const probabilities = await probabilitiesOfAll(session, examples.x);
      const labels = examples.y && { labels: numbersOf(examples.y) };
      return [
        {
          name: 'predictions',
          label: 'Predictions',
          kind: 'classScores',
          data: probabilities,
          range,
          reference: examples.x,
          ...labels,
        },
      ];
    },
    evaluate: (session, split, limit) =>
      meansOver(session, split, limit, data.counts[split], (examples) =>
        measure(session, examples, data.classes.length),
      ),
  };
}

function methodNamed(name: string): SaliencyMethod {
  const found = saliencyMethods.find((method) => method.name === name);
  if (found) return found.name;
  throw new RangeError(`there is no way called '${name}' to weigh input values`);
}

function probabilitiesOfAll(session: TaskSession, x: Examples['x']): Promise<Tensor<'float32'>> {
  return inChunks(session, x.shape[0], (from, to) => probabilitiesOf(session, rows(x, from, to)));
}

async function probabilitiesOf(session: TaskSession, x: Examples['x']) {
  return (await session.run('predict', { x }))['probabilities'];
}

/** Cross entropy and correctness of each example, from the probabilities (floored at 1e-12 before the logarithm). */
async function measure(session: TaskSession, examples: Examples, classes: number): Promise<Record<string, number[]>> {
  const probabilities = numbersOf(await probabilitiesOf(session, examples.x));
  const truth = examples.y ? numbersOf(examples.y) : [];
  const loss = truth.map((label, i) => -Math.log(Math.max(1e-12, probabilities[i * classes + label])));
  const predicted = truth.map((_, i) => {
    const scores = probabilities.slice(i * classes, (i + 1) * classes);
    return scores.indexOf(Math.max(...scores));
  });
  session.note?.({ kind: 'classes', actual: truth, predicted });
  const accuracy = truth.map((label, i) => (predicted[i] === label ? 1 : 0));
  return { loss, accuracy };
}

export const classifier: TaskDefinition<Config> = {
  type: 'classifier',
  label: 'Classifier',
  summary: 'Says which class a sample belongs to.',
  group: 'predictive',
  data: measured,
  schema,
  metrics: [
    { name: 'loss', label: 'Cross entropy', goal: 'min' },
    { name: 'accuracy', label: 'Accuracy', goal: 'max' },
    { name: 'loss', label: 'Cross entropy', goal: 'min', heldOut: true },
    { name: 'accuracy', label: 'Accuracy', goal: 'max', heldOut: true },
  ],
  networks: {
    [network]: {
      purpose: 'From a sample (data) to one score for each class, before softmax.',
      inputs: { x: 'data' },
    },
  },
  range: () => range,
  check,
  compile,
};
