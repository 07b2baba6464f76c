/** A program that runs by itself: its state becomes constants, and only what is given by hand stays an input. */
import type { Graph, Value } from '../../../core/graph/graph.ts';
import { emaName } from '../../../core/optim/minimise.ts';
import type { Program } from '../../../core/program/program.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { State } from '../runs/engine.ts';

/** The tensor a program reads for a state tensor outside training: its moving average where one is kept. */
function inferenceValue(state: State, name: string): Tensor<'float32'> {
  const value = state.get(emaName(name)) ?? state.get(name);
  if (!value) throw new Error(`the state has no tensor '${name}'`);
  return value;
}

/** The program's graph with its state inputs replaced by constants of the same names; the tensors are not copied. */
export function inferenceGraph(program: Program, state: State): Graph {
  const { graph, inputs } = program;
  const weights: [Value, Tensor][] = [];
  const free: Value[] = [];
  graph.inputs.forEach((value, index) => {
    const { source } = inputs[index];
    if (source.kind === 'state') weights.push([value, inferenceValue(state, source.state)]);
    else free.push(value);
  });
  return { ...graph, inputs: free, initializers: new Map([...graph.initializers, ...weights]) };
}
