/** Latent maps and paths: against planes made by hand, and the properties of straight lines and arcs. */
import { describe, expect, it } from 'vitest';
import { between } from '../../renderer/features/generate/latent/interpolate.ts';
import { priorCodes, splitToEncode } from '../../renderer/features/generate/latent/codes.ts';
import {
  blendNeighbours,
  codeAt,
  fromPlane,
  nearestPoint,
  principalPlane,
} from '../../renderer/features/generate/latent/projection.ts';

const length = (code: ArrayLike<number>): number => Math.hypot(...Array.from(code));

describe('principal plane', () => {
  // Codes that lie in a plane of a space of five, spanned by two perpendicular unit vectors, with spreads 3 and 1.
  const u = [0.6, 0.8, 0, 0, 0];
  const v = [0, 0, 0, 0.28, -0.96];
  const centre = [1, -2, 3, 0, 5];
  const spread = priorCodes(400, 2, 7);
  const latents = Float32Array.from({ length: 400 * 5 }, (_, at) => {
    const [i, k] = [Math.floor(at / 5), at % 5];
    return centre[k]! + 3 * spread[2 * i]! * u[k]! + spread[2 * i + 1]! * v[k]!;
  });
  const { points, plane } = principalPlane(latents, 5);

  it('finds the plane that holds all of the variance', () => {
    expect(plane.share).toBeCloseTo(1, 6);
    expect(length(plane.axes[0])).toBeCloseTo(1, 6);
    expect(plane.axes[0].reduce((sum, value, i) => sum + value * plane.axes[1][i]!, 0)).toBeCloseTo(0, 6);
    // The wide direction comes first; its sign is free. The sample's axes tilt a little from those it was drawn along.
    expect(Math.abs(plane.axes[0].reduce((sum, value, i) => sum + value * u[i]!, 0))).toBeGreaterThan(0.99);
  });

  it('leads back to each code', () => {
    for (const i of [0, 17, 399]) {
      const back = fromPlane(plane, points[2 * i]!, points[2 * i + 1]!);
      back.forEach((value, k) => expect(value).toBeCloseTo(latents[5 * i + k]!, 4));
    }
  });

  it('keeps distances of codes that lie in it', () => {
    const apart = length(latents.subarray(0, 5).map((value, k) => value - latents[5 + k]!));
    expect(Math.hypot(points[0]! - points[2]!, points[1]! - points[3]!)).toBeCloseTo(apart, 4);
  });

  it('lays out codes of one number on a line', () => {
    const line = principalPlane(Float32Array.of(1, 2, 3), 1);
    expect(Math.abs(line.points[0]!)).toBeCloseTo(1, 6);
    expect(line.points[1]).toBe(0);
    expect(fromPlane(line.plane, line.points[0]!, 0)[0]).toBeCloseTo(1, 6);
  });
});

describe('blending neighbours', () => {
  const points = Float32Array.of(0, 0, 2, 0, 0, 2, 50, 50, 60, 60);
  const codes = Float32Array.of(0, 10, 20, 30, 40);

  it('gives a point its own code', () => {
    expect([...blendNeighbours(points, codes, 1, 2, 0)]).toEqual([10]);
  });

  it('gives the middle between two far from the rest about their mean', () => {
    const [code] = blendNeighbours(
      Float32Array.of(0, 0, 2, 0, 1e6, 0, 2e6, 0),
      Float32Array.of(4, 6, 1000, 1000),
      1,
      1,
      0,
    );
    expect(code).toBeCloseTo(5, 3);
  });

  it('stays within the codes it blends', () => {
    const [code] = codeAt({ points, plane: null }, codes, 1, 0.7, 0.4);
    expect(code).toBeGreaterThan(0);
    expect(code).toBeLessThan(30);
  });

  it('finds the nearest point', () => {
    expect(nearestPoint(points, 49, 50)).toEqual({ index: 3, distance: 1 });
    expect(nearestPoint(new Float32Array(0), 0, 0)).toBeUndefined();
  });
});

describe('paths between codes', () => {
  const a = Float32Array.of(3, 0, 0);
  const b = Float32Array.of(0, 3, 0);

  it('begin and end at the ends', () => {
    for (const path of ['linear', 'spherical'] as const) {
      const codes = between(a, b, 5, path);
      expect(Array.from(codes.subarray(0, 3), (value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual([3, 0, 0]);
      expect(Array.from(codes.subarray(12), (value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual([0, 3, 0]);
    }
  });

  it('meet in the mean on a line', () => {
    expect([...between(a, b, 3, 'linear').subarray(3, 6)]).toEqual([1.5, 1.5, 0]);
  });

  it('keep their length and turn evenly on an arc', () => {
    const codes = between(a, b, 4, 'spherical');
    for (let k = 0; k < 4; k++) {
      const code = codes.subarray(3 * k, 3 * k + 3);
      expect(length(code)).toBeCloseTo(3, 5);
      expect(Math.atan2(code[1]!, code[0]!)).toBeCloseTo((k * Math.PI) / 6, 5);
    }
  });

  it('go straight between parallel codes', () => {
    expect([...between(Float32Array.of(1, 1), Float32Array.of(3, 3), 3, 'spherical').subarray(2, 4)]).toEqual([2, 2]);
    expect([...between(Float32Array.of(0, 0), Float32Array.of(2, 0), 3, 'spherical').subarray(2, 4)]).toEqual([1, 0]);
  });
});

it('draws prior codes by seed, with the moments of a normal', () => {
  const codes = priorCodes(2000, 8, 3);
  expect(codes).toEqual(priorCodes(2000, 8, 3));
  const mean = codes.reduce((sum, value) => sum + value, 0) / codes.length;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(codes.length));
});

it('encodes held-out samples where there are any', () => {
  expect(splitToEncode({ train: 9, validation: 1, test: 2 })).toBe('test');
  expect(splitToEncode({ train: 9, validation: 3, test: 2 })).toBe('validation');
  expect(splitToEncode({ train: 9, validation: 0, test: 0 })).toBe('train');
});
