/** Point sets: moments, components and supports agree with the distributions' definitions. */
import { describe, expect, it } from 'vitest';
import { pointSet, pointSetNames, type PointSetName } from '../../../core/data/points.ts';

interface Sample {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

function samples(name: PointSetName, count: number): Sample[] {
  const set = pointSet(name);
  const out = new Float32Array(2);
  return Array.from({ length: count }, (_, index) => {
    const label = set.draw(index, out, 0);
    return { x: out[0], y: out[1], label };
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('point sets', () => {
  it('stay within about [−2, 2] and repeat exactly', () => {
    for (const name of pointSetNames) {
      const drawn = samples(name, 2000);
      expect(Math.max(...drawn.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]))).toBeLessThan(2.3);
      expect(samples(name, 5)).toEqual(drawn.slice(0, 5));
    }
  });

  it.each([
    ['8gaussians', 8],
    ['25gaussians', 25],
  ] as const)('%s has %i even components with the stated centres and deviation', (name, count) => {
    const { modes, classes } = pointSet(name);
    expect([modes?.centres.length, classes.length]).toEqual([count, count]);
    const drawn = samples(name, count * 400);
    for (let component = 0; component < count; component++) {
      const own = drawn.filter(({ label }) => label === component);
      expect(own.length).toBe(400);
      const [cx, cy] = modes!.centres[component];
      const dx = own.map(({ x }) => x - cx);
      const dy = own.map(({ y }) => y - cy);
      // Five standard errors of a mean (σ/√400) and of a deviation (about σ/√800).
      expect(Math.abs(mean(dx))).toBeLessThan(modes!.deviation * 0.25);
      expect(Math.abs(mean(dy))).toBeLessThan(modes!.deviation * 0.25);
      for (const d of [dx, dy])
        expect(Math.abs(Math.sqrt(mean(d.map((v) => v * v))) / modes!.deviation - 1)).toBeLessThan(0.18);
    }
  });

  it('moons lie on two half circles of radius 1', () => {
    for (const { x, y, label } of samples('moons', 2000)) {
      const [cx, cy] = label === 0 ? [-0.5, -0.25] : [0.5, 0.25];
      expect(Math.abs(Math.hypot(x - cx, y - cy) - 1)).toBeLessThan(0.07 * 5);
    }
  });

  it('the checkerboard fills eight alternate unit squares evenly and nothing else', () => {
    const counts = new Map<string, number>();
    for (const { x, y } of samples('checkerboard', 8000)) {
      const cell = [Math.floor(x), Math.floor(y)];
      expect(Math.abs(cell[0] + cell[1]) % 2).toBe(0);
      counts.set(cell.join(), (counts.get(cell.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('the second spiral arm is the first turned by half a turn', () => {
    for (const { x, y, label } of samples('spirals', 2000)) {
      const radius = Math.hypot(x, y);
      if (radius < 0.4) continue;
      const expected = (3 * Math.PI * radius) / 1.8 + Math.PI * label;
      const turn = Math.atan2(y, x) - expected;
      const offset = Math.abs(turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI)));
      // The angle's share of the noise and the radius's, along an arm of slope 3π / 1.8.
      expect(offset).toBeLessThan(5 * 0.04 * (1 / radius + (3 * Math.PI) / 1.8));
    }
  });

  it('the swiss roll has radius angle / 7.5', () => {
    for (const { x, y } of samples('swissroll', 2000)) {
      const angle = Math.hypot(x, y) * 7.5;
      const turn = Math.atan2(y, x) - angle;
      expect(Math.abs(turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI)))).toBeLessThan(5 * 0.03 * (7.5 + 1 / 0.6));
    }
  });
});
