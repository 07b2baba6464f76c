/** How a parameter starts: named initialisers and the numbers they draw. */
import type { RandomStream } from '../random/random.ts';
import { sizeOf, type Shape } from '../tensor/tensor.ts';

export const initialiserNames = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'orthogonal',
  'normal',
  'truncatedNormal',
  'uniform',
  'constant',
  'zeros',
  'ones',
] as const;
export type InitialiserName = (typeof initialiserNames)[number];

export interface ParameterInit {
  readonly type: InitialiserName;
  /** `normal`, `truncatedNormal`: standard deviation (0.02); `uniform`: half width (0.05); `orthogonal`: gain (1); `constant`: the value (0). */
  readonly scale?: number;
  /** Inputs and outputs that meet in one unit; needed by glorot, he and lecun. */
  readonly fanIn?: number;
  readonly fanOut?: number;
}

/**
 * Draws the starting value of a parameter, float32, row-major.
 * Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2014 (orthogonal). A truncated normal is cut
 * at two deviations and redrawn.
 */
export function drawParameter(init: ParameterInit, shape: Shape, random: RandomStream): Float32Array {
  const out = new Float32Array(sizeOf(shape));
  const fanIn = init.fanIn ?? 1;
  const fanOut = init.fanOut ?? 1;
  switch (init.type) {
    case 'zeros':
      return out;
    case 'ones':
      return out.fill(1);
    case 'constant':
      return out.fill(init.scale ?? 0);
    case 'glorotUniform':
      return uniform(out, Math.sqrt(6 / (fanIn + fanOut)), random);
    case 'heUniform':
      return uniform(out, Math.sqrt(6 / fanIn), random);
    case 'lecunUniform':
      return uniform(out, Math.sqrt(3 / fanIn), random);
    case 'uniform':
      return uniform(out, init.scale ?? 0.05, random);
    case 'glorotNormal':
      return normal(out, Math.sqrt(2 / (fanIn + fanOut)), random);
    case 'heNormal':
      return normal(out, Math.sqrt(2 / fanIn), random);
    case 'lecunNormal':
      return normal(out, Math.sqrt(1 / fanIn), random);
    case 'normal':
      return normal(out, init.scale ?? 0.02, random);
    case 'truncatedNormal':
      return truncatedNormal(out, init.scale ?? 0.02, random);
    case 'orthogonal':
      return orthogonal(out, shape, init.scale ?? 1, random);
  }
}

function uniform(out: Float32Array, bound: number, random: RandomStream): Float32Array {
  random.fillUniform(out);
  for (let i = 0; i < out.length; i++) out[i] = (2 * out[i] - 1) * bound;
  return out;
}

function normal(out: Float32Array, deviation: number, random: RandomStream): Float32Array {
  random.fillNormal(out);
  for (let i = 0; i < out.length; i++) out[i] *= deviation;
  return out;
}

function truncatedNormal(out: Float32Array, deviation: number, random: RandomStream): Float32Array {
  random.fillNormal(out);
  for (let i = 0; i < out.length; i++) {
    while (Math.abs(out[i]) > 2) out[i] = random.normal();
    out[i] *= deviation;
  }
  return out;
}

/** Rows (or columns, when there are fewer) orthonormal, by modified Gram–Schmidt over a normal matrix, done twice. */
function orthogonal(out: Float32Array, shape: Shape, gain: number, random: RandomStream): Float32Array {
  const rows = shape[0] ?? 1;
  const columns = out.length / rows;
  const short = Math.min(rows, columns);
  const long = Math.max(rows, columns);
  const vectors = Array.from({ length: short }, () => {
    const vector = new Float64Array(long);
    random.fillNormal(vector);
    return vector;
  });
  for (let i = 0; i < short; i++) orthonormalise(vectors[i], vectors.slice(0, i));
  for (let i = 0; i < short; i++) {
    for (let j = 0; j < long; j++) out[rows <= columns ? i * columns + j : j * columns + i] = gain * vectors[i][j];
  }
  return out;
}

function orthonormalise(vector: Float64Array, earlier: readonly Float64Array[]): void {
  for (const other of [...earlier, ...earlier]) {
    let dot = 0;
    for (let j = 0; j < vector.length; j++) dot += vector[j] * other[j];
    for (let j = 0; j < vector.length; j++) vector[j] -= dot * other[j];
  }
  let square = 0;
  for (let j = 0; j < vector.length; j++) square += vector[j] * vector[j];
  const length = Math.sqrt(square) || 1;
  for (let j = 0; j < vector.length; j++) vector[j] /= length;
}
