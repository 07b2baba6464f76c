/** Types of whole recurrent layers: one direction, time first, gates side by side, as ONNX defines them. */
import { GraphError, numberAttribute, stringAttribute, type Dim, type TypeQuery } from '../../graph/graph.ts';
import { expectEqual, expectRank, floats, inputType, optionalType, sameDType, type Rule } from './rule.ts';

/**
 * X [steps, batch, features], W [1, gates·hidden, features], R [1, gates·hidden, hidden], B [1, 2·gates·hidden] and
 * starting states [1, batch, hidden]; Y [steps, 1, batch, hidden] and last states [1, batch, hidden].
 * @param states how many states are carried from step to step: the hidden one, and the LSTM's cell.
 */
function recurrentRule(gates: number, states: number): Rule {
  return (query) => {
    refuseVariants(query);
    const [x, w, r] = [0, 1, 2].map((index) => inputType(query, index, floats));
    expectRank(x.shape, 3, 'input');
    expectRank(w.shape, 3, 'weights');
    expectRank(r.shape, 3, 'recurrent weights');
    const [steps, batch, features] = x.shape;
    const hidden = r.shape[2];
    expectEqual(w.shape[2], features, 'the weights and the features differ');
    if (typeof hidden === 'number')
      expectEqual(r.shape[1], gates * hidden, 'the recurrent weights and the units differ');
    expectEqual(w.shape[1], r.shape[1], 'the weights and the recurrent weights differ');
    const state: readonly Dim[] = [1, batch, hidden];
    const started = Array.from({ length: states }, (_, index) => optionalType(query, 5 + index, floats));
    for (const start of started)
      start?.shape.forEach((dim, axis) => expectEqual(dim, state[axis], 'a starting state differs'));
    const dtype = sameDType(x, w, r, optionalType(query, 3, floats), ...started);
    const all = [[steps, 1, batch, hidden], ...started.map(() => state)];
    return all.slice(0, query.outputCount).map((shape) => ({ dtype, shape }));
  };
}

function refuseVariants({ attributes, inputs }: TypeQuery): void {
  const direction = stringAttribute(attributes, 'direction', 'forward');
  if (direction !== 'forward') throw new GraphError(`only the direction 'forward' is supported, found '${direction}'`);
  if (numberAttribute(attributes, 'layout', 0) !== 0) throw new GraphError('only layout 0 (time first) is supported');
  if (inputs[4]) throw new GraphError('sequences of different lengths in one batch are not supported');
  if (inputs[7]) throw new GraphError('peepholes are not supported');
}

export const lstmRule = recurrentRule(4, 2);
export const gruRule = recurrentRule(3, 1);
