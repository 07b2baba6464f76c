/** Turns a loss into parameter updates within a program: gradients, clipping, the optimizer, moving averages. */
import { differentiate } from '../autodiff/differentiate.ts';
import type { Value } from '../graph/graph.ts';
import { gradients as gradientRules } from '../ops/gradient.ts';
import type { OpBuilder } from '../ops/builder.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import type { StateSpec } from '../program/program.ts';
import { updateParameter, type OptimizerConfig, type Slot, type UpdateQuery } from './optimizers.ts';

export interface MinimiseOptions {
  /** Name of the group of parameters trained together, usually a network: names its scalars and metrics. */
  readonly group: string;
  readonly optimizer: OptimizerConfig;
  /** Whether an exponential moving average of each parameter is kept, with the scalar `emaDecay`. */
  readonly ema: boolean;
  /** Whether the gradient norm is drawn as a curve. */
  readonly report: boolean;
}

/** Names of the scalars that minimising a group reads. */
export const learningRateScalar = (group: string): string => `learningRate.${group}`;
export const emaDecayScalar = 'emaDecay';

/** The state name of a parameter's moving average. */
export const emaName = (parameter: string): string => `ema/${parameter}`;

/**
 * Adds to the program all that one optimizer step on `loss` needs, and sets the next value of each parameter.
 * With `report`, the metric `gradientNorm.<group>` is the joint L2 norm √Σ‖g‖² of the gradients before clipping by norm,
 * and each parameter's ‖g‖² can be watched.
 * @param loss a scalar; @param parameters the trained parameters (role `parameter`) this group owns.
 */
export function minimise(
  program: ProgramBuilder,
  loss: Value,
  parameters: readonly StateSpec[],
  options: MinimiseOptions,
): void {
  const { b } = program;
  const { group, optimizer } = options;
  const values = parameters.map((spec) => program.state(spec));
  const raw = differentiate(b, gradientRules, loss, values);
  b.withOrigin(`optimizer/${group}`, () => {
    const limited = clipValues(b, raw, optimizer.clip?.value);
    const squares = limited.map((value) => b.reduce('ReduceSumSquare', value));
    const norm = b.sqrt(squares.reduce((sum, square) => b.add(sum, square)));
    if (options.report) {
      program.metric(`gradientNorm.${group}`, norm);
      parameters.forEach(({ name }, index) => program.watchGradient(name, squares[index]));
    }
    const clipped = clipNorm(b, limited, norm, optimizer.clip?.norm);
    const learningRate = program.scalar(learningRateScalar(group));
    const count = counts(program, group, optimizer.type);
    parameters.forEach((spec, index) => {
      const next = updateParameter(optimizer, {
        b,
        parameter: values[index],
        gradient: clipped[index],
        learningRate,
        decays: decays(spec, optimizer),
        slot: (name) => slotOf(program, `${optimizer.type}.${name}/${spec.name}`, spec),
        count,
      });
      program.setState(spec, next);
      if (options.ema) updateAverage(program, spec, next);
    });
  });
}

/** Whether weight decay applies: the layer's own word, then the document's exclusions (whole parts of the name). */
function decays(spec: StateSpec, optimizer: OptimizerConfig): boolean {
  return spec.decay && !optimizer.decayExclude.some((parts) => `/${spec.name}/`.includes(`/${parts}/`));
}

function clipValues(b: OpBuilder, values: readonly Value[], limit: number | undefined): readonly Value[] {
  return limit === undefined ? values : values.map((value) => b.clip(value, -limit, limit));
}

/** g · min(1, limit / (norm + 1e-6)), Pascanu et al. 2013; the small number is PyTorch's. */
function clipNorm(b: OpBuilder, values: readonly Value[], norm: Value, limit: number | undefined): readonly Value[] {
  if (limit === undefined) return values;
  const factor = b.min(b.div(limit, b.add(norm, 1e-6)), 1);
  return values.map((value) => b.mul(value, factor));
}

function slotOf(program: ProgramBuilder, name: string, like: StateSpec): Slot {
  const spec: StateSpec = { name, shape: like.shape, role: 'optimizer', init: { type: 'zeros' }, decay: false };
  return { value: program.state(spec), set: (next) => program.setState(spec, next) };
}

/** Discounted counts shared by all parameters of a group: updated once a step, however many parameters read them. */
function counts(program: ProgramBuilder, group: string, optimizer: string): UpdateQuery['count'] {
  const made = new Map<string, Value>();
  return (name, beta) => {
    const known = made.get(name);
    if (known) return known;
    const spec: StateSpec = {
      name: `${optimizer}.${name}/${group}`,
      shape: [],
      role: 'optimizer',
      init: { type: 'zeros' },
      decay: false,
    };
    const next = program.b.add(program.b.mul(program.state(spec), beta), 1);
    program.setState(spec, next);
    made.set(name, next);
    return next;
  };
}

function updateAverage(program: ProgramBuilder, spec: StateSpec, next: Value): void {
  const { b } = program;
  const average: StateSpec = { ...spec, name: emaName(spec.name), role: 'ema' };
  const old = program.state(average);
  program.setState(average, b.add(old, b.mul(b.sub(next, old), b.sub(1, program.scalar(emaDecayScalar)))));
}
