/** Codes on a map of two dimensions and back: principal components, and blends of neighbours where a map has no way back. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** A flat map: a code is `mean` + x·`axes[0]` + y·`axes[1]`. */
export interface Plane {
  readonly mean: Float64Array;
  /** Two unit vectors, perpendicular; the second is zero where codes have one number. */
  readonly axes: readonly [Float64Array, Float64Array];
  /** Share of the codes' variance that lies in the map, 0 to 1. */
  readonly share: number;
}

export interface Projection {
  /** Positions on the map, [count, 2]. */
  readonly points: Float32Array;
  /** The way back; null where the map is curved. */
  readonly plane: Plane | null;
}

function meanOf(latents: Float32Array, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < latents.length; i++) mean[i % size]! += latents[i]!;
  const count = latents.length / size;
  return mean.map((sum) => sum / Math.max(1, count));
}

function covarianceOf(latents: Float32Array, size: number, mean: Float64Array): Matrix {
  const count = latents.length / size;
  const centred = new Matrix(count, size);
  for (let i = 0; i < latents.length; i++) centred.set(Math.floor(i / size), i % size, latents[i]! - mean[i % size]!);
  return centred
    .transpose()
    .mmul(centred)
    .div(Math.max(1, count - 1));
}

/**
 * The plane through the codes' mean along which they vary most (principal components), and where each code falls on it.
 * @param latents [count, size]
 */
export function principalPlane(
  latents: Float32Array,
  size: number,
): { readonly points: Float32Array; readonly plane: Plane } {
  const mean = meanOf(latents, size);
  const covariance = covarianceOf(latents, size, mean);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((value, index) => ({ value, index })).sort((a, b) => b.value - a.value);
  const axis = (rank: number): Float64Array =>
    rank < size ? Float64Array.from(eigenvectorMatrix.getColumn(order[rank]!.index)) : new Float64Array(size);
  const axes: Plane['axes'] = [axis(0), axis(1)];
  const all = order.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const kept = order.slice(0, 2).reduce((sum, { value }) => sum + Math.max(0, value), 0);
  return { points: ontoPlane(latents, size, { mean, axes }), plane: { mean, axes, share: all > 0 ? kept / all : 1 } };
}

function ontoPlane(latents: Float32Array, size: number, { mean, axes }: Pick<Plane, 'mean' | 'axes'>): Float32Array {
  const points = new Float32Array((latents.length / size) * 2);
  for (let i = 0; i < latents.length; i++) {
    const at = 2 * Math.floor(i / size);
    const value = latents[i]! - mean[i % size]!;
    points[at]! += value * axes[0][i % size]!;
    points[at + 1]! += value * axes[1][i % size]!;
  }
  return points;
}

/** The code at a place of a flat map. */
export function fromPlane({ mean, axes }: Plane, x: number, y: number): Float32Array {
  return Float32Array.from(mean, (value, i) => value + x * axes[0][i]! + y * axes[1][i]!);
}

/** Neighbours whose codes are blended. */
const blended = 4;

/**
 * A code for a place of a map without a way back: the codes of the four points nearest to it, weighted by the inverse
 * of their squared distance (Shepard's method). On a point it is that point's code.
 */
export function blendNeighbours(
  points: Float32Array,
  latents: Float32Array,
  size: number,
  x: number,
  y: number,
): Float32Array {
  const near: { readonly index: number; readonly squared: number }[] = [];
  for (let index = 0; index < points.length / 2; index++) {
    const squared = (points[2 * index]! - x) ** 2 + (points[2 * index + 1]! - y) ** 2;
    if (near.length === blended && squared >= near.at(-1)!.squared) continue;
    near.push({ index, squared });
    near.sort((a, b) => a.squared - b.squared);
    near.length = Math.min(near.length, blended);
  }
  const exact = near[0]?.squared === 0 ? near.slice(0, 1) : near;
  const weights = exact.map(({ squared }) => (squared === 0 ? 1 : 1 / squared));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const code = new Float32Array(size);
  exact.forEach(({ index }, k) => {
    for (let i = 0; i < size; i++) code[i]! += (weights[k]! / sum) * latents[index * size + i]!;
  });
  return code;
}

/** The code at a place of a map. */
export function codeAt(
  { points, plane }: Projection,
  latents: Float32Array,
  size: number,
  x: number,
  y: number,
): Float32Array {
  return plane ? fromPlane(plane, x, y) : blendNeighbours(points, latents, size, x, y);
}

/** The point of a map nearest to a place and how far it is; undefined of an empty map. */
export function nearestPoint(
  points: Float32Array,
  x: number,
  y: number,
): { readonly index: number; readonly distance: number } | undefined {
  let [index, least] = [-1, Infinity];
  for (let i = 0; i < points.length / 2; i++) {
    const squared = (points[2 * i]! - x) ** 2 + (points[2 * i + 1]! - y) ** 2;
    if (squared < least) [index, least] = [i, squared];
  }
  return index < 0 ? undefined : { index, distance: Math.sqrt(least) };
}
