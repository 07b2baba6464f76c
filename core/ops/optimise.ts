/** Makes graphs of this instruction set cheaper: passes that know the graph, and passes that know the operators. */
import type { Graph } from '../graph/graph.ts';
import { mergeCommonSubexpressions } from '../graph/passes/common-subexpressions.ts';
import { removeDeadCode } from '../graph/passes/dead-code.ts';
import { optimiseGraph, type Pass } from '../graph/passes/optimise.ts';
import type { optimisations, OptimisationName, Without } from './optimisations.ts';
import { foldConstants } from './passes/fold.ts';
import { sumByProduct } from './passes/leading-sums.ts';
import { shrinkWork } from './passes/shrink.ts';
import { pooledRectifier } from './passes/pooled-rectifier.ts';
import { siluGradient } from './passes/silu-gradient.ts';
import { simplify } from './passes/simplify.ts';
import { inferTypes } from './types.ts';

type PassName = {
  [Name in OptimisationName]: (typeof optimisations)[Name]['kind'] extends 'pass' ? Name : never;
}[OptimisationName];

/** In the order they run. Dead code goes always: other passes leave it for this one to take away. */
const passes: Readonly<Record<PassName, Pass>> = {
  'fold-constants': foldConstants,
  simplify,
  'merge-repetitions': mergeCommonSubexpressions,
  'shrink-work': shrinkWork,
  'sum-by-product': sumByProduct,
  'silu-gradient': siluGradient,
  'pooled-rectifier': pooledRectifier,
};

export interface OptimiseOptions {
  /** Checks the graph after every pass: for tests, and for graphs from outside. */
  readonly verify?: boolean;
  /** Passes to leave out. */
  readonly without?: Without;
}

/**
 * The same computation with less work: constants folded, no-ops and repetitions gone, nothing unused.
 * Inputs and outputs keep their names, order and types.
 * @throws GraphError when `verify` is set and the graph, or what a pass makes of it, breaks a rule.
 */
export function optimise(graph: Graph, { verify = false, without = new Set() }: OptimiseOptions = {}): Graph {
  const wanted = Object.entries(passes).filter(([name]) => !without.has(name as PassName));
  return optimiseGraph(graph, [removeDeadCode, ...wanted.map(([, pass]) => pass)], verify ? inferTypes : undefined);
}
