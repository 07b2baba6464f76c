/** Turns a loss into parameter updates within a program: gradients, clipping, the optimizer, moving averages. */
import { differentiate } from '../autodiff/differentiate.ts';
import type { Value } from '../graph/graph.ts';
import { gradients as gradientRules } from '../ops/gradient.ts';
import type { OpBuilder } from '../ops/builder.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import type { Part, StateSpec } from '../program/program.ts';
import { updateParameter, type OptimizerConfig, type Slot, type UpdateQuery } from './optimizers.ts';
import { joined, packsOf, separated, slotSpec, type Pack } from './packs.ts';

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
  const raw = differentiate(
    b,
    gradientRules,
    loss,
    parameters.map((spec) => program.state(spec)),
  );
  b.withOrigin(`optimizer/${group}`, () => {
    const limited = clipValues(b, raw, optimizer.clip?.value);
    const gradients = new Map(parameters.map((spec, index) => [spec, limited[index]]));
    const packs = updatesOf(b, parameters, optimizer).map((pack) => {
      const own = pack.flatMap((spec) => gradients.get(spec) ?? []);
      return { pack, own, gradient: joined(b, own) };
    });
    const squares = packs.map(({ gradient }) => squareOf(b, gradient));
    const norm = b.sqrt(squares.reduce((sum, square) => b.add(sum, square)));
    if (options.report) {
      program.metric(`gradientNorm.${group}`, norm);
      const isLarge = parameters.length > mostWatchedAlone;
      packs.forEach(({ pack, own, gradient }, index) => {
        if (pack.length === 1) program.watchGradient(pack[0].name, squares[index]);
        else if (isLarge) program.watchGradients(partsOf(pack), gradient);
        else watchEach(program, pack, own);
      });
    }
    const limit = normLimit(b, norm, optimizer.clip?.norm);
    const learningRate = program.scalar(learningRateScalar(group));
    const count = counts(program, group, optimizer.type);
    for (const { pack, gradient } of packs) {
      const next = updateParameter(optimizer, {
        b,
        parameter: joined(
          b,
          pack.map((spec) => program.state(spec)),
        ),
        gradient: limit ? b.mul(gradient, limit) : gradient,
        learningRate,
        decays: decays(pack[0], optimizer),
        slot: (name) => slotOf(program, slotSpec(`${optimizer.type}.${name}`, pack)),
        count,
      });
      separated(b, next, pack).forEach((value, index) => setParameter(program, pack[index], value, options.ema));
    }
  });
}

/** What is updated together. Plain descent is two nodes a parameter: putting parameters together takes more. */
function updatesOf(b: OpBuilder, parameters: readonly StateSpec[], optimizer: OptimizerConfig): readonly Pack[] {
  const isPlain = optimizer.type === 'sgd' && optimizer.momentum === 0;
  if (isPlain || !b.uses('packed-updates')) return parameters.map((spec) => [spec]);
  return packsOf(parameters, (spec) => optimizer.weightDecay > 0 && decays(spec, optimizer));
}

const squareOf = (b: OpBuilder, gradient: Value): Value => b.reduce('ReduceSumSquare', gradient);

/**
 * Above so many parameters, gradients of a pack are offered as they are: two nodes and two outputs a layer take a quarter of
 * the time in which a model of 500 layers is loaded.
 */
const mostWatchedAlone = 256;

/**
 * Offers ‖g‖² of each parameter of a pack. Nothing else reads it: ONNX Runtime then computes it, and the gradient, before it
 * goes on to the layers before (see `updatesFirst`), although the update waits for them.
 */
function watchEach(program: ProgramBuilder, pack: Pack, gradients: readonly Value[]): void {
  pack.forEach(({ name }, index) => program.watchGradient(name, squareOf(program.b, gradients[index])));
}

const partsOf = (pack: Pack): readonly Part[] => pack.map(({ name, shape }) => ({ name, shape }));

/** Whether weight decay applies: the layer's own word, then the document's exclusions (whole parts of the name). */
function decays(spec: StateSpec, optimizer: OptimizerConfig): boolean {
  return spec.decay && !optimizer.decayExclude.some((parts) => `/${spec.name}/`.includes(`/${parts}/`));
}

function clipValues(b: OpBuilder, values: readonly Value[], limit: number | undefined): readonly Value[] {
  return limit === undefined ? values : values.map((value) => b.clip(value, -limit, limit));
}

/** What gradients are multiplied by: min(1, limit / (norm + 1e-6)), Pascanu et al. 2013; the small number is PyTorch's. */
function normLimit(b: OpBuilder, norm: Value, limit: number | undefined): Value | undefined {
  return limit === undefined ? undefined : b.min(b.div(limit, b.add(norm, 1e-6)), 1);
}

const slotOf = (program: ProgramBuilder, spec: StateSpec): Slot => ({
  value: program.state(spec),
  set: (next) => program.setState(spec, next),
});

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

function setParameter(program: ProgramBuilder, spec: StateSpec, next: Value, ema: boolean): void {
  const { b } = program;
  program.setState(spec, next);
  if (!ema) return;
  const average: StateSpec = { ...spec, name: emaName(spec.name), role: 'ema' };
  const old = program.state(average);
  program.setState(average, b.add(old, b.mul(b.sub(next, old), b.sub(1, program.scalar(emaDecayScalar)))));
}
