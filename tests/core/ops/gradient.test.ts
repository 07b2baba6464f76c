import { describe, expect, it } from 'vitest';
import { opTypes } from '../../../core/graph/instruction-set.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf } from '../../../core/tensor/tensor.ts';
import { gradientCases } from './gradient-cases.ts';
import { finiteDifference, gradientProgram, relativeError, type GradientCase } from './gradient-check.ts';

const tolerance = 2e-6;

/** The gradients that differ from finite differences, in words. */
function differences(one: GradientCase): string[] {
  const { scalars, whole, feeds, differentiated } = gradientProgram(one, 'float64', false);
  const found = evaluateGraph(whole, feeds);
  const compare = (order: 'first' | 'second', of: string, input: string): string[] => {
    const gradient = found.get(`${order}/${input}`);
    const name = `the ${order} gradient in ${input}`;
    if (gradient?.shape.join() !== feeds.get(input)?.shape.join())
      return [`${name} has shape [${gradient?.shape.join(', ')}]`];
    const wanted = finiteDifference(scalars, feeds, of, input);
    const numbers = gradient ? numbersOf(gradient) : [];
    return relativeError(numbers, wanted) < tolerance
      ? []
      : [`${name} is ${numbers.join(', ')} instead of ${wanted.join(', ')}`];
  };
  const first = differentiated
    .filter((name) => name.startsWith('x'))
    .flatMap((input) => compare('first', 'loss', input));
  return one.second === false
    ? first
    : [...first, ...differentiated.flatMap((input) => compare('second', 'probe', input))];
}

/** The gradients that come out differently when the graph is built before the batch size is known. */
function symbolicDifferences(one: GradientCase): string[] {
  const [fixed, symbolic] = [false, true].map((batch) => {
    const { whole, feeds } = gradientProgram(one, 'float64', batch);
    return evaluateGraph(whole, feeds);
  });
  return [...fixed].flatMap(([name, wanted]) => {
    const found = symbolic.get(name);
    const close = found && relativeError(numbersOf(found), numbersOf(wanted)) < 1e-12;
    return close && found.shape.join() === wanted.shape.join() ? [] : [name];
  });
}

describe('every operator with a gradient rule agrees with finite differences, first and second order', () => {
  it.each(opTypes)('%s is checked exactly if it has a rule', (op) => {
    const cases = gradientCases[op];
    expect(cases === 'constant').toBe(gradients[op] === 'constant');
    if (cases === 'constant') return;
    expect(cases.length).toBeGreaterThan(0);
    for (const one of cases)
      expect(gradientProgram(one, 'float64', false).scalars.nodes.some((node) => node.op === op)).toBe(true);
  });

  for (const op of opTypes) {
    const cases = gradientCases[op];
    if (cases === 'constant') continue;
    describe(`of ${op}`, () => {
      it.each(cases)('$name', (one) => expect(differences(one)).toEqual([]));
      it.each(cases.filter((one) => one.inputs.some((input) => input.batch)))('$name, batch known at run time', (one) =>
        expect(symbolicDifferences(one)).toEqual([]),
      );
    });
  }
});
