/** Codes between two codes, in a straight line or on an arc. */

/** `linear`: the straight line; `spherical`: the arc, which keeps the length that codes of a Gaussian prior have. */
export type Path = 'linear' | 'spherical';

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/**
 * `count` codes from `a` to `b`, both included, evenly spaced: [count, size]. Spherical interpolation is Shoemake's
 * slerp (1985), sin((1−t)θ)/sin θ · a + sin(tθ)/sin θ · b, and the straight line where the codes are parallel.
 */
export function between(a: Float32Array, b: Float32Array, count: number, path: Path): Float32Array {
  const out = new Float32Array(count * a.length);
  const weightsAt = path === 'linear' ? linearWeights : sphericalWeights(a, b);
  for (let k = 0; k < count; k++) {
    const [ofA, ofB] = weightsAt(count > 1 ? k / (count - 1) : 0);
    for (let i = 0; i < a.length; i++) out[k * a.length + i] = ofA * a[i]! + ofB * b[i]!;
  }
  return out;
}

type Weights = (t: number) => readonly [number, number];

const linearWeights: Weights = (t) => [1 - t, t];

function sphericalWeights(a: Float32Array, b: Float32Array): Weights {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  const angle = lengths > 0 ? Math.acos(Math.max(-1, Math.min(1, dot(a, b) / lengths))) : 0;
  const sine = Math.sin(angle);
  if (Math.abs(sine) < 1e-6) return linearWeights;
  return (t) => [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
}
