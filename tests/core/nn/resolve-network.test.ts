import { describe, expect, it } from 'vitest';
import { layerTable } from '../../../core/nn/layer-table.ts';
import type { BlockSpecs, LayerSpec, NetworkSpec } from '../../../core/nn/network-spec.ts';
import { resolveNetwork } from '../../../core/nn/resolve-network.ts';

const dense = { type: 'dense', units: 3 };

function resolve(layers: readonly LayerSpec[], rest: Partial<NetworkSpec> = {}, blocks: BlockSpecs = {}) {
  const spec = { inputs: { x: 'points' }, ...rest, layers };
  return resolveNetwork('net', spec, blocks, layerTable, ['networks', 'net']);
}

/** Every layer as `id < inputs`. */
const wiring = (result: ReturnType<typeof resolve>) =>
  result.network?.layers.map(({ id, inputs }) => `${id} < ${inputs.join(' ')}`);

const at = (...path: (string | number)[]) => ['networks', 'net', ...path];

describe('wiring', () => {
  it('takes the layer before, the first one the network input, and the last as output', () => {
    const result = resolve([dense, { type: 'activation', activation: 'relu' }, { ...dense, id: 'out' }]);
    expect(result.issues).toEqual([]);
    expect(wiring(result)).toEqual(['dense_1 < x', 'activation_1 < dense_1', 'out < activation_1']);
    expect(result.network?.outputs).toEqual(['out']);
    expect(result.network?.inputs).toEqual(new Map([['x', 'data']]));
  });

  it('follows names to earlier layers and inputs', () => {
    const result = resolve(
      [
        { ...dense, id: 'a' },
        { ...dense, id: 'b', inputs: ['x'] },
        { type: 'add', inputs: ['a', 'b'] },
      ],
      { outputs: ['add_1', 'a'] },
    );
    expect(result.issues).toEqual([]);
    expect(wiring(result)).toEqual(['a < x', 'b < x', 'add_1 < a b']);
    expect(result.network?.outputs).toEqual(['add_1', 'a']);
  });

  it('makes ids that collide with none that is given', () => {
    expect(wiring(resolve([dense, { ...dense, id: 'dense_1' }, dense]))).toEqual([
      'dense_2 < x',
      'dense_1 < dense_2',
      'dense_3 < dense_1',
    ]);
  });

  it('parses fields to their defaults', () => {
    expect(resolve([dense]).network?.layers[0].config).toMatchObject({ units: 3, activation: 'linear', useBias: true });
  });
});

describe('every fault is reported, with its place', () => {
  const faults: readonly [
    what: string,
    layers: readonly LayerSpec[],
    rest: Partial<NetworkSpec>,
    path: readonly (string | number)[],
    message: string,
    hint?: string,
  ][] = [
    [
      'unknown type',
      [{ type: 'conv2' }],
      {},
      at('layers', 0, 'type'),
      "there is no layer type 'conv2'",
      "did you mean 'conv2d'?",
    ],
    [
      'unknown input',
      [
        { ...dense, id: 'a' },
        { ...dense, inputs: ['aa'] },
      ],
      {},
      at('layers', 1, 'inputs', 0),
      "dense 'dense_1' takes 'aa', which does not exist",
      "did you mean 'a'?",
    ],
    [
      'later layer',
      [
        { ...dense, id: 'a', inputs: ['b'] },
        { ...dense, id: 'b' },
      ],
      {},
      at('layers', 0, 'inputs', 0),
      "dense 'a' takes 'b', which comes after it; a layer may take earlier ones only",
      "move 'b' above it",
    ],
    [
      'itself',
      [{ ...dense, id: 'a', inputs: ['a'] }],
      {},
      at('layers', 0, 'inputs', 0),
      "dense 'a' takes 'a', which comes from itself; a layer may take earlier ones only",
    ],
    [
      'duplicate id',
      [
        { ...dense, id: 'a' },
        { ...dense, id: 'a' },
      ],
      {},
      at('layers', 1, 'id'),
      "'a' is already the id of an earlier layer",
      'choose another id',
    ],
    [
      'id of an input',
      [{ ...dense, id: 'x' }],
      {},
      at('layers', 0, 'id'),
      "'x' is already the name of an input",
      'choose another id',
    ],
    [
      'too few inputs',
      [{ type: 'add' }],
      {},
      at('layers', 0),
      "add 'add_1' takes 2 to 64 inputs, found 1",
      'name them: "inputs": ["first", "second"]',
    ],
    [
      'too many inputs',
      [{ ...dense, inputs: ['x', 'x'] }],
      {},
      at('layers', 0, 'inputs'),
      "dense 'dense_1' takes 1 input, found 2",
    ],
    [
      'unknown field',
      [{ ...dense, unit: 3 }],
      {},
      at('layers', 0, 'unit'),
      "dense 'dense_1' has no field 'unit'",
      "did you mean 'units'?",
    ],
    ['missing field', [{ type: 'dense' }], {}, at('layers', 0), "dense 'dense_1' needs 'units'"],
    [
      'wrong kind of value',
      [{ type: 'dense', units: 'many' }],
      {},
      at('layers', 0, 'units'),
      "dense 'dense_1': 'units' must be a number, found \"many\"",
    ],
    [
      'value too small',
      [{ type: 'dense', units: 0 }],
      {},
      at('layers', 0, 'units'),
      "dense 'dense_1': 'units' must be at least 1, found 0",
    ],
    [
      'unknown word',
      [{ ...dense, kernelInitializer: 'glorot' }],
      {},
      at('layers', 0, 'kernelInitializer'),
      "dense 'dense_1': 'kernelInitializer' must be one of glorotUniform",
    ],
    [
      'unknown output',
      [{ ...dense, id: 'mean' }],
      { outputs: ['meen'] },
      at('outputs', 0),
      "there is no layer 'meen' to be an output",
      "did you mean 'mean'?",
    ],
    [
      'unknown kind of input',
      [dense],
      { inputs: { x: 'picture' } },
      at('inputs', 'x'),
      "input 'x' cannot stand for 'picture'",
    ],
    ['no input', [], { inputs: {} }, at('inputs'), 'a network needs an input'],
    ['no layers', [], {}, at(), "network 'net' has no layers", 'add a layer'],
    ['unknown block', [{ type: 'block', use: 'residul' }], {}, at('layers', 0, 'use'), "there is no block 'residul'"],
  ];
  it.each(faults)('%s', (_, layers, rest, path, message, hint) => {
    const issue = resolve(layers, rest).issues.find((candidate) => candidate.message.startsWith(message));
    expect(issue?.path).toEqual(path);
    expect(issue?.hint ?? '').toContain(hint ?? '');
  });

  it('several faults are reported together, each once, and the sound layers remain', () => {
    const result = resolve([
      { ...dense, id: 'a' },
      { type: 'nonsense' },
      { ...dense, unit: 1, units: -1 },
      { ...dense, inputs: ['nowhere'] },
      { ...dense, id: 'z', inputs: ['a'] },
    ]);
    expect(result.issues.map((issue) => issue.path.slice(3).join('.'))).toEqual([
      '1.type',
      '2.units',
      '2.unit',
      '3.inputs.0',
    ]);
    expect(wiring(result)).toEqual(['a < x', 'z < a']);
  });
});

describe('blocks', () => {
  const blocks: BlockSpecs = {
    double: {
      parameters: { units: 4, activation: 'relu' },
      layers: [
        { id: 'first', type: 'dense', units: '$units', activation: { type: '$activation' } },
        { type: 'dense', units: '$units' },
        { id: 'sum', type: 'add', inputs: ['input', 'dense_1'] },
      ],
    },
    twice: {
      parameters: { width: 2 },
      layers: [
        { id: 'a', type: 'block', use: 'double', with: { units: '$width' } },
        { type: 'dense', units: 1 },
      ],
      output: 'a',
    },
    two: { layers: [{ type: 'subtract', inputs: ['input2', 'input'] }] },
    loop: { layers: [{ type: 'block', use: 'back' }] },
    back: { layers: [{ type: 'block', use: 'loop' }] },
    bad: { layers: [{ id: 'inner', type: 'dense', units: '$missing' }, { type: 'dens' }] },
  };

  it('expand inline with the id of their use before the ids within, parameters put in', () => {
    const result = resolve([{ type: 'block', use: 'double', id: 'd', with: { units: 7 } }, dense], {}, blocks);
    expect(result.issues).toEqual([]);
    expect(wiring(result)).toEqual(['d/first < x', 'd/dense_1 < d/first', 'd/sum < x d/dense_1', 'dense_1 < d/sum']);
    expect(result.network?.layers.map((layer) => (layer.config as { units?: number }).units)).toEqual([
      7,
      7,
      undefined,
      3,
    ]);
    expect(result.network?.layers[0].config).toMatchObject({ activation: { type: 'relu' } });
    expect(result.network?.layers[1].path).toEqual(at('layers', 0));
  });

  it('nest, and give the layer they name as output', () => {
    const result = resolve(
      [
        { type: 'block', use: 'twice', with: { width: 5 } },
        { ...dense, id: 'out' },
      ],
      {},
      blocks,
    );
    expect(result.issues).toEqual([]);
    expect(wiring(result)).toEqual([
      'twice_1/a/first < x',
      'twice_1/a/dense_1 < twice_1/a/first',
      'twice_1/a/sum < x twice_1/a/dense_1',
      'twice_1/dense_1 < twice_1/a/sum',
      'out < twice_1/a/sum',
    ]);
    expect(result.network?.layers[0].config).toMatchObject({ units: 5 });
  });

  it('take several inputs, and can be bypassed', () => {
    const several = resolve(
      [
        { ...dense, id: 'a' },
        { type: 'block', use: 'two', inputs: ['x', 'a'] },
      ],
      {},
      blocks,
    );
    expect(wiring(several)).toEqual(['a < x', 'two_1/subtract_1 < a x']);
    const bypassed = resolve(
      [
        { type: 'block', use: 'double', bypass: true },
        { ...dense, id: 'out' },
      ],
      {},
      blocks,
    );
    expect(wiring(bypassed)).toEqual(['out < x']);
  });

  it('may not contain themselves', () => {
    const { issues } = resolve([{ type: 'block', use: 'loop' }], {}, blocks);
    expect(issues).toEqual([
      {
        path: ['blocks', 'back', 'layers', 0, 'use'],
        message: "block 'loop' contains itself: loop → back → loop",
        hint: 'take one of the uses out',
      },
    ]);
  });

  it('report faults of their layers once, where they are written, however often they are used', () => {
    const { issues } = resolve(
      [
        { type: 'block', use: 'bad' },
        { type: 'block', use: 'bad' },
      ],
      {},
      blocks,
    );
    expect(issues.map((issue) => issue.path)).toEqual([
      ['blocks', 'bad', 'layers', 0],
      ['blocks', 'bad', 'layers', 1, 'type'],
    ]);
    expect(issues[0].message).toBe("dense 'inner' uses '$missing', which is no parameter of its block");
    expect(issues[1].hint).toBe("did you mean 'dense'?");
  });

  it('report a bad argument where it is given', () => {
    const { issues } = resolve([{ type: 'block', use: 'double', with: { units: -1, widht: 3 } }], {}, blocks);
    expect(issues.map((issue) => issue.path)).toEqual([
      at('layers', 0, 'with', 'widht'),
      at('layers', 0, 'with', 'units'),
    ]);
    expect(issues[0].hint).toBe('its parameters are units, activation');
  });

  it('that multiply without end are stopped', () => {
    const use = (name: string) => ({ layers: Array.from({ length: 10 }, () => ({ type: 'block', use: name })) });
    const bomb: BlockSpecs = {
      b0: { layers: [dense] },
      b1: use('b0'),
      b2: use('b1'),
      b3: use('b2'),
      b4: use('b3'),
      b5: use('b4'),
      b6: use('b5'),
    };
    const { issues } = resolve([{ type: 'block', use: 'b6' }], {}, bomb);
    expect(issues.every((issue) => issue.message === 'the network has more than 10000 layers')).toBe(true);
    expect(issues.length).toBeGreaterThan(0);
  });
});
