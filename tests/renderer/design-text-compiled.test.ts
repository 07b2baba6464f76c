/** The compiled view: phases that follow from the graph, totals that add up, rows that fold and are found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtinDataInfo } from '../../core/spec/builtin-data.ts';
import { checkDocument } from '../../core/spec/check.ts';
import { compileDocument, type CompiledDocument } from '../../core/spec/compile.ts';
import { readOutline } from '../../core/spec/model-edits/outline.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import { compiledGraph, layerOfOrigin, phasesOf } from '../../renderer/features/design-editor/compiled-graph.ts';
import { matching, originRowId, parentId, rowsOf } from '../../renderer/features/design-editor/compiled-rows.ts';

const folder = join(import.meta.dirname, '../../resources/examples');
const read = (name: string): string => readFileSync(join(folder, `${name}.lathe.jsonc`), 'utf8');

function compile(text: string): CompiledDocument {
  const { document } = parseDocument(text);
  return compileDocument(document!, builtinDataInfo(document!.data)!);
}

const vae = read('vae');
const model = compile(vae);
const graph = compiledGraph(model.train, model.registry);

describe('phases', () => {
  it('compute the loss without any gradient or update in the forward phase of a VAE', () => {
    const phase = phasesOf(model.train, model.registry);
    const makers = new Map(
      model.train.graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
    );
    const forward = model.train.graph.nodes.filter((node) => phase.get(node) === 'forward');
    const sources = forward.flatMap((node) => node.inputs.flatMap((input) => (input && makers.get(input)) ?? []));
    expect(sources.filter((node) => phase.get(node) !== 'forward')).toEqual([]);
    expect(forward.map((node) => node.op)).toContain('Conv');
  });

  it('give every layer a forward and, as all of them are trained through, a backward part', () => {
    const layers = checkDocument(vae).summary!.networks.flatMap((network) =>
      network.layers.map((layer) => `${network.name}/${layer.id}`),
    );
    for (const phase of ['forward', 'backward'] as const) {
      const origins = new Set(graph.nodes.filter((node) => node.phase === phase).map((node) => node.origin));
      expect(layers.filter((layer) => !origins.has(layer))).toEqual([]);
    }
  });

  it('keep both networks of a GAN in the forward phase although one is updated in between', () => {
    const gan = compile(read('gan-points'));
    const { nodes } = compiledGraph(gan.train, gan.registry);
    expect(
      nodes
        .filter((node) => node.phase === 'optimizer')
        .every((node) => node.origin.startsWith('optimizer/') || node.origin === ''),
    ).toBe(true);
    const forward = nodes.filter((node) => node.phase === 'forward' && node.origin === 'generator/dense_1');
    expect(forward.length).toBeGreaterThanOrEqual(2);
  });
});

describe('totals', () => {
  it('add up', () => {
    const { byOp, byPhase, multiplyAdds } = graph.totals;
    expect(byOp.reduce((sum, [, count]) => sum + count, 0)).toBe(graph.nodes.length);
    expect(byPhase.forward + byPhase.backward + byPhase.optimizer).toBe(graph.nodes.length);
    expect(graph.nodes.reduce((sum, node) => sum + node.multiplyAdds, 0)).toBe(multiplyAdds);
  });

  it('count the parameters the check counts, and two moments of each for Adam', () => {
    const { parameters } = checkDocument(vae).summary!;
    expect(graph.totals.parameters).toBe(parameters);
    expect(graph.totals.stateBytes.parameter).toBe(parameters * 4);
    expect(graph.totals.stateBytes.optimizer).toBeGreaterThanOrEqual(parameters * 8);
  });

  it('give a batch the forward cost of as many samples', () => {
    const { multiplyAdds } = checkDocument(vae).summary!;
    const forward = graph.nodes
      .filter((node) => node.phase === 'forward' && node.origin !== '')
      .reduce((sum, node) => sum + node.multiplyAdds, 0);
    expect(forward).toBe(multiplyAdds * 64);
  });
});

describe('layers behind nodes', () => {
  it('are found for every origin of the networks', () => {
    const outline = readOutline(vae)!;
    expect(layerOfOrigin(outline, 'encoder/mean')).toBe('encoder.mean');
    expect(layerOfOrigin(outline, 'decoder/dense_1')).toBe('decoder.dense_1');
    expect(layerOfOrigin(outline, 'optimizer/vae')).toBeUndefined();
    expect(layerOfOrigin(outline, '')).toBeUndefined();
  });

  it('are the use of the block for nodes of a layer within one', () => {
    const outline = readOutline(
      '{ "networks": { "denoiser": { "inputs": {}, "layers": [{ "id": "down", "type": "block", "use": "r" }] } } }',
    )!;
    expect(layerOfOrigin(outline, 'denoiser/down/conv1')).toBe('denoiser.down');
  });
});

describe('rows', () => {
  it('are the three phases when all is folded', () => {
    expect(rowsOf(graph, '', new Set()).map((row) => row.id)).toEqual(['forward', 'backward', 'optimizer']);
  });

  it('show every node once when all is open, each below the row that holds it', () => {
    const open = new Set(graph.nodes.flatMap((node) => [node.phase, originRowId(node.phase, node.origin)]));
    const rows = rowsOf(graph, '', open);
    const nodes = rows.flatMap((row) => (row.kind === 'node' ? [row.node.index] : []));
    expect(nodes.toSorted((a, b) => a - b)).toEqual(graph.nodes.map((node) => node.index));
    const orphans = rows.filter((row, at) => {
      const parent = parentId(row);
      return parent !== undefined && !rows.slice(0, at).some((other) => other.id === parent);
    });
    expect(orphans).toEqual([]);
  });

  it('are found by operator, layer and shape together, whatever is folded', () => {
    const found = matching(graph.nodes, 'conv encoder/conv2d_1 forward');
    expect(found.map((node) => node.op)).toContain('Conv');
    expect(found.every((node) => node.origin === 'encoder/conv2d_1')).toBe(true);
    expect(rowsOf(graph, 'conv encoder/conv2d_1 forward', new Set()).filter((row) => row.kind === 'node')).toHaveLength(
      found.length,
    );
    expect(rowsOf(graph, 'no such thing', new Set())).toEqual([]);
  });
});
