/**
 * Gradients of reading one place many times are whole sums, on several threads too: whole numbers, whose sums are exact in any
 * order, against sums made one by one. Each case is large enough for ONNX Runtime to divide it between threads.
 */
import { expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Value } from '../../../core/graph/graph.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { sizeOf, tensorOf, zeros, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';
import { OrtSession } from '../../../main/host/onnxruntime/session.ts';

function wholeNumbers(name: string, dtype: 'int64' | 'float32', shape: Shape, below: number): Tensor {
  const values = new Float64Array(sizeOf(shape));
  new RandomStream(5, name).fillUniform(values);
  return tensorOf(
    dtype,
    shape,
    values.map((value) => Math.floor(value * below)),
  );
}

/** Additions that two threads lose are lost in some runs only. */
const runs = 20;

/** The gradient of Σ weights · read(x, places) with respect to x, as each run gives it. */
async function gradientOf(
  shape: Shape,
  places: Tensor,
  weights: Tensor,
  read: (b: OpBuilder, x: Value, places: Value) => Value,
): Promise<readonly Tensor[]> {
  const b = new OpBuilder('reading');
  const x = b.input('x', 'float32', shape);
  const at = b.input('places', 'int64', places.shape);
  const factors = b.input('weights', 'float32', weights.shape);
  const [dx] = differentiate(b, gradients, b.reduceSum(b.mul(read(b, x, at), factors)), [x]);
  b.output('dx', dx);
  const session = await OrtSession.create(encodeModel(b.build()), { program: 'reading', threads: 4, device: 'cpu' });
  try {
    const found: Tensor[] = [];
    for (let run = 0; run < runs; run++)
      found.push((await session.run({ x: zeros('float32', shape), places, weights })).dx);
    return found;
  } finally {
    await session.release();
  }
}

it('rows of a table, as an embedding reads them', async () => {
  const [rows, reads, width] = [16, 4096, 128];
  const places = wholeNumbers('places', 'int64', [8, reads / 8], rows);
  const weights = wholeNumbers('weights', 'float32', [8, reads / 8, width], 8);
  const found = await gradientOf([rows, width], places, weights, (b, x, at) => b.gather(x, at));
  const sums = new Float32Array(rows * width);
  for (let read = 0; read < reads; read++)
    for (let at = 0; at < width; at++)
      sums[Number(places.data[read]) * width + at] += Number(weights.data[read * width + at]);
  for (const each of found) expect(each).toEqual({ dtype: 'float32', shape: [rows, width], data: sums });
});

it('columns of a table', async () => {
  const [height, columns, reads] = [128, 16, 4096];
  const places = wholeNumbers('places', 'int64', [reads], columns);
  const weights = wholeNumbers('weights', 'float32', [height, reads], 8);
  const found = await gradientOf([height, columns], places, weights, (b, x, at) => b.gather(x, at, 1));
  const sums = new Float32Array(height * columns);
  for (let row = 0; row < height; row++)
    for (let read = 0; read < reads; read++)
      sums[row * columns + Number(places.data[read])] += Number(weights.data[row * reads + read]);
  for (const each of found) expect(each).toEqual({ dtype: 'float32', shape: [height, columns], data: sums });
});

it('rows named by two indices', async () => {
  const [shape, reads] = [[4, 4, 128] as const, 4096];
  const places = wholeNumbers('places', 'int64', [reads, 2], 4);
  const weights = wholeNumbers('weights', 'float32', [reads, 128], 8);
  const found = await gradientOf(shape, places, weights, (b, x, at) => b.emit('GatherND', [x, at]));
  const sums = new Float32Array(sizeOf(shape));
  for (let read = 0; read < reads; read++) {
    const row = Number(places.data[2 * read]) * 4 + Number(places.data[2 * read + 1]);
    for (let at = 0; at < 128; at++) sums[row * 128 + at] += Number(weights.data[read * 128 + at]);
  }
  for (const each of found) expect(each).toEqual({ dtype: 'float32', shape, data: sums });
});
