/** What every layer file shares: typed definitions, reading shapes, and layers made of layers. */
import type { Dim, Value } from '../../graph/graph.ts';
import type { LayerContext, LayerDefinition } from '../layer.ts';

/** A layer definition whose `build` gets the type its schema parses to. */
export function defineLayer<Config>(definition: LayerDefinition<Config>): LayerDefinition<Config> {
  return definition;
}

/** The count of inputs of a layer with exactly one. */
export const oneInput = { fewest: 1, most: 1 } as const;

/** `[N, 3, 28, 28]`, as messages show shapes. */
export function showShape(shape: readonly Dim[]): string {
  return `[${shape.join(', ')}]`;
}

/** The size of an axis, which must be known while the program is built. */
export function sizeAt(context: LayerContext, x: Value, axis: number): number {
  const dim = x.type.shape.at(axis);
  if (typeof dim === 'number') return dim;
  return context.fail(`axis ${axis} of its input ${showShape(x.type.shape)} must have a size known beforehand`);
}

/** Refuses an input that is not float32 or has the wrong number of axes; `expected` says what it should be. */
export function requireRank(
  context: LayerContext,
  x: Value,
  ranks: readonly number[],
  expected: string,
  hint?: string,
): void {
  const { shape, dtype } = x.type;
  if (dtype === 'int64')
    context.fail(`expected ${expected}, found whole numbers ${showShape(shape)}`, 'add an embedding layer before it');
  if (!ranks.includes(shape.length))
    context.fail(`expected ${expected}, found ${showShape(shape)}`, hint ?? rankHint(shape.length));
}

/** The context of a layer within a layer: its parameters are `${name}/kernel` and so on. */
export function scoped(context: LayerContext, name: string): LayerContext {
  const { stepping } = context;
  return {
    ...context,
    parameter: (local, shape, init, options) => context.parameter(`${name}/${local}`, shape, init, options),
    buffer: (local, shape, init) => context.buffer(`${name}/${local}`, shape, init),
    ...(stepping && {
      stepping: {
        ...stepping,
        carried: (local, shape) => stepping.carried(`${name}/${local}`, shape),
        past: (local, fresh, axis) => stepping.past(`${name}/${local}`, fresh, axis),
      },
    }),
  };
}

function rankHint(rank: number): string {
  return rank < 3 ? 'add a reshape layer before it' : 'check which layer it takes its input from';
}
