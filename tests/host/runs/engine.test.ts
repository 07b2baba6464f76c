/** Claims about single training steps: what they read, where their results go, and what goes wrong in them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { emaName } from '../../../core/optim/minimise.ts';
import type { ProgramInput } from '../../../core/program/program.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { tensor, zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import { Batches } from '../../../main/host/runs/batches.ts';
import { Engine, isDivergence, type StepFeeds } from '../../../main/host/runs/engine.ts';
import { findFirstBadNode, firstNotFinite } from '../../../main/host/runs/forensics.ts';
import { loadModel, type LoadedModel } from '../../../main/host/runs/load-model.ts';
import type { ModelSource } from '../../../main/host/runs/messages.ts';
import { fillNoise } from '../../../main/host/runs/noise.ts';
import { recordedTurns, refusedTurn, scalarAt, turnedValue } from '../../../main/host/runs/scalars.ts';
import { everythingGan } from './documents.ts';
import { lastingFolder } from './fixtures.ts';

const folder = lastingFolder();
const source: ModelSource = {
  document: everythingGan({ steps: 10 }),
  baseDir: '.',
  dataCache: folder,
  extractorCache: join(folder, 'extractors'),
  threads: 1,
  device: 'cpu',
};
const devices = { threads: 1, device: 'cpu' } as const;
let loaded: LoadedModel;

beforeAll(async () => {
  loaded = await loadModel(source, () => {});
});
afterAll(async () => {
  await loaded.engine.release();
  loaded.dataset.close();
});

function batchesOf({ dataset, model }: LoadedModel): Batches {
  return new Batches(
    dataset,
    model.task.range(model.config),
    model.plan.batchSize,
    model.batchesPerStep,
    model.plan.seed,
  );
}

function feedsOf(model: LoadedModel, batches: Batches, step: number): StepFeeds {
  const read = batches.read(step);
  return { batch: (index) => read[index], scalar: (name) => scalarAt(model.model.scalars, [], name, step) };
}

describe('two sets of buffers', () => {
  it('swap at each step: no tensor is copied, none is made', async () => {
    const { engine, model } = loaded;
    const batches = batchesOf(loaded);
    const buffers = (): ReadonlyMap<string, unknown> =>
      new Map([...engine.state].map(([name, value]) => [name, value.data]));
    const seen = [buffers()];
    for (let step = 0; step < 4; step++) {
      expect(isDivergence(await engine.trainStep(step, model.plan.seed, feedsOf(loaded, batches, step)))).toBe(false);
      seen.push(buffers());
    }
    expect(engine.state.size).toBe(model.registry.all.length);
    for (const name of engine.state.keys()) {
      const [first, second, third, fourth, fifth] = seen.map((buffer) => buffer.get(name));
      expect(third, name).toBe(first);
      expect(second, name).not.toBe(first);
      expect(fourth, name).toBe(second);
      expect(fifth, name).toBe(first);
    }
  });

  it('a step that diverged leaves the state as it was', async () => {
    const { engine, model } = loaded;
    const before = new Map([...engine.state].map(([name, value]) => [name, value.data.slice()]));
    const { batch, scalar } = feedsOf(loaded, batchesOf(loaded), 4);
    const endless = (name: string): number => (name.startsWith('learningRate') ? scalar(name) : NaN);
    const spoilt: StepFeeds = {
      batch: (index) => ({ x: tensor('float32', [16, 2], new Float32Array(32).fill(Infinity)), y: batch(index).y }),
      scalar: endless,
    };
    const result = await engine.trainStep(4, model.plan.seed, spoilt);
    expect(isDivergence(result) && result.input?.name).toMatch(/^batch\.x\.0$|^scalar\./);
    for (const [name, value] of engine.state) expect(value.data, name).toEqual(before.get(name));
  });
});

describe('programs', () => {
  it('that sample use the moving averages, and buffers where there is no average of them', async () => {
    const z = tensor('float32', [3, 2], Float32Array.of(1, -1, 0.5, 2, -0.25, 0));
    const input =
      loaded.model.programs.get('generate')?.inputs.find((each) => each.source.kind === 'argument')?.name ?? '';
    const averaged = await loaded.engine.run('generate', { [input]: z });
    const promoted = new Map(loaded.engine.state);
    for (const { name } of loaded.model.registry.all) {
      const average = loaded.engine.state.get(emaName(name));
      if (average) promoted.set(name, average);
    }
    expect(promoted.get('generator/dense_1/kernel')?.data).not.toEqual(
      loaded.engine.state.get('generator/dense_1/kernel')?.data,
    );
    const plainDocument = JSON.stringify({
      ...JSON.parse(source.document),
      training: { ...JSON.parse(source.document).training, ema: undefined },
    });
    const plain = await loadModel({ ...source, document: plainDocument }, () => {});
    const engine = new Engine(plain.model, promoted, devices);
    expect(await engine.run('generate', { [input]: z })).toEqual(averaged);
    await engine.release();
    plain.dataset.close();
  });

  it('that do not exist, and inputs that were not given, are named', async () => {
    await expect(loaded.engine.run('paint', {})).rejects.toThrow("no program 'paint'");
    await expect(loaded.engine.run('generate', {})).rejects.toThrow(/was not given/);
  });
});

describe('random inputs', () => {
  const input = (stream: string, distribution: 'normal' | 'uniform'): ProgramInput => ({
    name: stream,
    dtype: 'float32',
    shape: [64],
    source: { kind: 'noise', stream, distribution },
  });
  const draw = (
    stream: string,
    seed: number,
    step: number,
    distribution: 'normal' | 'uniform' = 'normal',
  ): readonly number[] => {
    const buffer: Tensor = zeros('float32', [64]);
    fillNoise(input(stream, distribution), buffer, seed, step);
    return [...(buffer.data as Float32Array)];
  };

  it('depend on seed, stream and step, each of them, and on nothing else', () => {
    const drawn = draw('latent', 3, 7);
    draw('dropout', 3, 7);
    expect(draw('latent', 3, 7)).toEqual(drawn);
    for (const other of [draw('latent', 4, 7), draw('other', 3, 7), draw('latent', 3, 8)])
      expect(other).not.toEqual(drawn);
    const expected = new Float32Array(64);
    new RandomStream(3, 'noise/latent', 7).fillUniform(expected);
    expect(draw('latent', 3, 7, 'uniform')).toEqual([...expected]);
  });
});

describe('batches', () => {
  it('of a step are the same whatever was read before, and visit every sample once an epoch', () => {
    const { dataset } = loaded;
    const read = (batches: Batches, step: number): readonly number[] => [...batches.read(step)[0].x.data];
    const inOrder = new Batches(dataset, 'symmetric', 1000, 2, 5);
    const sequence = Array.from({ length: 12 }, (_, step) => read(inOrder, step));
    const other = new Batches(dataset, 'symmetric', 1000, 2, 5);
    expect(read(other, 11)).toEqual(sequence[11]);
    expect(read(other, 0)).toEqual(sequence[0]);
    expect(read(new Batches(dataset, 'symmetric', 1000, 2, 6), 0)).not.toEqual(sequence[0]);
    // 20,000 samples in batches of 1000, two a step: ten steps are an epoch.
    const again = new Batches(dataset, 'symmetric', 1000, 2, 5);
    const points = Array.from({ length: 10 }, (_, step) => again.read(step).flatMap(({ x }) => pairs(x.data))).flat();
    const all = new Float32Array(40_000);
    dataset.read(
      'train',
      Uint32Array.from({ length: 20_000 }, (_, i) => i),
      'symmetric',
      all,
    );
    expect(points.toSorted()).toEqual(pairs(all).toSorted());
  });

  const pairs = (data: Float32Array): readonly string[] =>
    Array.from({ length: data.length / 2 }, (_, i) => `${data[2 * i]} ${data[2 * i + 1]}`);

  it('use the same buffers again', () => {
    const batches = batchesOf(loaded);
    const first = batches.read(0).map(({ x }) => x.data);
    expect(batches.read(1).map(({ x }) => x.data)).toEqual(first);
    expect(batches.read(1)[0].x.data).toBe(first[0]);
  });
});

describe('forensics', () => {
  it('find the first node that makes a value that is not finite, past hundreds of sound ones', async () => {
    const b = new OpBuilder('guilty');
    const x = b.input('x', 'float32', [2]);
    let value = x;
    for (let i = 0; i < 250; i++) value = b.add(value, 1);
    const negative = b.sub(value, 300);
    const bad = b.withOrigin('encoder/guilty', () => b.log(negative));
    const later = b.withOrigin('encoder/innocent', () => b.exp(b.exp(b.exp(b.mul(bad, 2)))));
    b.output('y', later);
    const graph = b.build();
    const x0 = tensor('float32', [2], Float32Array.of(0, 100));
    expect(await findFirstBadNode(graph, { x: x0 }, devices)).toMatchObject({
      op: 'Log',
      origin: 'encoder/guilty',
      found: 'NaN',
    });
    expect(
      await findFirstBadNode(graph, { x: tensor('float32', [2], Float32Array.of(100, 100)) }, devices),
    ).toMatchObject({ op: 'Exp', found: 'infinity' });
    expect(
      await findFirstBadNode(graph, { x: tensor('float32', [2], Float32Array.of(50.5, 50.5)) }, devices),
    ).toBeUndefined();
  });

  it('name the first tensor that is not finite, and its number', () => {
    const ok = zeros('float32', [2]);
    const bad = tensor('float32', [3], Float32Array.of(1, -Infinity, NaN));
    expect(
      firstNotFinite([
        ['a', ok],
        ['b', bad],
        ['c', bad],
      ]),
    ).toEqual({ name: 'b', value: -Infinity });
    expect(firstNotFinite([['a', ok]])).toBeUndefined();
  });
});

describe('scalars', () => {
  const scalars = [{ name: 'learningRate.net', label: 'Learning rate', valueAt: (step: number) => step / 10 }];
  const turns = [
    { step: 3, name: 'learningRate.net', value: 7 },
    { step: 5, name: 'other', value: 9 },
    { step: 6, name: 'learningRate.net', value: null },
  ];

  it('follow their schedule but while turned', () => {
    const at = (step: number): number => scalarAt(scalars, turns, 'learningRate.net', step);
    expect([0, 2, 3, 5, 6, 9].map(at)).toEqual([0, 0.2, 7, 7, 0.6, 0.9]);
    expect(turnedValue(turns, 'learningRate.net', 4)).toBe(7);
    expect(() => scalarAt(scalars, [], 'missing', 0)).toThrow("'missing'");
  });

  it('can be turned to zero, which is not the schedule', () => {
    expect(scalarAt(scalars, [{ step: 0, name: 'learningRate.net', value: 0 }], 'learningRate.net', 5)).toBe(0);
  });

  it('refuse unknown names and numbers that are not finite', () => {
    expect(refusedTurn(scalars, 'learningRate.net', null)).toBeUndefined();
    expect(refusedTurn(scalars, 'rate', 1)).toContain("no scalar 'rate'");
    expect(refusedTurn(scalars, 'learningRate.net', Infinity)).toContain('Infinity');
  });

  it('are known from the events, without those a resumption forgot', () => {
    const event = (code: string, data: unknown) => ({
      timeMs: 0,
      level: 'info' as const,
      code,
      message: '',
      data: data as never,
    });
    const [first, second, third] = [
      { step: 50, name: 'a', value: 1 },
      { step: 120, name: 'a', value: 2 },
      { step: 110, name: 'b', value: 3 },
    ];
    const events = [
      event('turned', first),
      event('turned', second),
      event('resumed', { step: 100, forgetsTurns: true }),
      event('turned', third),
    ];
    expect(recordedTurns(events)).toEqual([first, third]);
    const kept = [
      events[0],
      events[1],
      event('resumed', { step: 100, forgetsTurns: false }),
      event('resumed', null),
      events[3],
    ];
    expect(recordedTurns(kept)).toEqual([first, third, second]);
  });
});
