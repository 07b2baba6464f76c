/** Shapes: pictures agree with the factors they are said to be drawn from. */
import { describe, expect, it } from 'vitest';
import {
  paintShape,
  shapeColours,
  shapeFactors,
  shapeKinds,
  shapesSize,
  type ShapeFactors,
} from '../../../core/data/shapes.ts';

const plane = shapesSize * shapesSize;

function paint(factors: ShapeFactors): Uint8Array {
  const out = new Uint8Array(3 * plane);
  paintShape(factors, out);
  return out;
}

/** How much of each pixel is shape, read back from the channel with the most contrast. */
function coverage(factors: ShapeFactors): Float64Array {
  const ground = [22, 24, 30];
  const colour = shapeColours[factors.colour];
  const contrast = colour.map((value, c) => Math.abs(value - ground[c]));
  const channel = contrast.indexOf(Math.max(...contrast));
  const picture = paint(factors);
  return Float64Array.from(
    { length: plane },
    (_, at) => (picture[channel * plane + at] - ground[channel]) / (colour[channel] - ground[channel]),
  );
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe('shapes', () => {
  it('covers the area its geometry says', () => {
    const areas: Record<string, number> = {
      circle: Math.PI,
      square: 2,
      triangle: (3 * Math.sqrt(3)) / 4,
      star: 5 * 0.45 * Math.sin(Math.PI / 5),
      ring: Math.PI * (1 - 0.52 ** 2),
      cross: 8 * 0.32 * Math.sqrt(1 - 0.32 ** 2) - 4 * 0.32 ** 2,
    };
    for (const kind of shapeKinds) {
      const covered = sum(coverage({ kind, colour: 'red', size: 10, x: 16.3, y: 15.6, rotation: 0.4 }));
      expect(Math.abs(covered - areas[kind] * 100) / (areas[kind] * 100)).toBeLessThan(0.03);
    }
  });

  it('stands where x and y say and wholly inside the picture', () => {
    for (let index = 0; index < 300; index++) {
      const factors = shapeFactors(index);
      const cover = coverage(factors);
      const total = sum(cover);
      const x = cover.reduce((at, value, i) => at + value * ((i % shapesSize) + 0.5), 0) / total;
      const y = cover.reduce((at, value, i) => at + value * (Math.floor(i / shapesSize) + 0.5), 0) / total;
      expect(Math.hypot(x - factors.x, y - factors.y)).toBeLessThan(0.35);
      expect(Math.min(factors.x, factors.y) - factors.size).toBeGreaterThanOrEqual(0);
      expect(Math.max(factors.x, factors.y) + factors.size).toBeLessThanOrEqual(shapesSize);
    }
  });

  it('is filled with its colour', () => {
    const { green } = shapeColours;
    const picture = paint({ kind: 'circle', colour: 'green', size: 8, x: 16, y: 16, rotation: 0 });
    const centre = 16 * shapesSize + 16;
    expect([picture[centre], picture[plane + centre], picture[2 * plane + centre]]).toEqual([...green]);
  });

  it('draws every kind and colour, independent of each other', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 9600; index++) {
      const { kind, colour } = shapeFactors(index);
      counts.set(`${kind} ${colour}`, (counts.get(`${kind} ${colour}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(shapeKinds.length * Object.keys(shapeColours).length);
    // 48 cells of 200 expected: chi-squared with 42 degrees of freedom exceeds 80 with probability under 0.0005.
    expect([...counts.values()].reduce((chi, count) => chi + (count - 200) ** 2 / 200, 0)).toBeLessThan(80);
  });
});
