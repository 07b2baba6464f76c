import { describe, expect, it } from 'vitest';
import type { Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { graphFlops } from '../../../core/ops/flops.ts';

/** The cost of the last node `body` adds for x: [N, 3, 28, 28]. */
function cost(body: (b: OpBuilder, x: Value) => unknown, shape: readonly (number | string)[] = ['N', 3, 28, 28]) {
  const b = new OpBuilder('test');
  body(b, b.input('x', 'float32', shape));
  return graphFlops(b.build());
}

const weight = (b: OpBuilder, ...shape: number[]): Value => b.input(`w${b.inputs.length}`, 'float32', shape);

describe('costs for one example', () => {
  it('a convolution: outputs times the channels and window each one reads', () => {
    const plain = cost((b, x) => b.conv(x, weight(b, 16, 3, 3, 3), null, { pads: [1, 1, 1, 1] }));
    expect(plain).toMatchObject({ multiplyAdds: 28 * 28 * 16 * 3 * 9, flops: 2 * 28 * 28 * 16 * 3 * 9 });
    const depthwise = cost((b, x) => b.conv(x, weight(b, 3, 1, 5, 5), weight(b, 3), { group: 3, strides: [2, 2] }));
    expect(depthwise).toMatchObject({ multiplyAdds: 12 * 12 * 3 * 25, flops: 2 * 12 * 12 * 3 * 25 + 12 * 12 * 3 });
  });

  it('a transposed convolution: inputs times the window each one writes', () => {
    const transposed = cost((b, x) =>
      b.convTranspose(x, weight(b, 3, 8, 4, 4), null, { strides: [2, 2], pads: [1, 1, 1, 1] }),
    );
    expect(transposed.multiplyAdds).toBe(28 * 28 * 3 * 8 * 16);
  });

  it('matrix products: rows times columns times what is summed, however they are turned', () => {
    expect(cost((b, x) => b.matMul(x, weight(b, 784, 10)), ['N', 784]).multiplyAdds).toBe(7840);
    expect(cost((b, x) => b.gemm(x, weight(b, 10, 784), weight(b, 10), { transB: true }), ['N', 784])).toMatchObject({
      multiplyAdds: 7840,
      flops: 2 * 7840 + 10,
    });
    expect(cost((b, x) => b.fusedMatMul(x, weight(b, 4, 5, 6), { transA: true }), [4, 5, 7]).multiplyAdds).toBe(
      4 * 5 * 6 * 7,
    );
  });

  it('the second dense layer of AlexNet, 4096 × 4096: 16.8 million multiply-adds', () => {
    expect(cost((b, x) => b.matMul(x, weight(b, 4096, 4096)), ['N', 4096]).multiplyAdds).toBe(16_777_216);
  });

  it('elementwise operators cost their size, reductions what they read, moves nothing', () => {
    expect(cost((b, x) => b.relu(x)).flops).toBe(3 * 28 * 28);
    expect(cost((b, x) => b.add(x, weight(b, 3, 1, 1))).flops).toBe(3 * 28 * 28);
    expect(cost((b, x) => b.reduceSum(x)).flops).toBe(3 * 28 * 28);
    expect(cost((b, x) => b.transpose(b.reshape(x, [0, -1]), [1, 0])).flops).toBe(0);
    expect(cost((b, x) => b.averagePool(x, { kernel: [2, 2], strides: [2, 2] })).flops).toBe(3 * 14 * 14 * 4);
  });

  it('a batch joined twice counts twice; origins share the total', () => {
    const b = new OpBuilder('test');
    const x = b.input('x', 'float32', ['N', 8]);
    b.withOrigin('a', () => b.relu(b.concat([x, x], 0)));
    b.withOrigin('b', () => b.matMul(x, b.input('w', 'float32', [8, 2])));
    const { flops, multiplyAdds, byOrigin } = graphFlops(b.build());
    expect({ flops, multiplyAdds }).toEqual({ flops: 16 + 32, multiplyAdds: 16 });
    expect(byOrigin.get('a')).toEqual({ flops: 16, multiplyAdds: 0 });
    expect(byOrigin.get('b')).toEqual({ flops: 32, multiplyAdds: 16 });
  });
});
