import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Dim } from '../../../core/graph/graph.ts';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { applyNetwork, type NetworkIssue } from '../../../core/nn/network.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import type { DType } from '../../../core/tensor/tensor.ts';
import { layerNetwork } from './layer-case.ts';

type Input = readonly Dim[] | { readonly dtype: DType; readonly shape: readonly Dim[] };

function issuesOf(type: string, fields: Record<string, unknown>, inputs: readonly Input[]): readonly NetworkIssue[] {
  const p = new ProgramBuilder('layer', new StateRegistry());
  const values = new Map(
    inputs.map((input, index) => {
      const { dtype, shape } = 'dtype' in input ? input : { dtype: 'float32' as const, shape: input };
      return [`input${index}`, p.argument(`input${index}`, dtype, shape)];
    }),
  );
  const issues: NetworkIssue[] = [];
  const network = layerNetwork({ type, fields, inputs: inputs.map(() => ({ dtype: 'float32', shape: [] })) });
  applyNetwork(p, network, values, { training: true, onIssue: (issue) => issues.push(issue) });
  return issues;
}

describe('a layer that does not fit its input says so in plain words, with the way out', () => {
  const image = ['N', 6, 4, 4];
  const faults: readonly [
    type: string,
    fields: Record<string, unknown>,
    inputs: readonly Input[],
    message: string,
    hint?: string,
  ][] = [
    [
      'dense',
      { units: 2 },
      [image],
      'expected rows of features [N, features] or [N, steps, features], found [N, 6, 4, 4]',
      'add a flatten layer before it',
    ],
    [
      'dense',
      { units: 2 },
      [{ dtype: 'int64', shape: ['N'] }],
      'found whole numbers [N]',
      'add an embedding layer before it',
    ],
    [
      'conv2d',
      { filters: 2, kernelSize: 5, padding: 'valid' },
      [image],
      'a window of 5 does not fit its 4×4 input',
      "use padding 'same'",
    ],
    [
      'conv2d',
      { filters: 2 },
      [['N', 5]],
      'expected an image [N, channels, height, width], found [N, 5]',
      'add a reshape layer before it',
    ],
    ['conv2d', { filters: 4, groups: 4 }, [image], '4 groups do not divide its 6 channels and 4 filters evenly'],
    [
      'conv2dTranspose',
      { filters: 2, padding: 4 },
      [image],
      'padding 4 leaves nothing of its output',
      "use a smaller padding, or 'same'",
    ],
    ['maxPooling2d', { padding: 2 }, [image], 'padding 2 is more than half its window of 2×2'],
    ['groupNormalization', { groups: 4 }, [image], '4 groups do not divide its 6 channels evenly', 'use groups 3'],
    [
      'reshape',
      { shape: [5, 5] },
      [image],
      'shape [5, 5] has 25 elements, its input [N, 6, 4, 4] has 96 elements a sample',
    ],
    ['reshape', { shape: [7, -1] }, [image], 'shape [7, -1] does not divide evenly'],
    ['reshape', { shape: [-1, -1] }, [image], 'shape [-1, -1] has more than one −1'],
    ['permute', { dims: [1, 1, 2] }, [image], 'must hold each of 1 to 3 once'],
    ['cropping2d', { cropping: 2 }, [image], 'nothing is left of its 4×4 input'],
    ['add', {}, [image, ['N', 6, 4, 5]], 'its inputs have shapes [N, 6, 4, 4] and [N, 6, 4, 5], which do not match'],
    ['concatenate', {}, [image, ['N', 6, 4, 5]], 'differ beside axis 1'],
    ['embedding', { inputDim: 3, outputDim: 2 }, [['N', 3]], 'expected whole numbers, found float32 [N, 3]'],
    ['classEmbedding', { outputDim: 2 }, [{ dtype: 'int64', shape: ['N'] }], 'the number of classes is not known'],
    ['timeEmbedding', { dimension: 7 }, [['N']], 'dimension 7 is odd', 'use 8'],
    [
      'timeEmbedding',
      {},
      [image],
      'expected one time a sample [N], found float32 [N, 6, 4, 4]',
      "connect it to a network input of kind 'time'",
    ],
    ['selfAttention2d', { heads: 4, groups: 2 }, [image], '4 heads do not divide its 6 channels evenly'],
    ['multiHeadAttention', {}, [['N', 5, 6]], '4 heads do not divide its 6 features evenly'],
    [
      'multiHeadAttention',
      { heads: 2, causal: true },
      [
        ['N', 5, 6],
        ['N', 5, 6],
      ],
      'causal attention looks at its own steps',
    ],
    ['positionEmbedding', {}, [['N', 5]], 'expected a sequence [N, steps, features], found [N, 5]'],
    ['residualBlock', { filters: 6, groups: 2 }, [image, image], 'its second input must be an embedding [N, features]'],
    ['residualBlock', { filters: 6, groups: 2, resample: 'down' }, [['N', 6, 5, 4]], 'its 5×4 input cannot be halved'],
  ];
  it.each(faults)('%s %j', (type, fields, inputs, message, hint) => {
    const issues = issuesOf(type, fields, inputs);
    expect(issues).toHaveLength(1);
    expect(issues[0].message).toContain(`${type} 'layer': `);
    expect(issues[0].message).toContain(message);
    expect(issues[0].hint ?? '').toContain(hint ?? '');
  });
});

describe('the table of layers', () => {
  it.each([...layerTable.keys()])('%s: every field is described, and unknown fields are refused', (type) => {
    const { schema, summary } = layerTable.get(type) ?? {};
    expect(summary).toMatch(/\.$/);
    if (!(schema instanceof z.ZodObject)) throw new Error('a layer schema is an object');
    for (const [field, part] of Object.entries(schema.shape))
      expect((part as z.ZodType).description, `${type}.${field}`).toMatch(/\.$/);
    const unknown = schema.safeParse({ nonsense: 1 }).error?.issues.some((issue) => issue.code === 'unrecognized_keys');
    expect(unknown).toBe(true);
  });

  it('names every layer by its key', () => {
    for (const [type, definition] of layerTable) expect(definition.type).toBe(type);
  });
});
