/** The small network of tests/golden/optimizers.py, trained by the reference interpreter. */
import {
  minimise,
  emaDecayScalar,
  emaName,
  learningRateScalar,
  type MinimiseOptions,
} from '../../../core/optim/minimise.ts';
import { optimizerSchema, type OptimizerConfig } from '../../../core/optim/optimizers.ts';
import type { Value } from '../../../core/graph/graph.ts';
import type { Without } from '../../../core/ops/optimisations.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import type { Program, StateSpec } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, scalarTensor, sizeOf, tensorOf, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';

const seed = 7;
const group = 'net';

const parameter = (name: string, shape: Shape, decay: boolean): StateSpec => ({
  name,
  shape,
  role: 'parameter',
  init: { type: 'zeros' },
  decay,
});
export const parameters: readonly StateSpec[] = [
  parameter('net/hidden/kernel', [4, 5], true),
  parameter('net/hidden/bias', [5], false),
  parameter('net/out/kernel', [5, 3], true),
  parameter('net/out/bias', [3], false),
];

/** Uniform on [−1, 1) from the stream of this name. */
function drawn(name: string, shape: Shape): Tensor<'float32'> {
  const values = new Float64Array(sizeOf(shape));
  new RandomStream(seed, name).fillUniform(values);
  return tensorOf(
    'float32',
    shape,
    values.map((value) => 2 * value - 1),
  );
}

export interface SmallRun {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly state: ReadonlyMap<string, Tensor>;
}

/** The mean squared error times `scale` of a tanh network 4-5-3 at the parameters' current values. */
export function smallLoss(p: ProgramBuilder, scale: number): Value {
  const { b } = p;
  const x = b.constant(drawn('x', [8, 4]));
  const y = b.constant(drawn('y', [8, 3]));
  const [kernel1, bias1, kernel2, bias2] = parameters.map((spec) => p.state(spec));
  const hidden = b.tanh(b.add(b.matMul(x, kernel1), bias1));
  const made = b.add(b.matMul(hidden, kernel2), bias2);
  return b.mul(b.reduceMean(b.square(b.sub(made, y))), scale);
}

interface SmallOptions {
  readonly lossScale?: number;
  readonly without?: Without;
}

/** One training step of that network as a program. */
export function smallProgram(
  optimizer: OptimizerConfig,
  { lossScale = 1, without, ...options }: Partial<MinimiseOptions> & SmallOptions = {},
): Program {
  const p = new ProgramBuilder('train', new StateRegistry(), without);
  const loss = smallLoss(p, lossScale);
  p.metric('loss', loss);
  minimise(p, loss, parameters, { group, optimizer, ema: false, report: true, ...options });
  return p.build();
}

/** Runs a program for `steps` steps, its state carried over; the learning rate is the optimizer's own, unscheduled. */
export function runSmall(program: Program, optimizer: OptimizerConfig, steps: number, emaDecay = 0): SmallRun {
  const scalars: Record<string, number> = {
    [learningRateScalar(group)]: optimizer.learningRate,
    [emaDecayScalar]: emaDecay,
  };
  const state = new Map<string, Tensor>();
  for (const input of program.inputs) {
    if (input.source.kind === 'state') state.set(input.source.state, startOf(input.source.state, input.shape as Shape));
  }
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < steps; step++) {
    const feeds = program.inputs.map(({ name, source }): [string, Tensor] => {
      if (source.kind === 'scalar') return [name, scalarTensor('float32', scalars[source.scalar])];
      return [name, state.get(source.kind === 'state' ? source.state : '') as Tensor];
    });
    const results = evaluateGraph(program.graph, new Map(feeds));
    for (const { name, target } of program.outputs) {
      const value = results.get(name) as Tensor;
      if (target.kind === 'state') state.set(target.state, value);
      if (target.kind === 'metric') (target.metric === 'loss' ? losses : norms).push(numbersOf(value)[0]);
    }
  }
  return { losses, norms, state };
}

/** Parameters and their averages start at drawn numbers, what the optimizer keeps at its own start. */
function startOf(name: string, shape: Shape): Tensor {
  const known = parameters.find((spec) => spec.name === name || emaName(spec.name) === name);
  if (known) return drawn(known.name, shape);
  return initialState([{ name, shape, role: 'optimizer', init: { type: 'zeros' }, decay: false }], 0).get(
    name,
  ) as Tensor;
}

/** The values of all parameters in order, read under the names `rename` gives them. */
export function flatState(state: ReadonlyMap<string, Tensor>, rename = (name: string) => name): number[] {
  return parameters.flatMap((spec) => numbersOf(state.get(rename(spec.name)) as Tensor));
}

/** An optimizer as a document writes it. */
export const optimizerOf = (written: unknown): OptimizerConfig => optimizerSchema.parse(written);
