/** The training step as it is exported. */
import type { Program } from '../../../core/program/program.ts';

/** The step without the figures that only a workbench looks at. */
export function withoutWatched(program: Program): Program {
  const outputs = program.outputs.filter(({ target }) => target.kind !== 'watch');
  const names = new Set(outputs.map(({ name }) => name));
  const graph = { ...program.graph, outputs: program.graph.outputs.filter(({ name }) => names.has(name)) };
  return { ...program, graph, outputs };
}
