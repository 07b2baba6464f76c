/** Noise schedules of diffusion models and the coefficients of their samplers, in double precision. */

export interface NoiseSchedule {
  /** √ᾱ_t: how much of the sample is left after step t = 0 … T − 1. */
  readonly signal: Float64Array;
  /** √(1 − ᾱ_t): how much noise there is. */
  readonly noise: Float64Array;
}

/**
 * The signal and noise kept at each of `timesteps` steps.
 * `linear`: β from 1e-4 to 0.02 for 1000 steps (Ho et al. 2020), scaled by 1000 / T so that fewer steps reach the same
 * end; `cosine`: ᾱ = cos²((t/T + s)/(1 + s)·π/2), s = 0.008, β at most 0.999 (Nichol and Dhariwal 2021).
 */
export function noiseSchedule(kind: 'linear' | 'cosine', timesteps: number): NoiseSchedule {
  const signal = new Float64Array(timesteps);
  const noise = new Float64Array(timesteps);
  let product = 1;
  for (let t = 0; t < timesteps; t++) {
    product *= 1 - (kind === 'linear' ? linearBeta(t, timesteps) : cosineBeta(t, timesteps));
    signal[t] = Math.sqrt(product);
    noise[t] = Math.sqrt(1 - product);
  }
  return { signal, noise };
}

function linearBeta(t: number, timesteps: number): number {
  const scale = 1000 / timesteps;
  const share = timesteps === 1 ? 0 : t / (timesteps - 1);
  return Math.min(0.999, scale * (1e-4 + (0.02 - 1e-4) * share));
}

function cosineBeta(t: number, timesteps: number): number {
  const left = (u: number): number => Math.cos(((u / timesteps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  return Math.min(0.999, 1 - left(t + 1) / left(t));
}

/** One step of a sampler from time t towards the data: x ← nextSignal·x̂₀ + nextNoise·ε̂ + fresh·z. */
export interface SamplerStep {
  readonly t: number;
  readonly signal: number;
  readonly noise: number;
  readonly nextSignal: number;
  readonly nextNoise: number;
  /** Deviation of fresh noise; 0 in deterministic sampling and in the last step. */
  readonly fresh: number;
}

/**
 * The steps of DDIM sampling (Song et al. 2021, equation 12) over `steps` evenly spaced times.
 * @param eta 0 is DDIM, deterministic; 1 is the ancestral sampling of DDPM.
 */
export function samplerSteps(schedule: NoiseSchedule, steps: number, eta: number): SamplerStep[] {
  const total = schedule.signal.length;
  const count = Math.min(steps, total);
  const times = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * total) / count) - 1).toReversed();
  return times.map((t, i) => {
    const next = times[i + 1];
    const signal = schedule.signal[t];
    const noise = schedule.noise[t];
    const nextSignal = next === undefined ? 1 : schedule.signal[next];
    const nextSpread = next === undefined ? 0 : schedule.noise[next];
    const posterior = Math.max(0, 1 - (signal / nextSignal) ** 2);
    const fresh = eta * (nextSpread / noise) * Math.sqrt(posterior);
    return { t, signal, noise, nextSignal, nextNoise: Math.sqrt(Math.max(0, nextSpread ** 2 - fresh ** 2)), fresh };
  });
}
