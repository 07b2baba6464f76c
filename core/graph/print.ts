/** Writes a graph as text for people: one line an input, constant, node and output. */
import { sizeOf, numbersOf, type Tensor } from '../tensor/tensor.ts';
import { formatType, type Attribute, type Graph, type Node } from './graph.ts';

/** Constants show at most this many elements. */
const mostElements = 6;

/**
 * For example:
 * ```
 * graph 'step'
 *   input x: float32[N, 3]
 *   constant constant: int64[2] = 0, 1
 *   add: float32[N, 3] = Add(x, bias)  # encoder/dense
 *   output loss = reducesum
 * ```
 */
export function printGraph(graph: Graph): string {
  return [
    `graph '${graph.name}'`,
    ...graph.inputs.map((input) => `  input ${input.name}: ${formatType(input.type)}`),
    ...[...graph.initializers].map(
      ([value, tensor]) => `  constant ${value.name}: ${formatType(value.type)} = ${abbreviate(tensor)}`,
    ),
    ...graph.nodes.map((node) => `  ${printNode(node)}`),
    ...graph.outputs.map(({ name, value }) => `  output ${name} = ${value.name}`),
    '',
  ].join('\n');
}

/** One node on one line, its origin behind a `#`. */
function printNode(node: Node): string {
  const outputs = node.outputs.map((output) => `${output.name}: ${formatType(output.type)}`).join(', ');
  const inputs = node.inputs.map((input) => input?.name ?? '–').join(', ');
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${printAttribute(value)}`);
  const braces = attributes.length > 0 ? ` {${attributes.join(', ')}}` : '';
  return `${outputs} = ${node.op}(${inputs})${braces}${node.origin ? `  # ${node.origin}` : ''}`;
}

function printAttribute(value: Attribute): string {
  if (typeof value !== 'object') return String(value);
  return 'dtype' in value ? `${formatType(value)} ${abbreviate(value)}` : `[${value.join(', ')}]`;
}

function abbreviate(tensor: Tensor): string {
  const size = sizeOf(tensor.shape);
  const shown = numbersOf({ ...tensor, data: tensor.data.slice(0, mostElements) } as Tensor);
  const rounded = shown.map((value) =>
    Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5))),
  );
  return rounded.join(', ') + (size > mostElements ? ', …' : '');
}
