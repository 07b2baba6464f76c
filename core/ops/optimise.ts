/** Makes graphs of this instruction set cheaper: passes that know the graph, and passes that know the operators. */
import type { Graph } from '../graph/graph.ts';
import { mergeCommonSubexpressions } from '../graph/passes/common-subexpressions.ts';
import { removeDeadCode } from '../graph/passes/dead-code.ts';
import { optimiseGraph, type Pass } from '../graph/passes/optimise.ts';
import { foldConstants } from './passes/fold.ts';
import { shrinkWork } from './passes/shrink.ts';
import { simplify } from './passes/simplify.ts';
import { inferTypes } from './types.ts';

const passes: readonly Pass[] = [removeDeadCode, foldConstants, simplify, mergeCommonSubexpressions, shrinkWork];

/**
 * The same computation with less work: constants folded, no-ops and repetitions gone, nothing unused.
 * Inputs and outputs keep their names, order and types.
 * @param verify checks the graph after every pass: for tests, and for graphs from outside.
 * @throws GraphError when `verify` is set and the graph, or what a pass makes of it, breaks a rule.
 */
export function optimise(graph: Graph, verify = false): Graph {
  return optimiseGraph(graph, passes, verify ? inferTypes : undefined);
}
