/** Claims about running graphs on the real ONNX Runtime: right numbers, in place, the same bits, errors in words. */
import { afterEach, describe, expect, test } from 'vitest';
import { decodeModel } from '../../../core/onnx/decode.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { scalarTensor, sizeOf, tensor, tensorOf, zeros, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';
import { EngineError } from '../../../main/host/compute/compute-session.ts';
import { handsNothingOver, OrtSession, type OrtSessionOptions } from '../../../main/host/onnxruntime/session.ts';

const open: OrtSession[] = [];
afterEach(async () => {
  for (const session of open.splice(0)) await session.release();
});

async function start(b: OpBuilder, options: Partial<OrtSessionOptions> = {}): Promise<OrtSession> {
  const session = await OrtSession.create(encodeModel(b.build()), {
    program: 'test program',
    threads: 2,
    device: 'cpu',
    ...options,
  });
  open.push(session);
  return session;
}

function noise(name: string, shape: Shape): Tensor<'float32'> {
  const data = new Float32Array(sizeOf(shape));
  new RandomStream(1, name).fillNormal(data);
  return tensor('float32', shape, data);
}

describe('running', () => {
  test('gives the numbers of the formula, under the names of the outputs', async () => {
    const b = new OpBuilder('names');
    const x = b.input('x', 'float32', ['N', 2]);
    const doubled = b.mul(x, 2);
    const shifted = b.add(doubled, 1);
    // Every kind of output: renamed, one value twice, an input, a constant, and a name another value has.
    b.output('doubled', doubled);
    b.output('again', doubled);
    b.output('same', x);
    b.output('seven', b.scalar(7));
    b.output(doubled.name, shifted);
    const session = await start(b);
    expect(session.inputNames).toEqual(['x']);
    expect(session.outputNames).toEqual(['doubled', 'again', 'same', 'seven', doubled.name]);
    expect(await session.run({ x: tensorOf('float32', [1, 2], [3, 4]) })).toEqual({
      doubled: tensorOf('float32', [1, 2], [6, 8]),
      again: tensorOf('float32', [1, 2], [6, 8]),
      same: tensorOf('float32', [1, 2], [3, 4]),
      seven: scalarTensor('float32', 7),
      [doubled.name]: tensorOf('float32', [1, 2], [7, 9]),
    });
  });

  test('takes and gives every data type, empty tensors included', async () => {
    const b = new OpBuilder('types');
    const feeds = {
      float32: tensorOf('float32', [2], [1.5, -2]),
      float64: tensorOf('float64', [2], [Math.PI, 1e300]),
      int64: tensor('int64', [2], BigInt64Array.of(2n ** 62n, -1n)),
      int32: tensorOf('int32', [2], [5, -5]),
      uint8: tensorOf('uint8', [2], [0, 255]),
      bool: tensorOf('bool', [2], [1, 0]),
      empty: tensorOf('float32', [0, 3], []),
    };
    for (const [name, { dtype, shape }] of Object.entries(feeds)) b.output(`${name} out`, b.input(name, dtype, shape));
    const results = await (await start(b)).run(feeds);
    for (const [name, fed] of Object.entries(feeds)) expect(results[`${name} out`]).toEqual(fed);
  });

  test('a graph and what is read back from its file compute the same', async () => {
    const b = new OpBuilder('again');
    const x = b.input('x', 'float32', ['N', 3, 8, 8]);
    const h = b.conv(x, b.constant(noise('w', [4, 3, 3, 3])), null, { kernel: [3, 3], pads: [1, 1, 1, 1] });
    b.output('y', b.reduceMean(b.emit('LeakyRelu', [h], { alpha: 0.1 }), [2, 3]));
    const feeds = { x: noise('x', [2, 3, 8, 8]) };
    const { y } = await (await start(b)).run(feeds);
    const again = await OrtSession.create(encodeModel(decodeModel(encodeModel(b.build())).graph), {
      program: 'again',
      threads: 2,
      device: 'cpu',
    });
    open.push(again);
    expect((await again.run(feeds)).y).toEqual(y);
  });
});

describe('buffers', () => {
  test('outputs named in fetches are written into the very buffers given', async () => {
    const b = new OpBuilder('update');
    const weights = b.input('weights', 'float32', [1000]);
    const step = b.input('step', 'int64', []);
    b.output('weights next', b.mul(weights, 0.5));
    b.output('step next', b.add(step, b.scalar(1, 'int64')));
    b.output('positive', b.greater(weights, 0));
    const session = await start(b);
    const fetches = {
      'weights next': zeros('float32', [1000]),
      'step next': zeros('int64', []),
      positive: zeros('bool', [1000]),
    };
    const fed = tensorOf(
      'float32',
      [1000],
      Array.from({ length: 1000 }, () => 8),
    );
    const results = await session.run({ weights: fed, step: scalarTensor('int64', 41) }, fetches);
    expect(fetches['weights next'].data.every((number) => number === 4)).toBe(true);
    expect(fetches['step next'].data[0]).toBe(42n);
    expect(fetches.positive.data.every((flag) => flag === 1)).toBe(true);
    for (const name of session.outputNames) expect(results[name]).toBe(fetches[name as keyof typeof fetches]);
  });

  describe.each([true, false])('a session that hands nothing over where it can: %s', (hands) => {
    const emptyListFirst = hands ? handsNothingOver : undefined;

    async function halving(): Promise<OrtSession> {
      const b = new OpBuilder('halving');
      const x = b.input('x', 'float32', ['N']);
      b.output('half', b.mul(x, 0.5));
      b.output('sum', b.reduceSum(b.gather(x, b.constant(tensorOf('int64', [1], [2])))));
      const session = await OrtSession.create(encodeModel(b.build(), emptyListFirst ? { emptyListFirst } : {}), {
        program: 'halving',
        threads: 2,
        device: 'cpu',
      });
      open.push(session);
      return session;
    }

    test('writes what is wanted where it shall be, and hands over what has no place', async () => {
      const session = await halving();
      expect(session.outputNames).toEqual(['half', 'sum']);
      const fed = { x: tensorOf('float32', [3], [2, 4, 6]) };
      const fetches = { half: zeros('float32', [3]), sum: zeros('float32', []) };
      expect((await session.run(fed, fetches)).half).toBe(fetches.half);
      expect([...fetches.half.data, ...fetches.sum.data]).toEqual([1, 2, 3, 6]);
      expect(await session.run(fed, { half: fetches.half })).toEqual({
        half: tensorOf('float32', [3], [1, 2, 3]),
        sum: scalarTensor('float32', 6),
      });
      expect(await session.run(fed, {}, ['sum'])).toEqual({ sum: scalarTensor('float32', 6) });
    });

    test('says what fails within a run', async () => {
      const fetches = { half: zeros('float32', [1]), sum: zeros('float32', []) };
      await expect((await halving()).run({ x: tensorOf('float32', [1], [2]) }, fetches)).rejects.toThrow(
        /halving.*indices/s,
      );
    });
  });

  test('two sets of state swapped each step carry it forward; outputs not fetched come in new tensors', async () => {
    const b = new OpBuilder('swap');
    const state = b.input('state', 'float32', [4]);
    const next = b.add(state, 1);
    b.output('next', next);
    b.output('sum', b.reduceSum(next));
    const session = await start(b);
    let [current, spare] = [zeros('float32', [4]), zeros('float32', [4])];
    const sums: Tensor[] = [];
    for (let step = 0; step < 5; step++) {
      sums.push((await session.run({ state: current }, { next: spare })).sum);
      [current, spare] = [spare, current];
    }
    expect([...current.data]).toEqual([5, 5, 5, 5]);
    expect(sums.map((sum) => sum.data[0])).toEqual([4, 8, 12, 16, 20]);
  });

  test('the same buffer can be fed under another shape', async () => {
    const b = new OpBuilder('shapes');
    b.output('y', b.shapeOf(b.input('x', 'float32', ['A', 'B'])));
    const session = await start(b);
    const { data } = zeros('float32', [2, 3]);
    const shapeSeen = async (shape: Shape): Promise<number[]> =>
      Array.from((await session.run({ x: tensor('float32', shape, data) })).y.data, Number);
    expect(await shapeSeen([2, 3])).toEqual([2, 3]);
    expect(await shapeSeen([6, 1])).toEqual([6, 1]);
  });
});

describe('determinism', () => {
  test('50 runs on 2 threads give the same bits for products, convolutions, their gradients and reductions', async () => {
    const b = new OpBuilder('bits');
    const x = b.input('x', 'float32', [8, 8, 24, 24]);
    const w = b.input('w', 'float32', [16, 8, 3, 3]);
    const m = b.input('m', 'float32', [192, 320]);
    const convolved = b.conv(x, w, null, { kernel: [3, 3], pads: [1, 1, 1, 1] });
    b.output('conv', convolved);
    b.output('transposed', b.convTranspose(convolved, w, null, { kernel: [3, 3], strides: [2, 2] }));
    b.output('product', b.fusedMatMul(m, m, { transA: true }));
    b.output('gemm', b.gemm(m, m, null, { transB: true }));
    b.output('all', b.reduceSum(m));
    b.output('rows', b.reduceMean(m, [1]));
    b.output('columns', b.reduceSum(m, [0]));
    b.output('channels', b.reduceMean(b.exp(convolved), [0, 2, 3]));
    b.output('softmax', b.softmax(m));
    b.output('tiny', b.mul(m, 1e-40));
    const session = await start(b);
    const feeds = { x: noise('x', [8, 8, 24, 24]), w: noise('w', [16, 8, 3, 3]), m: noise('m', [192, 320]) };
    const bits = (value: Tensor): Buffer =>
      Buffer.from(value.data.buffer, value.data.byteOffset, value.data.byteLength);
    const first = await session.run(feeds);
    for (let run = 1; run < 50; run++) {
      const next = await session.run(feeds);
      const different = session.outputNames.filter((name) => !bits(next[name]).equals(bits(first[name])));
      expect(different).toEqual([]);
    }
  });
});

describe('errors', () => {
  const failing = (): OpBuilder => {
    const b = new OpBuilder('failing');
    const x = b.input('x', 'int64', ['N']);
    const table = b.constant(noise('table', [4, 100]));
    b.output(
      'y',
      b.withOrigin('decoder/embedding', () => b.gather(table, x)),
    );
    return b;
  };
  const errorOf = async (work: Promise<unknown>): Promise<EngineError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  };

  test('name the program, and the document part of the operator that failed', async () => {
    const session = await start(failing());
    const error = await errorOf(session.run({ x: tensorOf('int64', [1], [4]) }));
    expect(error.program).toBe('test program');
    expect(error.origin).toBe('decoder/embedding');
    expect(error.message).toMatch(/^test program \(decoder\/embedding\): /);
  });

  test('name the document part of an operator that does not load', async () => {
    const type = { dtype: 'float32' as const, shape: [2] };
    const [x, y] = [
      { name: 'x', type },
      { name: 'y', type },
    ];
    const node = { op: 'Conv' as const, inputs: [x, x], outputs: [y], attributes: {}, origin: 'encoder/conv' };
    const outputs = [{ name: 'y', value: y }];
    const model = encodeModel({ name: 'bad', inputs: [x], outputs, nodes: [node], initializers: new Map() });
    const error = await errorOf(OrtSession.create(model, { program: 'bad program', threads: 1, device: 'cpu' }));
    expect(error.origin).toBe('encoder/conv');
  });

  test('say which inputs and outputs are missing or unknown', async () => {
    const session = await start(failing());
    expect((await errorOf(session.run({ z: zeros('int64', [6]) }))).message).toMatch(
      /inputs without a tensor: x; no such inputs: z/,
    );
    const fetched = session.run({ x: zeros('int64', [6]) }, { q: zeros('float32', [6]) });
    expect((await errorOf(fetched)).message).toMatch(/no such outputs: q/);
  });

  test('refuse bytes that are no model, a released session and a bad thread count', async () => {
    const create = (threads: number): Promise<unknown> =>
      OrtSession.create(new Uint8Array(10), { program: 'p', threads, device: 'cpu' });
    await errorOf(create(1));
    expect((await errorOf(create(0))).message).toMatch(/threads/);
    const session = await start(failing());
    await session.release();
    expect((await errorOf(session.run({ x: zeros('int64', [6]) }))).message).toMatch(/released/);
  });

  test('refuse a buffer of the wrong shape for an output', async () => {
    const session = await start(failing());
    const error = await errorOf(session.run({ x: zeros('int64', [6]) }, { y: zeros('float32', [2, 3]) }));
    expect(error.program).toBe('test program');
  });
});

test('the placement of every node is read back, by the part of the document it came from', async () => {
  const b = new OpBuilder('placed');
  const x = b.input('x', 'float32', [4, 4]);
  b.output(
    'y',
    b.withOrigin('head/product', () => b.matMul(x, x)),
  );
  const session = await start(b, { placement: true });
  await session.run({ x: zeros('float32', [4, 4]) });
  await session.run({ x: zeros('float32', [4, 4]) });
  expect(await session.endPlacement()).toEqual([
    { name: 'head/product#y', op: 'MatMul', provider: 'CPUExecutionProvider', isSizes: false },
  ]);
});
