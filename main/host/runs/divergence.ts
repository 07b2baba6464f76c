/** What a diverged run says: which figures were not finite, where that began, and what to try. */
import type { RunFailure } from '../../../core/protocol/records.ts';
import type { Divergence } from './engine.ts';
import { wordOf } from './forensics.ts';

/** @param step the step, counted from 1, after which something was not finite. */
export function divergenceFailure(divergence: Divergence, step: number): RunFailure {
  const { node } = divergence;
  return {
    code: 'diverged',
    message: `step ${step}: ${describeDivergence(divergence)}`,
    step,
    ...(node && { node: `${node.origin}: ${node.op} ${node.value}` }),
    hint: 'resume from the last checkpoint with a lower learning rate, or clip the gradients (training.optimizer.clip)',
  };
}

function describeDivergence({ metrics, node, input }: Divergence): string {
  const figures = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value));
  const names = figures.map(([name, value]) => `${name} is ${value}`);
  if (node) names.push(`the first ${node.found} came out of ${node.op} in ${node.origin || 'the loss'}`);
  if (input) names.push(`${input.name} has ${wordOf(input.value)}`);
  return names.join('; ');
}
