import { readFileSync } from 'node:fs';
import { parse, type ParseError } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { copyLayers, duplicateLayers, pasteLayers } from '../../../core/spec/model-edits/copies.ts';
import { findLayer, findScope, readOutline, type OutlineScope } from '../../../core/spec/model-edits/outline.ts';
import { addNetwork, groupIntoBlock, moveNodes } from '../../../core/spec/model-edits/structure.ts';
import {
  addLayer,
  connect,
  disconnect,
  removeLayers,
  renameLayer,
  setLayerField,
  setOutputs,
  toggleBypass,
  whyNotConnect,
  type EditOutcome,
} from '../../../core/spec/model-edits.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../../../resources/examples/${name}.lathe.jsonc`, import.meta.url), 'utf8');
const vae = example('vae');
const gan = example('gan');
const diffusion = example('diffusion');

function textOf(outcome: EditOutcome): string {
  if ('reason' in outcome) throw new Error(outcome.reason);
  const errors: ParseError[] = [];
  parse(outcome.text, errors, { allowTrailingComma: true });
  expect(errors).toEqual([]);
  return outcome.text;
}
const reasonOf = (outcome: EditOutcome): string => ('reason' in outcome ? outcome.reason : 'none');
const scopeOf = (text: string, key: string): OutlineScope => findScope(readOutline(text)!, key)!;
const wires = (text: string, key: string): readonly string[] =>
  scopeOf(text, key).layers.map((layer) => `${layer.inputs.join('+')}>${layer.id}`);
const errorsOf = (text: string): readonly string[] =>
  checkDocument(text)
    .issues.filter((issue) => issue.severity === 'error')
    .map((issue) => issue.message);
const changedLines = (before: string, after: string): readonly string[] => {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
};

describe('readOutline', () => {
  it('names layers and wires as resolving does', () => {
    expect(wires(vae, 'encoder')).toEqual([
      'x>conv2d_1',
      'conv2d_1>conv2d_2',
      'conv2d_2>features',
      'features>mean',
      'features>logVariance',
    ]);
    expect(scopeOf(vae, 'encoder').outputs).toEqual(['mean', 'logVariance']);
    expect(scopeOf(vae, 'decoder').outputs).toEqual(['conv2dTranspose_2']);
    expect(scopeOf(gan, 'block:enlarge').inputs.map((input) => input.name)).toEqual(['input']);
  });

  it('reads nothing from a text with syntax errors and something from one with wrong parts', () => {
    expect(readOutline('{ "networks": ')).toBeUndefined();
    const odd = readOutline(
      '{ "networks": { "a": { "inputs": 3, "layers": [1, { "type": 2 }] }, "b": 7 }, "canvas": { "a.x": 1 } }',
    );
    expect(odd?.scopes.map((scope) => scope.layers.length)).toEqual([2, 0]);
  });
});

describe('addLayer', () => {
  it('puts a layer into a chain by one new line', () => {
    const text = textOf(addLayer(vae, 'encoder', { type: 'batchNormalization' }, 'encoder.conv2d_1'));
    expect(changedLines(vae, text)).toEqual(['        { "type": "batchNormalization" },']);
    expect(wires(text, 'encoder').slice(0, 3)).toEqual([
      'x>conv2d_1',
      'conv2d_1>batchNormalization_1',
      'batchNormalization_1>conv2d_2',
    ]);
    expect(errorsOf(text)).toEqual([]);
  });

  it('leaves layers that name their inputs where they are', () => {
    const text = textOf(addLayer(vae, 'encoder', { type: 'dropout' }, 'encoder.features'));
    expect(wires(text, 'encoder').slice(3)).toEqual(['features>dropout_1', 'dropout_1>mean', 'features>logVariance']);
  });

  it('adds behind an input and into an empty network', () => {
    const first = textOf(addLayer(vae, 'decoder', { type: 'dense' }, 'decoder.z'));
    expect(wires(first, 'decoder').slice(0, 2)).toEqual(['z>dense_1', 'dense_1>dense_2']);
    const empty = textOf(addNetwork(vae, 'extra', { z: 'latent' }));
    expect(wires(textOf(addLayer(empty, 'extra', { type: 'dense' })), 'extra')).toEqual(['z>dense_1']);
  });

  it('makes every type of layer with fields its schema accepts', () => {
    const faulty = [...layerTable.keys()].filter((type) => {
      const text = textOf(addLayer(vae, 'decoder', { type }));
      const { type: _type, id: _id, inputs: _inputs, ...fields } = scopeOf(text, 'decoder').layers.at(-1)!.spec;
      return !layerTable.get(type)!.schema.safeParse(fields).success;
    });
    expect(faulty).toEqual([]);
  });

  it('keeps references true when made-up names move on', () => {
    const named = textOf(setOutputs(vae, 'decoder', ['dense_1', 'conv2dTranspose_2']));
    const text = textOf(addLayer(named, 'decoder', { type: 'dense' }, 'decoder.z'));
    expect(scopeOf(text, 'decoder').outputs).toEqual(['dense_2', 'conv2dTranspose_2']);
  });
});

describe('addNetwork', () => {
  it('writes a network over lines as a person would', () => {
    const before = '{\n  "networks": {},\n  "training": {} // soon\n}\n';
    const text = textOf(addNetwork(before, 'decoder', { z: 'latent' }));
    expect(text).toBe(
      '{\n  "networks": {\n    "decoder": {\n      "inputs": { "z": "latent" },\n      "layers": []\n    }\n  },\n  "training": {} // soon\n}\n',
    );
    expect(textOf(addLayer(text, 'decoder', { type: 'flatten' }))).toContain(
      '"layers": [\n        { "type": "flatten" },\n      ]',
    );
    expect(
      readOutline(textOf(addNetwork('{"networks":{"a":{}}}', 'b', { x: 'data' })))!.scopes.map((scope) => scope.name),
    ).toEqual(['a', 'b']);
    expect(reasonOf(addNetwork(vae, 'encoder', { x: 'data' }))).toContain('already');
  });
});

describe('removeLayers', () => {
  it('leads wires past what goes', () => {
    const text = textOf(removeLayers(vae, ['encoder.features']));
    expect(wires(text, 'encoder')).toEqual([
      'x>conv2d_1',
      'conv2d_1>conv2d_2',
      'conv2d_2>mean',
      'conv2d_2>logVariance',
    ]);
    expect(text).toContain('// a layer takes the one before it unless it names its inputs');
  });

  it('removes layers of several networks, their outputs and their positions', () => {
    const placed = textOf(
      moveNodes(
        vae,
        new Map([
          ['encoder.conv2d_1', { x: 1, y: 2 }],
          ['encoder.conv2d_2', { x: 3, y: 4 }],
        ]),
      ),
    );
    const text = textOf(removeLayers(placed, ['encoder.conv2d_1', 'encoder.logVariance', 'decoder.reshape_1']));
    expect(scopeOf(text, 'encoder').outputs).toEqual(['mean', 'features']);
    expect([...readOutline(text)!.positions]).toEqual([['encoder.conv2d_1', { x: 3, y: 4 }]]);
  });

  it('removes everything there is', () => {
    const all = scopeOf(diffusion, 'denoiser').layers.map((layer) => layer.key);
    expect(scopeOf(textOf(removeLayers(diffusion, all)), 'denoiser').layers).toEqual([]);
  });
});

describe('connect and disconnect', () => {
  it('writes inputs only where order does not say it', () => {
    const text = textOf(connect(vae, 'encoder.conv2d_2', 'encoder.mean'));
    expect(changedLines(vae, text)).toEqual([
      '        { "id": "mean", "type": "dense", "units": 16, "inputs": ["conv2d_2"] },',
    ]);
    expect(textOf(connect(text, 'encoder.features', 'encoder.mean'))).toBe(vae);
  });

  it('fills the free input of a layer that takes two, and replaces the one that is pointed at', () => {
    const alone = textOf(disconnect(diffusion, 'denoiser.when', 'denoiser.down14'));
    expect(findLayer(readOutline(alone)!, 'denoiser.down14')!.inputs).toEqual(['down28']);
    expect(
      findLayer(readOutline(textOf(connect(alone, 'denoiser.when', 'denoiser.down14')))!, 'denoiser.down14')!.inputs,
    ).toEqual(['down28', 'when']);
    const moved = textOf(connect(diffusion, 'denoiser.open', 'denoiser.down14', 0));
    expect(findLayer(readOutline(moved)!, 'denoiser.down14')!.inputs).toEqual(['open', 'when']);
  });

  it('moves a layer, its comment with it, behind what it takes now', () => {
    const looped = vae.replace(
      '"id": "features", "type": "flatten" }',
      '"id": "features", "type": "flatten" }, // as a row',
    );
    const later = textOf(connect(looped, 'encoder.logVariance', 'encoder.mean'));
    expect(wires(later, 'encoder').slice(2)).toEqual(['conv2d_2>features', 'features>logVariance', 'logVariance>mean']);
    expect(later).toContain('"type": "flatten" }, // as a row');
    expect(errorsOf(later)).toEqual([]);
  });

  it('refuses loops, other networks and inputs as targets', () => {
    expect(reasonOf(connect(vae, 'encoder.mean', 'encoder.conv2d_1'))).toContain('loop');
    expect(reasonOf(connect(vae, 'encoder.mean', 'decoder.dense_1'))).toContain('within one network');
    expect(whyNotConnect(readOutline(vae)!, 'encoder.mean', 'encoder.x')).toContain('ends at a layer');
    expect(whyNotConnect(readOutline(vae)!, 'encoder.mean', 'encoder.mean')).toContain('its own result');
  });
});

describe('renameLayer and setLayerField', () => {
  it('renames a layer everywhere it is named', () => {
    const placed = textOf(moveNodes(vae, new Map([['encoder.features', { x: 5, y: 6 }]])));
    const text = textOf(renameLayer(placed, 'encoder.features', 'seen'));
    expect(wires(text, 'encoder').slice(2)).toEqual(['conv2d_2>seen', 'seen>mean', 'seen>logVariance']);
    expect([...readOutline(text)!.positions.keys()]).toEqual(['encoder.seen']);
  });

  it('gives a name to a layer without one, as its first field', () => {
    const text = textOf(setLayerField(vae, 'decoder.reshape_1', ['id'], 'picture'));
    expect(changedLines(vae, text)).toEqual(['        { "id": "picture", "type": "reshape", "shape": [64, 7, 7] },']);
  });

  it('refuses names that are taken or none', () => {
    expect(reasonOf(renameLayer(vae, 'encoder.mean', 'logVariance'))).toContain('already');
    expect(reasonOf(renameLayer(vae, 'encoder.mean', 'x'))).toContain('input');
    expect(reasonOf(renameLayer(vae, 'encoder.mean', '1st'))).toContain('cannot be a name');
  });

  it('sets and removes a field', () => {
    const set = textOf(setLayerField(vae, 'encoder.mean', ['activation'], 'relu'));
    expect(textOf(setLayerField(set, 'encoder.mean', ['activation'], undefined))).toBe(vae);
  });
});

describe('toggleBypass', () => {
  it('bypasses all, and none when all are bypassed', () => {
    const once = textOf(toggleBypass(gan, ['generator.batchNormalization_1', 'generator.activation_1']));
    expect(findLayer(readOutline(once)!, 'generator.activation_1')!.spec.bypass).toBe(true);
    expect(textOf(toggleBypass(once, ['generator.batchNormalization_1', 'generator.activation_1']))).toBe(gan);
  });
});

describe('duplicateLayers, copyLayers and pasteLayers', () => {
  it('does once more what the layers do, to their result', () => {
    const text = textOf(duplicateLayers(diffusion, ['denoiser.down28']));
    expect(findLayer(readOutline(text)!, 'denoiser.down29')!.inputs).toEqual(['down28', 'when']);
    expect(errorsOf(text)).toEqual([]);
    const chain = textOf(duplicateLayers(gan, ['generator.batchNormalization_1', 'generator.activation_1']));
    expect(wires(chain, 'generator').slice(2, 7)).toEqual([
      'reshape_1>batchNormalization_1',
      'batchNormalization_1>activation_1',
      'activation_1>batchNormalization_2',
      'batchNormalization_2>activation_2',
      'activation_2>enlarge_1',
    ]);
  });

  it('pastes into another document, with free names', () => {
    const clipboard = copyLayers(vae, ['encoder.features', 'encoder.mean', 'encoder.logVariance']);
    const text = textOf(pasteLayers(gan, 'discriminator', clipboard, 'discriminator.conv2d_2'));
    expect(wires(text, 'discriminator').slice(2, 5)).toEqual([
      'conv2d_2>features',
      'features>mean',
      'features>logVariance',
    ]);
    expect(textOf(pasteLayers(text, 'discriminator', clipboard))).toContain('"features2"');
  });

  it('pastes layers as a document writes them, and refuses what are none', () => {
    const text = textOf(
      pasteLayers(vae, 'decoder', '[{ "type": "dense", "units": 3 }, { "type": "dropout" }]', 'decoder.z'),
    );
    expect(wires(text, 'decoder').slice(0, 3)).toEqual(['z>dense_1', 'dense_1>dropout_1', 'dropout_1>dense_2']);
    for (const clipboard of ['', 'words', '{}', '[1]', '{"latheLayers":[{"spec":{"type":1}}]}'])
      expect(reasonOf(pasteLayers(vae, 'decoder', clipboard))).toContain('no layers');
  });
});

describe('groupIntoBlock', () => {
  it('moves a chain with its comments into a block and uses it', () => {
    const text = textOf(groupIntoBlock(vae, ['encoder.conv2d_1', 'encoder.conv2d_2', 'encoder.features'], 'look'));
    expect(wires(text, 'encoder')).toEqual(['x>look_1', 'look_1>mean', 'look_1>logVariance']);
    expect(wires(text, 'block:look')).toEqual(['input>conv2d_1', 'conv2d_1>conv2d_2', 'conv2d_2>features']);
    expect(text).toContain('// 14 × 14');
    expect(errorsOf(text)).toEqual([]);
    expect(checkDocument(text).summary?.parameters).toBe(checkDocument(vae).summary?.parameters);
  });

  it('gives a block the inputs and the output its layers had', () => {
    const keys = [
      'denoiser.down28',
      'denoiser.down14',
      'denoiser.down7',
      'denoiser.look',
      'denoiser.middle',
      'denoiser.up14',
      'denoiser.join14',
      'denoiser.mix14',
    ];
    expect(reasonOf(groupIntoBlock(diffusion, keys, 'unet'))).toContain("'down28' and 'mix14'");
    const inner = keys.slice(1);
    const text = textOf(groupIntoBlock(diffusion, inner, 'unet'));
    expect(findLayer(readOutline(text)!, 'denoiser.unet_1')!.inputs).toEqual(['down28', 'when']);
    expect(errorsOf(text)).toEqual([]);
    expect(checkDocument(text).summary?.multiplyAdds).toBe(checkDocument(diffusion).summary?.multiplyAdds);
  });

  it('refuses what cannot be one', () => {
    expect(reasonOf(groupIntoBlock(vae, ['encoder.mean', 'decoder.dense_1'], 'a'))).toContain('one network');
    expect(reasonOf(groupIntoBlock(vae, ['encoder.conv2d_1', 'encoder.features'], 'a'))).toContain('select it too');
    expect(reasonOf(groupIntoBlock(gan, ['generator.dense_1'], 'enlarge'))).toContain('already a block');
  });
});

describe('moveNodes', () => {
  it('makes the canvas section, adds to it and changes it', () => {
    const first = textOf(
      moveNodes(
        vae,
        new Map([
          ['encoder.mean', { x: 1.4, y: 2 }],
          ['encoder.x', { x: 0, y: 0 }],
        ]),
      ),
    );
    expect(first.startsWith(vae.slice(0, -5))).toBe(true);
    const more = textOf(
      moveNodes(
        first,
        new Map([
          ['encoder.mean', { x: 9, y: 9 }],
          ['a', { x: 1, y: 1 }],
          ['b', { x: 2, y: 2 }],
        ]),
      ),
    );
    expect(Object.fromEntries(readOutline(more)!.positions)).toEqual({
      'encoder.mean': { x: 9, y: 9 },
      'encoder.x': { x: 0, y: 0 },
      a: { x: 1, y: 1 },
      b: { x: 2, y: 2 },
    });
    expect(errorsOf(more)).toEqual([]);
  });

  it('places 500 nodes in the time of a few', () => {
    const many = new Map(Array.from({ length: 500 }, (_, index) => [`encoder.n${index}`, { x: index, y: index }]));
    const first = textOf(moveNodes(vae, new Map([['encoder.mean', { x: 1, y: 1 }]])));
    const start = performance.now();
    textOf(moveNodes(first, many));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

it('says why a text with syntax errors cannot be edited', () => {
  expect(reasonOf(addLayer('{', 'encoder', { type: 'dense' }))).toContain('syntax error');
});
