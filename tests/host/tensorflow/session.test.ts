/** The session over TensorFlow.js keeps the promises that every engine makes, and leaves nothing behind. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { numbersOf, tensorOf } from '../../../core/tensor/tensor.ts';
import { EngineError } from '../../../main/host/compute/compute-session.ts';
import { probeProvider } from '../../../main/host/compute/probe.ts';
import { TfSession } from '../../../main/host/tensorflow/session.ts';

/** y = x·2 + 1 and, besides, z = log x. */
function graphOf() {
  const b = new OpBuilder('small');
  const x = b.input('x', 'float32', ['N', 2]);
  b.output('y', b.add(b.mul(x, 2), 1));
  b.withOrigin('encoder/mean', () => b.output('z', b.unary('Log', x)));
  return b.build();
}
const x = tensorOf('float32', [1, 2], [3, 4]);

const smallSession = (): Promise<TfSession> => TfSession.create(graphOf(), { program: 'train', device: 'tfjs-cpu' });

describe('a session on TensorFlow.js', () => {
  it('writes into the tensors given, gives the others new, and computes only what is wanted', async () => {
    const session = await smallSession();
    const y = tensorOf('float32', [1, 2], [0, 0]);
    const results = await session.run({ x }, { y }, ['y']);
    expect(results).toEqual({ y: tensorOf('float32', [1, 2], [7, 9]) });
    expect(results['y']).toBe(y);
    expect(Object.keys(await session.run({ x }))).toEqual(['y', 'z']);
  });

  it('takes any batch size where the graph leaves it open', async () => {
    const session = await smallSession();
    const { y } = await session.run({ x: tensorOf('float32', [3, 2], [1, 2, 3, 4, 5, 6]) });
    expect(y).toEqual(tensorOf('float32', [3, 2], [3, 5, 7, 9, 11, 13]));
  });

  it('holds no tensor but its constants between runs, and none after its release, failed runs included', async () => {
    const session = await smallSession();
    const before = tf.memory().numTensors;
    await session.run({ x });
    const resting = tf.memory().numTensors;
    await session.run({ x });
    await expect(session.run({ x: tensorOf('float32', [1, 3], [1, 2, 3]) }, { y: x })).rejects.toThrow(EngineError);
    expect(tf.memory().numTensors).toBe(resting);
    await session.release();
    expect(tf.memory().numTensors).toBe(before);
    await expect(session.run({ x })).rejects.toThrow('train: its session was released');
  });

  it('names inputs and outputs that do not exist, and inputs without a tensor', async () => {
    const session = await smallSession();
    await expect(session.run({ w: x }, { v: x })).rejects.toThrow(
      'train: inputs without a tensor: x; no such inputs: w; no such outputs: v',
    );
  });

  it('refuses whole numbers beyond 32 bits at the door', async () => {
    const b = new OpBuilder('whole');
    b.output('y', b.emit('Neg', [b.input('n', 'int64', [1])]));
    const session = await TfSession.create(b.build(), { program: 'train', device: 'tfjs-cpu' });
    const run = (value: number) => session.run({ n: tensorOf('int64', [1], [value]) });
    expect((await run(-(2 ** 31) + 1))['y']).toEqual(tensorOf('int64', [1], [2 ** 31 - 1]));
    await expect(run(2 ** 31)).rejects.toThrow('2147483648 does not fit the 32-bit integers of TensorFlow.js');
  });

  it('names the part of the document whose operator failed', async () => {
    const b = new OpBuilder('gather');
    const table = b.input('table', 'float32', [2, 2]);
    b.withOrigin('decoder/words', () => b.output('y', b.gather(table, b.input('index', 'int64', [1]))));
    const session = await TfSession.create(b.build(), { program: 'train', device: 'tfjs-cpu' });
    const feeds = { table: tensorOf('float32', [2, 2], [1, 2, 3, 4]), index: tensorOf('int64', [1], [5]) };
    const error = await session.run(feeds).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ program: 'train', origin: 'decoder/words' });
  });

  it('computes on two backends in turn, each with its own', async () => {
    const [cpu, wasm] = [
      await smallSession(),
      await TfSession.create(graphOf(), { program: 'train', device: 'tfjs-wasm' }),
    ];
    const results = await Promise.all([cpu.run({ x }), wasm.run({ x }), cpu.run({ x })]);
    expect(results.map(({ y }) => numbersOf(y))).toEqual([
      [7, 9],
      [7, 9],
      [7, 9],
    ]);
  });
});

describe('the probe', () => {
  it.each(['tfjs-cpu', 'tfjs-wasm'] as const)('proves %s', async (device) => {
    expect(await probeProvider(device)).toEqual({ proven: true, reason: '' });
  });

  it('says in words why a backend cannot run here', async () => {
    const { proven, reason } = await probeProvider('tfjs-webgpu');
    expect({ proven, reason }).toEqual({ proven: false, reason: expect.stringContaining('no navigator.gpu') });
  });

  it('proves the packages with a native library, or says how to get it', async () => {
    for (const device of ['tfjs-node-gpu', 'tfjs-node'] as const) {
      const { proven, reason } = await probeProvider(device);
      expect(proven || /npm run setup:tensorflow|found no GPU/.test(reason), reason).toBe(true);
    }
  });
});
