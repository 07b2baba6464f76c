/** Checks that a graph keeps the rules of the representation; run between passes, and on graphs read from files. */
import type { Tensor } from '../tensor/tensor.ts';
import {
  GraphError,
  fits,
  formatType,
  type Attribute,
  type Graph,
  type InferTypes,
  type Node,
  type TensorType,
  type Value,
} from './graph.ts';
import { schemaOf, type AttributeKind } from './instruction-set.ts';

/**
 * @param infer the type rules; when given, every recorded type is compared with the inferred one.
 * @throws GraphError naming the first faulty node, its origin, what was expected and what was found.
 */
export function verifyGraph(graph: Graph, infer?: InferTypes): void {
  const defined = new Set<Value>();
  const names = new Set<string>();
  const define = (value: Value, where: string, origin = ''): void => {
    if (defined.has(value)) throw new GraphError(`${where}: the value '${value.name}' is made twice`, origin);
    if (names.has(value.name))
      throw new GraphError(`${where}: the name '${value.name}' is taken by another value`, origin);
    defined.add(value);
    names.add(value.name);
  };
  for (const input of graph.inputs) define(input, `graph '${graph.name}' inputs`);
  for (const [value, tensor] of graph.initializers) {
    define(value, `graph '${graph.name}' constants`);
    expectType(value.type, tensor, `constant '${value.name}'`, '');
  }
  for (const node of graph.nodes) {
    const where = describeNode(node);
    checkSchema(node, where);
    for (const input of node.inputs) {
      if (input && !defined.has(input)) {
        throw new GraphError(`${where}: the input '${input.name}' is used before any node makes it`, node.origin);
      }
    }
    if (infer) checkTypes(graph, node, infer, where);
    for (const output of node.outputs) define(output, where, node.origin);
  }
  checkOutputs(graph, defined);
}

function describeNode(node: Node): string {
  const origin = node.origin ? ` (${node.origin})` : '';
  return `${node.op} '${node.outputs[0]?.name ?? '?'}'${origin}`;
}

function checkSchema(node: Node, where: string): void {
  const schema = schemaOf(node.op);
  if (!schema) throw new GraphError(`${where}: '${node.op}' is not in the instruction set`, node.origin);
  for (const [what, count, [fewest, most]] of [
    ['inputs', node.inputs.length, schema.inputs],
    ['outputs', node.outputs.length, schema.outputs],
  ] as const) {
    if (count < fewest || count > most) {
      const expected =
        fewest === most ? String(fewest) : most === Infinity ? `at least ${fewest}` : `${fewest} to ${most}`;
      throw new GraphError(`${where}: expected ${expected} ${what}, found ${count}`, node.origin);
    }
  }
  for (const [name, value] of Object.entries(node.attributes)) {
    const kind = schema.attributes[name];
    if (!kind) throw new GraphError(`${where}: ${node.op} has no attribute '${name}'`, node.origin);
    if (!isOfKind(value, kind)) {
      throw new GraphError(
        `${where}: attribute '${name}' must be ${kind}, found ${describeAttribute(value)}`,
        node.origin,
      );
    }
  }
}

function isOfKind(value: Attribute, kind: AttributeKind): boolean {
  switch (kind) {
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'ints':
      return Array.isArray(value) && value.every(Number.isInteger);
    case 'floats':
      return Array.isArray(value) && value.every((item) => typeof item === 'number');
    case 'tensor':
      return typeof value === 'object' && 'dtype' in value;
  }
}

function describeAttribute(value: Attribute): string {
  if (typeof value === 'object' && 'dtype' in value) return `a tensor ${formatType(value)}`;
  return JSON.stringify(value);
}

function checkTypes(graph: Graph, node: Node, infer: InferTypes, where: string): void {
  const types = inferredTypes(graph, node, infer, where);
  node.outputs.forEach((output, index) =>
    expectType(output.type, types[index], `${where}: output '${output.name}'`, node.origin),
  );
}

function inferredTypes(graph: Graph, node: Node, infer: InferTypes, where: string): readonly TensorType[] {
  try {
    return infer(node.op, {
      inputs: node.inputs.map((input) => input?.type ?? null),
      constants: node.inputs.map((input) => (input ? graph.initializers.get(input) : undefined)),
      attributes: node.attributes,
      outputCount: node.outputs.length,
    });
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new GraphError(`${where}: ${error.message}`, node.origin);
  }
}

function expectType(recorded: TensorType, found: TensorType | Tensor, where: string, origin: string): void {
  if (recorded.dtype === found.dtype && fits(recorded.shape, found.shape)) return;
  throw new GraphError(`${where}: expected ${formatType(found)}, the graph records ${formatType(recorded)}`, origin);
}

function checkOutputs(graph: Graph, defined: ReadonlySet<Value>): void {
  const names = new Set<string>();
  for (const { name, value } of graph.outputs) {
    if (!defined.has(value))
      throw new GraphError(`graph '${graph.name}': nothing makes the value '${value.name}' of output '${name}'`);
    if (names.has(name)) throw new GraphError(`graph '${graph.name}': two outputs are named '${name}'`);
    names.add(name);
  }
}
