import { expect, it } from 'vitest';
import { differentiate } from '../../../../core/autodiff/differentiate.ts';
import { OpBuilder } from '../../../../core/ops/builder.ts';
import { gradients } from '../../../../core/ops/gradient.ts';
import { optimise } from '../../../../core/ops/optimise.ts';
import { evaluateGraph } from '../../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf } from '../../../../core/tensor/tensor.ts';

/** The graph of dy · d(x·σ(x))/dx. */
function gradientGraph() {
  const b = new OpBuilder('silu');
  const [x, dy] = ['x', 'dy'].map((name) => b.input(name, 'float64', [7]));
  const y = b.mul(x, b.sigmoid(x));
  b.output('y', y);
  b.output('dx', differentiate(b, gradients, y, [x], dy)[0]);
  return b.build();
}

it("gives SiLU's derivative σ(x)·(1 + x·(1 − σ(x))), from small x to large", () => {
  const x = [-40, -3, -0.5, 0, 0.25, 4, 40];
  const feeds = new Map([
    ['x', tensorOf('float64', [7], x)],
    [
      'dy',
      tensorOf(
        'float64',
        [7],
        x.map((_, at) => at + 1),
      ),
    ],
  ]);
  const found = evaluateGraph(optimise(gradientGraph(), { verify: true }), feeds).get('dx');
  const sigma = (value: number) => 1 / (1 + Math.exp(-value));
  x.forEach((value, at) => {
    const slope = sigma(value) * (1 + value * (1 - sigma(value)));
    expect(found && numbersOf(found)[at]).toBeCloseTo((at + 1) * slope, 12);
  });
});

it('reads x for the sigmoid and the result only, and is two operations shorter', () => {
  const [plain, short] = [['silu-gradient'] as const, []].map((names) =>
    optimise(gradientGraph(), { without: new Set(names) }),
  );
  const x = short.inputs[0];
  expect(short.nodes.filter((node) => node.inputs.includes(x)).map((node) => node.op)).toEqual(['Sigmoid', 'Mul']);
  expect(plain.nodes.length - short.nodes.length).toBe(2);
});
