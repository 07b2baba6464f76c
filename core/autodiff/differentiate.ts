/**
 * Reverse-mode differentiation of a graph, as a graph: walks the nodes backwards and adds each one's gradient rule.
 *
 * It knows no operator: the rules are a table (core/ops/gradient.ts). Rules emit ordinary nodes, so the result can be
 * differentiated again. Griewank and Walther, "Evaluating Derivatives", 2nd ed., chapter 3.
 */
import type { Node, Value } from '../graph/graph.ts';
import { GraphError } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';
import { isFloat, type GradientTable } from '../ops/gradients/rule.ts';

/**
 * Adds the nodes that compute ∂loss/∂w for every `w` of `wrt`.
 * @param loss a scalar float value (shape `[]`) of the builder's graph, or any shape when `seed` is given.
 * @param seed the gradient of the final quantity in `loss`, shaped like it; 1 when absent.
 * @returns one value for each of `wrt`, of its type; zeros where the loss does not depend on it.
 * @throws GraphError when the loss is not a scalar and no seed is given.
 */
export function differentiate(
  b: OpBuilder,
  rules: GradientTable,
  loss: Value,
  wrt: readonly Value[],
  seed?: Value,
): readonly Value[] {
  if (!seed && loss.type.shape.length !== 0) {
    throw new GraphError(
      `the loss '${loss.name}' must be a scalar to be differentiated, it has shape [${loss.type.shape.join(', ')}]`,
    );
  }
  const forward = [...b.nodes];
  const dependent = dependentOn(b, rules, forward, wrt);
  const gradients = new Map<Value, Value>([[loss, seed ?? b.scalar(1, loss.type.dtype)]]);
  for (const node of forward.toReversed()) {
    if (!node.outputs.some((output) => gradients.has(output) && dependent.has(output))) continue;
    b.withOrigin(node.origin, () => propagate(b, rules, node, dependent, gradients));
  }
  return wrt.map((value) => gradients.get(value) ?? b.zerosLike(value));
}

/** Every value that depends on one of `wrt` (those included) by a path that passes gradients on: no barrier, no constant rule. */
function dependentOn(b: OpBuilder, rules: GradientTable, nodes: readonly Node[], wrt: readonly Value[]): Set<Value> {
  const dependent = new Set(wrt);
  for (const node of nodes) {
    if (rules[node.op] === 'constant' || !node.inputs.some((input) => input && dependent.has(input))) continue;
    for (const output of node.outputs) if (isFloat(output.type.dtype) && !b.barriers.has(output)) dependent.add(output);
  }
  return dependent;
}

function propagate(
  b: OpBuilder,
  rules: GradientTable,
  node: Node,
  dependent: ReadonlySet<Value>,
  gradients: Map<Value, Value>,
): void {
  const rule = rules[node.op];
  if (rule === 'constant') return;
  const wanted = (index: number): boolean => {
    const input = node.inputs[index];
    return input !== null && input !== undefined && dependent.has(input);
  };
  const contributions = rule(b, {
    inputs: node.inputs,
    outputs: node.outputs,
    attributes: node.attributes,
    gradients: node.outputs.map((output) => gradients.get(output) ?? null),
    wanted,
  });
  contributions.forEach((contribution, index) => {
    const input = node.inputs[index];
    if (!contribution || !input || !wanted(index)) return;
    const earlier = gradients.get(input);
    gradients.set(input, earlier ? b.add(earlier, contribution) : contribution);
  });
}
