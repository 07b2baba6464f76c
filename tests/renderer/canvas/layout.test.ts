import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../core/spec/check.ts';
import { readOutline } from '../../../core/spec/model-edits/outline.ts';
import { buildLanes, type CanvasLane } from '../../../renderer/canvas/flow-model.ts';
import { layOut, nodeHeight, nodeWidth } from '../../../renderer/canvas/layout.ts';
import { mapFrame, mapShapes, maskPath } from '../../../renderer/canvas/map-picture.ts';
import { matching, nextNode } from '../../../renderer/canvas/navigate.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../../../resources/examples/${name}.lathe.jsonc`, import.meta.url), 'utf8');

function lanesOf(text: string, last: readonly CanvasLane[] = []): readonly CanvasLane[] {
  const { issues, summary } = checkDocument(text);
  return buildLanes(readOutline(text)!, issues, summary, last);
}

const nodeOf = (lanes: readonly CanvasLane[], key: string) =>
  lanes.flatMap((lane) => lane.nodes).find((node) => node.key === key)!;

describe('buildLanes', () => {
  it('says of each layer what it is, gives and costs', () => {
    const node = nodeOf(lanesOf(example('vae')), 'encoder.conv2d_1');
    // 1·4·4·32 weights and 32 biases; 14·14·32 outputs of 16 products each
    expect(node).toMatchObject({
      kind: 'convolution',
      parameters: '32 filters · 4×4 · stride 2 · relu · same',
      shape: 'N×32×14×14',
      figures: '544 params · 100k MACs',
    });
    expect(node.label).toBe('conv2d_1, 32 filters, 4×4, stride 2, relu, same, output N×32×14×14, 544 parameters');
  });

  it('sums up what a block stands for', () => {
    // 64·32·16 weights of the transposed convolution without bias, scale and shift of the normalisation
    expect(nodeOf(lanesOf(example('gan')), 'generator.enlarge_1').label).toContain('32,832 parameters');
  });

  it('writes what is wrong on the node it is about', () => {
    const text = example('vae').replace(
      '"id": "mean", "type": "dense", "units": 16',
      '"id": "mean", "type": "dense", "units": -1',
    );
    expect(nodeOf(lanesOf(text), 'encoder.mean').errors).toHaveLength(1);
    expect(nodeOf(lanesOf(text), 'encoder.mean').label).toContain('error: ');
  });

  it('gives out the same objects for what did not change', () => {
    const first = lanesOf(example('vae'));
    const second = lanesOf(
      example('vae').replace(
        '"type": "reshape", "shape": [64, 7, 7]',
        '"type": "reshape", "shape": [64, 7, 7], "bypass": true',
      ),
      first,
    );
    const same = second.flatMap((lane, index) => lane.nodes.filter((node, at) => node === first[index].nodes[at]));
    expect(same.map((node) => node.key)).toContain('encoder.mean');
    expect(same.map((node) => node.key)).not.toContain('decoder.reshape_1');
  });

  it('keeps a place for each input of layers that tell them apart', () => {
    expect(nodeOf(lanesOf(example('diffusion')), 'denoiser.down14').slots).toEqual(['image', 'embedding']);
    expect(nodeOf(lanesOf(example('diffusion')), 'denoiser.join14').slots).toEqual([]);
  });
});

describe('layOut', () => {
  it.each(['vae', 'gan', 'diffusion', 'classifier', 'flow', 'wgan-gp'])(
    'puts no two nodes of %s over each other, in lanes apart',
    (name) => {
      const lanes = lanesOf(example(name));
      for (const direction of ['down', 'right'] as const) {
        const { nodes, lanes: boxes } = layOut(lanes, new Map(), direction);
        const placed = lanes.flatMap((lane) =>
          lane.nodes.map((node) => ({ ...nodes.get(node.key)!, height: nodeHeight(node) })),
        );
        placed.forEach((one, index) => {
          for (const other of placed.slice(index + 1)) {
            const apart =
              Math.abs(one.x - other.x) >= nodeWidth ||
              one.y + one.height <= other.y ||
              other.y + other.height <= one.y;
            expect(apart).toBe(true);
          }
        });
        const frames = [...boxes.values()];
        const meeting = frames.slice(1).filter((next, index) => {
          const one = frames[index];
          return direction === 'down' ? next.x < one.x + one.width : next.y < one.y + one.height;
        });
        expect(meeting).toEqual([]);
      }
    },
  );

  it('runs every wire forward', () => {
    const lanes = lanesOf(example('diffusion'));
    const { nodes } = layOut(lanes, new Map(), 'down');
    for (const wire of lanes.flatMap((lane) => lane.wires))
      expect(nodes.get(wire.from)!.y).toBeLessThan(nodes.get(wire.to)!.y);
  });

  it('puts nodes where the document wants them, and leaves the others', () => {
    const lanes = lanesOf(example('vae'));
    const free = layOut(lanes, new Map(), 'down');
    const held = layOut(lanes, new Map([['encoder.mean', { x: -300, y: 900 }]]), 'down');
    expect(held.nodes.get('encoder.mean')).toEqual({ x: -300, y: 900 });
    expect(held.nodes.get('encoder.conv2d_1')).toEqual(free.nodes.get('encoder.conv2d_1'));
    expect(held.lanes.get('encoder')!.x).toBeLessThan(-300);
  });
});

describe('arrow keys', () => {
  const lanes = lanesOf(example('vae'));
  const { nodes } = layOut(lanes, new Map(), 'down');
  const go = (from: string | undefined, arrow: Parameters<typeof nextNode>[3]): string | undefined =>
    nextNode(lanes, nodes, from, arrow, 'down');

  it('go along wires, and across to what stands beside', () => {
    expect(go(undefined, 'ArrowDown')).toBe('encoder.x');
    expect(go('encoder.x', 'ArrowDown')).toBe('encoder.conv2d_1');
    expect(go('encoder.logVariance', 'ArrowUp')).toBe('encoder.features');
    expect(go('encoder.mean', 'ArrowRight')).toBe('encoder.logVariance');
    expect(go('encoder.x', 'ArrowRight')).toBe('decoder.z');
    expect(go('encoder.x', 'ArrowUp')).toBeUndefined();
  });

  it('reach every node from the first', () => {
    const seen = new Set<string>();
    const visit = (key: string | undefined): void => {
      if (key === undefined || seen.has(key)) return;
      seen.add(key);
      for (const arrow of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'] as const) visit(go(key, arrow));
    };
    visit('encoder.x');
    expect(seen.size).toBe(lanes.flatMap((lane) => lane.nodes).length);
  });
});

it('finds layers by every word typed', () => {
  const lanes = lanesOf(example('vae'));
  expect(matching(lanes, 'encoder dense')).toEqual(['encoder.mean', 'encoder.logVariance']);
  expect(matching(lanes, '64 filters')).toEqual(['encoder.conv2d_2']);
  expect(matching(lanes, '')).toEqual([]);
});

describe('the map of the canvas', () => {
  it('draws every layer where it stands, a shape for each kind, over the lanes', () => {
    const lanes = lanesOf(example('autoencoder'));
    const layout = layOut(lanes, new Map(), 'down');
    const shapes = mapShapes(lanes, layout);
    const nodes = lanes.flatMap((lane) => lane.nodes);
    expect(shapes).toHaveLength(1 + new Set(nodes.map(({ kind }) => kind)).size);
    const boxesIn = (path: string): number => path.split('z').length - 1;
    expect(boxesIn(shapes[0]!.path)).toBe(lanes.length);
    expect(shapes.slice(1).reduce((sum, { path }) => sum + boxesIn(path), 0)).toBe(nodes.length);
    for (const node of nodes) {
      const { x, y } = layout.nodes.get(node.key)!;
      const box = `M${x},${y}h${nodeWidth}v${nodeHeight(node)}h${-nodeWidth}z`;
      expect(shapes.filter(({ path }) => path.includes(box))).toHaveLength(1);
    }
  });

  it('shows everything and what is in sight in its own proportions', () => {
    const lane = { x: 0, y: 0, width: 100, height: 400 };
    const layout = { nodes: new Map(), lanes: new Map([['a', lane]]), bends: new Map() };
    const sight = { x: 50, y: -40, width: 150, height: 100 };
    const frame = mapFrame(layout, sight, { width: 30, height: 20 });
    // From −40 to 400 is 440 high: 22 for each of the map's 20 pixels, and a tenth more as room.
    expect(frame.height).toBeCloseTo(484, 9);
    expect(frame.width).toBeCloseTo(726, 9);
    expect(frame.x + frame.width / 2).toBeCloseTo(100, 9);
    expect(frame.y + frame.height / 2).toBeCloseTo(180, 9);
    expect(maskPath(lane, sight)).toBe('M0,0h100v400h-100zM50,-40h150v100h-150z');
  });
});
