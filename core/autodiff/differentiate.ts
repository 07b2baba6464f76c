/**
 * Reverse-mode differentiation of a graph, as a graph: walks the nodes backwards and adds each one's gradient rule.
 *
 * It knows no operator: the rules are a table (core/ops/gradient.ts). Rules emit ordinary nodes, so the result can be
 * differentiated again. Griewank and Walther, "Evaluating Derivatives", 2nd ed., chapter 3.
 */
import type { Node, Value } from '../graph/graph.ts';
import { GraphError } from '../graph/graph.ts';
import type { OpBuilder, OwnGradient } from '../ops/builder.ts';
import { isFloat, type GradientRule, type GradientTable } from '../ops/gradients/rule.ts';

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
  for (let at = forward.length - 1; at >= 0; at--) {
    const node = forward[at];
    const own = b.ownGradients.get(node);
    const whole = own && isWhole(own, gradients) ? own : undefined;
    const { outputs } = whole ?? node;
    if (whole) at -= whole.nodes.length - 1;
    if (!outputs.some((output) => gradients.has(output) && dependent.has(output))) continue;
    b.withOrigin(node.origin, () =>
      propagate(b, whole ? ownRule(whole) : rules[node.op], whole ?? node, dependent, gradients),
    );
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

/** Whether gradients have reached the outputs alone, and nothing within: what is within is used in second derivatives only. */
function isWhole({ nodes, outputs }: OwnGradient, gradients: ReadonlyMap<Value, Value>): boolean {
  return nodes.every((node) => node.outputs.every((value) => outputs.includes(value) || !gradients.has(value)));
}

const ownRule =
  ({ gradient }: OwnGradient): GradientRule =>
  (_, query) =>
    gradient(query.gradients, query.wanted);

function propagate(
  b: OpBuilder,
  rule: GradientRule | 'constant',
  node: Pick<Node, 'inputs' | 'outputs'> & Partial<Node>,
  dependent: ReadonlySet<Value>,
  gradients: Map<Value, Value>,
): void {
  if (rule === 'constant') return;
  const wanted = (index: number): boolean => {
    const input = node.inputs[index];
    return input !== null && input !== undefined && dependent.has(input);
  };
  const contributions = rule(b, {
    inputs: node.inputs,
    outputs: node.outputs,
    attributes: node.attributes ?? {},
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
