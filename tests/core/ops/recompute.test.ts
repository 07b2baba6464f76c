/** Claims about the memory of a step, counted by hand, and about steps that take less for more work. */
import { describe, expect, it } from 'vitest';
import { memoryUse, runOrder, type Step, type StepNode } from '../../../core/ops/memory.ts';
import { recompute } from '../../../core/ops/recompute.ts';

type Sharing = StepNode['sharing'];

/** Value 0 is given; the nodes make values of `bytes`, all of one kind each unless told. */
function stepOf(
  nodes: readonly { readonly reads: readonly number[]; readonly makes: number; readonly sharing?: Sharing }[],
  bytes: readonly number[],
  kinds: readonly number[] = bytes.map(() => -1),
): Step {
  return {
    nodes: nodes.map(({ reads, makes, sharing = 'none' }) => ({ inputs: reads, outputs: [makes], sharing, cost: 1 })),
    bytes,
    kinds,
  };
}

const asInFile = ({ nodes }: Step): Int32Array => Int32Array.from(nodes.keys());

/**
 * `depth` layers forward, each of which its gradient reads again: layer i makes value i of 1 byte from value i − 1, and
 * gradient i, of 1 byte too, is made from gradient i + 1 and value i. Nothing reads gradient 1, which has no bytes.
 */
function network(depth: number): Step {
  const forward = Array.from({ length: depth }, (_, at) => ({ reads: [at], makes: at + 1 }));
  const gradient = (layer: number): number => 2 * depth + 1 - layer;
  const backward = Array.from({ length: depth }, (_, at) => depth - at).map((layer) => ({
    reads: layer === depth ? [layer] : [gradient(layer + 1), layer],
    makes: gradient(layer),
  }));
  const bytes = [0, ...Array<number>(2 * depth - 1).fill(1), 0];
  return stepOf([...forward, ...backward], bytes);
}

/** What each value is, written out as the operations that make it. */
function meaningOf(step: Step, sources: readonly number[], order: Int32Array): ReadonlyMap<number, string> {
  const meaning = new Map<number, string>();
  for (const node of order) {
    const { inputs, outputs } = step.nodes[node];
    const operands = inputs.map((input) => {
      const operand = meaning.get(input);
      if (operand === undefined && input !== 0) throw new Error(`value ${input} is read before it is made`);
      return operand ?? 'x';
    });
    for (const [at, output] of outputs.entries()) meaning.set(output, `${sources[node]}.${at}(${operands.join()})`);
  }
  return meaning;
}

describe('the order of running', () => {
  it('goes backwards from what nothing reads, the last in the file first, and to inputs highest in the file first', () => {
    // 1 and 2 are made from the input, 3 from both; 4 from 1 alone.
    const step = stepOf(
      [
        { reads: [0], makes: 1 },
        { reads: [0], makes: 2 },
        { reads: [1, 2], makes: 3 },
        { reads: [1], makes: 4 },
      ],
      [0, 1, 1, 1, 1],
    );
    expect([...runOrder(step, Int32Array.of(0, 1, 2, 3))]).toEqual([0, 3, 1, 2]);
    expect([...runOrder(step, Int32Array.of(0, 1, 3, 2))]).toEqual([1, 0, 2, 3]);
  });
});

describe('the memory in use', () => {
  const chain = (sharing: Sharing) =>
    stepOf(
      [
        { reads: [0], makes: 1 },
        { reads: [1], makes: 2, sharing },
        { reads: [2], makes: 3 },
      ],
      [0, 8, 8, 2],
      [0, 1, 1, 2],
    );

  it('is what a node reads and makes together', () => {
    const step = chain('none');
    expect(memoryUse(step, runOrder(step, asInFile(step)))).toEqual({ peakBytes: 16, peakAt: 1 });
  });

  it.each(['alias', 'in-place'] as const)('is one piece for a value and its %s', (sharing) => {
    const step = chain(sharing);
    expect(memoryUse(step, runOrder(step, asInFile(step))).peakBytes).toBe(10);
  });

  it('holds a piece that is done with for the next value of its shape, and not where shapes are unknown', () => {
    const nodes = [
      { reads: [0], makes: 1 },
      { reads: [1], makes: 2 },
      { reads: [2], makes: 3 },
      { reads: [3], makes: 4 },
    ];
    // 1 and 4 have one shape: the 8 bytes of 1 stay while 3 is made from 2.
    const [bytes, kinds] = [
      [0, 8, 4, 5, 8],
      [0, 1, 2, 3, 1],
    ];
    const [held, free] = [stepOf(nodes, bytes, kinds), stepOf(nodes, bytes)];
    expect(memoryUse(held, runOrder(held, asInFile(held)))).toEqual({ peakBytes: 17, peakAt: 2 });
    expect(memoryUse(free, runOrder(free, asInFile(free)))).toEqual({ peakBytes: 13, peakAt: 3 });
  });

  it('grows by a byte a layer of a network whose gradients read what the layers made', () => {
    for (const depth of [4, 9]) {
      const step = network(depth);
      expect(memoryUse(step, runOrder(step, asInFile(step))).peakBytes).toBe(depth + 1);
    }
  });
});

describe('recomputing', () => {
  const depth = 64;
  const step = network(depth);
  const usual = depth + 1;

  it.each([usual, 0.75 * usual, 0.5 * usual, 0.3 * usual, 0.25 * usual])(
    'stays within a budget of %d of 65 bytes',
    (budget) => {
      const found = recompute(step, budget);
      expect(found.peakBytes).toBeLessThanOrEqual(budget);
      // What it says is what the order that ONNX Runtime takes from this very file gives.
      const nodes = found.nodes.map(({ node }) => node);
      const written = { nodes, bytes: found.bytes, kinds: found.bytes.map(() => -1) };
      expect(memoryUse(written, runOrder(written, asInFile(written))).peakBytes).toBe(found.peakBytes);
      expect(found.again).toHaveLength(nodes.length - step.nodes.length);
      expect(found.cost).toBe(found.again.length);
    },
  );

  it('runs nothing again where the budget is met, and more the less there is', () => {
    const counts = [1, 0.75, 0.5, 0.3].map((share) => recompute(step, share * usual).again.length);
    expect(counts[0]).toBe(0);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    // Each layer once at the most, as Chen et al. have it, for memory in the order of the root of the depth.
    expect(counts[3]).toBeLessThanOrEqual(depth);
  });

  it('leaves every value what it was', () => {
    const found = recompute(step, 0.3 * usual);
    const written = {
      nodes: found.nodes.map(({ node }) => node),
      bytes: found.bytes,
      kinds: found.bytes.map(() => -1),
    };
    const sources = found.nodes.map(({ source }) => source);
    const before = meaningOf(step, [...step.nodes.keys()], runOrder(step, asInFile(step)));
    const after = meaningOf(written, sources, runOrder(written, asInFile(written)));
    for (const [value, meaning] of before) expect(after.get(value)).toBe(meaning);
  });

  it('gives the least it finds where nothing meets the budget', () => {
    const found = recompute(step, 1);
    expect(found.peakBytes).toBeGreaterThan(1);
    expect(found.peakBytes).toBeLessThan(0.3 * usual);
  });
});
