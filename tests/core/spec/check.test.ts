import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { changed, sampleDocument } from './sample-document.ts';

describe('the summary', () => {
  const { summary, issues } = checkDocument(sampleDocument);
  const [network] = summary!.networks;

  it('gives each layer its shape, parameters, multiply-adds and activations', () => {
    expect(issues).toEqual([]);
    // conv2d: 3·3·1·4 weights and 4 biases; 14·14 places; dense: 784·10 weights and 10 biases
    expect(network.layers).toMatchObject([
      {
        id: 'c1',
        type: 'conv2d',
        outputShape: ['N', 4, 14, 14],
        parameters: 40,
        multiplyAdds: 36 * 196,
        activationElements: 784,
      },
      { id: 'flatten_1', outputShape: ['N', 784], parameters: 0, multiplyAdds: 0 },
      { id: 'scores', outputShape: ['N', 10], parameters: 7850, multiplyAdds: 7840, activationElements: 10 },
    ]);
  });

  it('adds them up', () => {
    expect(summary).toMatchObject({
      parameters: 7890,
      multiplyAdds: 36 * 196 + 7840,
      activationElements: 784 + 784 + 10,
    });
    expect(network).toMatchObject({
      name: 'classifier',
      inputs: [{ name: 'x', kind: 'data', shape: ['N', 1, 28, 28] }],
      outputShapes: [['N', 10]],
    });
  });

  it('counts a layer that is passed by as nothing', () => {
    const text = changed(
      '{ "type": "flatten" }',
      '{ "id": "off", "type": "dense", "units": 9, "bypass": true }, { "type": "flatten" }',
    );
    const off = checkDocument(text).summary?.networks[0].layers.find((layer) => layer.id === 'off');
    expect(off).toMatchObject({
      bypass: true,
      parameters: 0,
      multiplyAdds: 0,
      activationElements: 0,
      outputShape: ['N', 4, 14, 14],
    });
  });

  it('goes on behind a fault with what can still be built', () => {
    const text = changed(
      '{ "type": "flatten" }',
      '{ "type": "flaten", "inputs": ["x"] }, { "type": "flatten", "inputs": ["c1"] }',
    );
    const result = checkDocument(text);
    expect(result.issues.map((issue) => issue.code)).toEqual(['network']);
    expect(result.summary?.networks[0].layers.map((layer) => layer.id)).toEqual(['c1', 'flatten_1', 'scores']);
  });
});

describe('faults do not echo', () => {
  it('a layer at fault is reported, what takes its output is not', () => {
    expect(checkDocument(changed('"kernelSize": 3', '"kernelSize": "3"')).issues).toMatchObject([
      { code: 'network', path: ['networks', 'classifier', 'layers', 0, 'kernelSize'] },
    ]);
  });

  it('a layer that does not fit is reported once, although a family may apply its network twice', () => {
    const { issues } = checkDocument(changed('{ "type": "flatten" }', '{ "type": "reshape", "shape": [3] }'));
    expect(issues.map((issue) => issue.code)).toEqual(['layer']);
  });

  it('a misspelt field of the task does not hide a layer that does not fit', () => {
    const text = changed(
      '{ "type": "flatten" }',
      '{ "type": "reshape", "shape": [3] }',
      changed('"type": "classifier"', '"type": "classifier", "smooth": 1'),
    );
    expect(checkDocument(text).issues.map((issue) => issue.code)).toEqual(['unknownField', 'layer']);
  });

  it('a missing layer does not make others unused', () => {
    const { issues } = checkDocument(changed('"type": "dense"', '"type": "dens"'));
    expect(issues.map((issue) => issue.code)).toEqual(['network']);
  });
});

describe('the data', () => {
  const table: DataInfo = {
    source: 'table:flowers.csv',
    kind: 'table',
    shape: [12],
    target: 'class',
    classes: ['a', 'b'],
    counts: { train: 20, validation: 0, test: 0 },
    contentHash: '',
  };
  const dense = changed(
    '        { "id": "c1", "type": "conv2d", "filters": 4, "kernelSize": 3, "strides": 2, "activation": "relu" },\n        { "type": "flatten" },\n',
    '',
  );
  const text = changed('"units": 10', '"units": 2', changed('builtin:glyphs', 'table:flowers.csv', dense));

  it('of another source is given by the caller; without it shapes are not checked', () => {
    expect(checkDocument(text).summary).toBeUndefined();
    expect(checkDocument(text, table).summary?.networks[0].layers[0].parameters).toBe(12 * 2 + 2);
  });

  it('smaller than a batch is warned of', () => {
    expect(checkDocument(text, table).issues).toMatchObject([
      { severity: 'warning', code: 'unsuitableData', path: ['data', 'batchSize'] },
    ]);
  });

  it('with nothing left to train on is refused', () => {
    const empty = { ...table, counts: { train: 0, validation: 20, test: 0 } };
    expect(checkDocument(text, empty).issues).toMatchObject([{ severity: 'error', code: 'unsuitableData' }]);
  });

  it('decides how many classes a class embedding has', () => {
    const conditional = `{ "lathe": 1, "name": "c", "data": { "source": "builtin:glyphs" }, "task": { "type": "gan", "latentSize": 4 },
      "networks": {
        "generator": { "inputs": { "z": "latent", "y": "label" }, "layers": [
          { "id": "e", "type": "classEmbedding", "outputDim": 5, "inputs": ["y"] }, { "type": "concatenate", "inputs": ["z", "e"] },
          { "type": "dense", "units": 784 }, { "type": "reshape", "shape": [1, 28, 28] }] },
        "discriminator": { "inputs": { "x": "image" }, "layers": [{ "type": "flatten" }, { "type": "dense", "units": 1 }] } },
      "training": { "steps": 1 } }`;
    const { issues, summary } = checkDocument(conditional);
    expect(issues.filter((issue) => issue.severity === 'error')).toEqual([]);
    expect(summary?.networks[0].layers[0].parameters).toBe(11 * 5);
  });

  it('that is built in is known without opening it, scaled and divided as the document wishes', () => {
    const section = {
      source: 'builtin:shapes',
      batchSize: 1,
      image: { width: 16, channels: 1 as const },
      split: { test: 0.2 },
    };
    expect(builtinDataInfo(section)).toMatchObject({
      shape: [1, 16, 16],
      counts: { train: 11_000, validation: 1000, test: 3000 },
    });
    expect(builtinDataInfo({ source: 'builtin:points/moons', batchSize: 1 })).toMatchObject({
      kind: 'points',
      shape: [2],
      classes: ['upper', 'lower'],
    });
    expect(builtinDataInfo({ source: 'idx:/mnist', batchSize: 1 })).toBeUndefined();
  });
});

describe('the metric that says which checkpoint is best', () => {
  const wanting = (metric: string) => changed('"steps"', `"bestMetric": ${JSON.stringify(metric)}, "steps"`);

  it('is one the family measures on held-out data', () => {
    expect(checkDocument(wanting('accuracy')).issues).toEqual([]);
    expect(checkDocument(wanting('validation.loss')).issues).toEqual([]);
  });

  it('is refused, with what there is, when the family has none of that name', () => {
    const { issues } = checkDocument(wanting('acuracy'));
    expect(issues).toMatchObject([
      {
        severity: 'error',
        code: 'invalidValue',
        path: ['training', 'bestMetric'],
        found: 'acuracy',
        expected: 'one of loss, accuracy',
      },
    ]);
    expect(issues[0].hint).toContain('accuracy');
  });
});
