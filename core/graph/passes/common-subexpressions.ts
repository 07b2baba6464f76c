/** Common-subexpression elimination: what is computed twice from the same values is computed once. */
import { sizeOf, type Tensor } from '../../tensor/tensor.ts';
import { isUnknown, type Attribute, type Attributes, type Graph, type Node, type Value } from '../graph.ts';
import { rewriteGraph } from './rewrite.ts';

/** Larger tensors are compared by identity: reading whole weights would cost more than a rare copy. */
const mostElements = 1024;

/** The graph with equal constants and equal nodes merged into their first; the same object when there are none. */
export function mergeCommonSubexpressions(graph: Graph): Graph {
  const numbers = new Map<object, number>();
  const numberOf = (object: object): number => {
    const known = numbers.get(object);
    if (known === undefined) numbers.set(object, numbers.size);
    return known ?? numbers.size - 1;
  };
  const tensorKey = (tensor: Tensor): string => {
    const elements = sizeOf(tensor.shape) > mostElements ? `#${numberOf(tensor.data)}` : elementKey(tensor);
    return `${tensor.dtype}[${tensor.shape.join()}]${elements}`;
  };
  const attributeKey = ([name, value]: [string, Attribute]): string =>
    `${name}=${typeof value === 'object' && 'dtype' in value ? tensorKey(value) : JSON.stringify(value)}`;
  const constants = representatives(graph, tensorKey);
  const valueKey = (value: Value | null): number => (value ? numberOf(constants.get(value) ?? value) : -1);
  const attributesKey = (attributes: Attributes): string => {
    const entries = Object.entries(attributes);
    return entries.length > 1 ? entries.map(attributeKey).sort().join(';') : entries.map(attributeKey).join();
  };
  const seen = new Map<string, Node>();
  return rewriteGraph(graph, (node) => {
    const inputs = node.inputs.map(valueKey).join();
    const key = shapeKey(node) ?? `${node.op}(${inputs})${attributesKey(node.attributes)}>${node.outputs.length}`;
    const earlier = seen.get(key);
    if (earlier) return earlier.outputs;
    const merged =
      constants.size > 0 && node.inputs.some((input) => input && constants.has(input))
        ? { ...node, inputs: node.inputs.map((input) => input && (constants.get(input) ?? input)) }
        : node;
    seen.set(key, merged);
    return merged;
  });
}

/** Elements as text that tells −0 from 0 and joins equal NaNs. */
function elementKey({ data }: Tensor): string {
  return data.includes(0 as never)
    ? Array.from(data as Float32Array, (value) => (Object.is(value, -0) ? '-0' : value)).join()
    : data.join();
}

/** The first constant of each content, for every later equal one. */
function representatives(graph: Graph, tensorKey: (tensor: Tensor) => string): ReadonlyMap<Value, Value> {
  const first = new Map<string, Value>();
  const result = new Map<Value, Value>();
  for (const [value, tensor] of graph.initializers) {
    const key = tensorKey(tensor);
    const earlier = first.get(key);
    if (earlier) result.set(value, earlier);
    else first.set(key, value);
  }
  return result;
}

/** Two shapes with the same known elements are one value, whatever they were read from. */
function shapeKey(node: Node): string | undefined {
  const { shape, elements } = node.outputs[0].type;
  if (node.outputs.length !== 1 || !elements || elements.some(isUnknown)) return undefined;
  return `elements[${shape.join()}]${elements.join()}`;
}
