/** `builtin:points/<name>`: distributions in the plane with known shape, for seeing what a generative model learns. */
import { RandomStream } from '../random/random.ts';
import type { DataInfo } from './data-info.ts';

export const pointSetNames = ['8gaussians', '25gaussians', 'moons', 'spirals', 'checkerboard', 'swissroll'] as const;
export type PointSetName = (typeof pointSetNames)[number];

/** Raised when the same index begins to give another point, so that caches made before are not taken for it. */
export const pointsVersion = 1;

const seed = 2_102_024;

/** A distribution in the plane, about [−2, 2] on both axes. */
export interface PointSet {
  readonly name: PointSetName;
  /** Names of the components or arms; empty where the set has none. */
  readonly classes: readonly string[];
  /** Centres and deviation of a mixture of Gaussians. */
  readonly modes?: DataInfo['modes'];
  /** Writes point `index` into `out[at]`, `out[at + 1]` and returns its class (0 where the set has no classes). */
  readonly draw: (index: number, out: Float32Array, at: number) => number;
}

/** The point set of that name. */
export function pointSet(name: PointSetName): PointSet {
  switch (name) {
    case '8gaussians':
      return mixture(name, circleCentres(8, 1.5), 0.1);
    case '25gaussians':
      return mixture(name, gridCentres([-1.5, -0.75, 0, 0.75, 1.5]), 0.05);
    case 'moons':
      return shaped(name, ['upper', 'lower'], moons);
    case 'spirals':
      return shaped(name, ['first arm', 'second arm'], spirals);
    case 'checkerboard':
      return shaped(name, [], checkerboard);
    case 'swissroll':
      return shaped(name, [], swissRoll);
  }
}

function circleCentres(count: number, radius: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function gridCentres(ticks: readonly number[]): number[][] {
  return ticks.flatMap((y) => ticks.map((x) => [x, y]));
}

/** An even mixture of round Gaussians; components come in turn. */
function mixture(name: PointSetName, centres: readonly (readonly number[])[], deviation: number): PointSet {
  const noise = new Float64Array(2);
  return {
    name,
    classes: centres.map((_, i) => String(i)),
    modes: { centres, deviation },
    draw: (index, out, at) => {
      const component = index % centres.length;
      new RandomStream(seed, name, index).fillNormal(noise);
      out[at] = centres[component][0] + deviation * noise[0];
      out[at + 1] = centres[component][1] + deviation * noise[1];
      return component;
    },
  };
}

/** A curve or region: (two uniform draws, two normal draws, arm) to a point. */
type Formula = (u: number, v: number, noiseX: number, noiseY: number, arm: number) => readonly [number, number];

function shaped(name: PointSetName, classes: readonly string[], formula: Formula): PointSet {
  const uniform = new Float64Array(2);
  const noise = new Float64Array(2);
  return {
    name,
    classes,
    draw: (index, out, at) => {
      const random = new RandomStream(seed, name, index);
      random.fillUniform(uniform);
      random.fillNormal(noise);
      const arm = classes.length > 0 ? index % classes.length : 0;
      [out[at], out[at + 1]] = formula(uniform[0], uniform[1], noise[0], noise[1], arm);
      return arm;
    },
  };
}

/** Two half circles of radius 1, one shifted by (1, 0.5) and turned over, then centred; noise of deviation 0.07. */
const moons: Formula = (u, _v, noiseX, noiseY, arm) => {
  const angle = Math.PI * u;
  const x = arm === 0 ? Math.cos(angle) : 1 - Math.cos(angle);
  const y = arm === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
  return [x - 0.5 + 0.07 * noiseX, y - 0.25 + 0.07 * noiseY];
};

/** Two Archimedean spirals of one and a half turns out to radius 1.8, even along the radius' square root; deviation 0.04. */
const spirals: Formula = (u, _v, noiseX, noiseY, arm) => {
  const t = Math.sqrt(u);
  const angle = 3 * Math.PI * t + Math.PI * arm;
  return [1.8 * t * Math.cos(angle) + 0.04 * noiseX, 1.8 * t * Math.sin(angle) + 0.04 * noiseY];
};

/** Eight of the sixteen unit squares of [−2, 2]², as the dark fields of a board; uniform on them. */
const checkerboard: Formula = (u, v) => {
  const x = 4 * u - 2;
  const column = Math.floor(4 * u);
  const row = v * 2;
  const y = -2 + 2 * Math.floor(row) + (column % 2) + (row - Math.floor(row));
  return [x, y];
};

/** The swiss roll seen from its end: r = t / 7.5 for t in [1.5 π, 4.5 π] (scikit-learn's `make_swiss_roll`); deviation 0.03. */
const swissRoll: Formula = (u, _v, noiseX, noiseY) => {
  const t = 1.5 * Math.PI * (1 + 2 * u);
  return [(t * Math.cos(t)) / 7.5 + 0.03 * noiseX, (t * Math.sin(t)) / 7.5 + 0.03 * noiseY];
};
