import { describe, expect, it } from 'vitest';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { optimise } from '../../../core/ops/optimise.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { numbersOf } from '../../../core/tensor/tensor.ts';
import { gradientCases } from './gradient-cases.ts';
import { gradientProgram, relativeError, type GradientCase } from './gradient-check.ts';

/** The outputs that optimising the gradient graph changes. */
function changed(one: GradientCase): string[] {
  const symbolic = one.inputs.some((input) => input.batch);
  const { whole, feeds } = gradientProgram(one, 'float64', symbolic);
  verifyGraph(whole, inferTypes);
  const optimised = evaluateGraph(optimise(whole, { verify: true }), feeds);
  return [...evaluateGraph(whole, feeds)].flatMap(([name, wanted]) => {
    const found = optimised.get(name);
    return found && relativeError(numbersOf(found), numbersOf(wanted)) < 1e-10 ? [] : [name];
  });
}

describe('gradient graphs are well formed, and optimising them changes no number', () => {
  const differentiable = Object.entries(gradientCases).flatMap(([op, cases]) =>
    cases === 'constant' ? [] : [{ op, cases }],
  );
  it.each(differentiable)('$op', ({ cases }) => {
    expect(cases.filter((one) => changed(one).length > 0).map((one) => one.name)).toEqual([]);
  });
});
