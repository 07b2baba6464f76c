/**
 * Random streams keyed by (seed, stream, step): what a run draws depends on nothing else, so it can be replayed on any
 * device, resumed at any step and shared between model families.
 */
import { threefryFill } from './threefry.ts';

/** FNV-1a over the UTF-16 code units of a stream's name: 32 bits that tell streams of one seed apart. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A sequence of random numbers for one (seed, stream, step). Each `fill…` call goes on where the last one ended.
 * @param seed integer from 0 to 2^53 − 1; @param step integer from 0 to 2^32 − 1.
 */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #step: number;
  #counter = 0;

  constructor(seed: number, stream: string, step = 0) {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`a seed is an integer from 0 to 2^53 − 1, got ${seed}`);
    this.#key0 = seed >>> 0;
    this.#key1 = (hashName(stream) ^ Math.imul(Math.floor(seed / 0x100000000), 0x9e3779b1)) >>> 0;
    this.#step = step >>> 0;
  }

  /** `count` uniform 32-bit words. */
  bits(count: number): Uint32Array {
    const words = new Uint32Array(count);
    threefryFill(this.#key0, this.#key1, this.#step, this.#counter, words);
    this.#counter += (count + 1) >> 1;
    return words;
  }

  /** Uniform on [0, 1) with 24 random bits: every value is exact in float32. */
  fillUniform(out: Float32Array | Float64Array): void {
    const words = this.bits(out.length);
    for (let i = 0; i < out.length; i++) out[i] = (words[i] >>> 8) * 2 ** -24;
  }

  /** Standard normal by the Box–Muller transform (Box and Muller 1958), two values from two uniform words. */
  fillNormal(out: Float32Array | Float64Array): void {
    const words = this.bits(out.length + (out.length & 1));
    for (let i = 0; i < out.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((words[i] + 1) * 2 ** -32));
      const angle = 2 * Math.PI * words[i + 1] * 2 ** -32;
      out[i] = radius * Math.cos(angle);
      if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
    }
  }

  /** One uniform number on [0, 1). */
  uniform(): number {
    return (this.bits(1)[0] >>> 8) * 2 ** -24;
  }

  /** One standard normal number. */
  normal(): number {
    const pair = new Float64Array(2);
    this.fillNormal(pair);
    return pair[0];
  }

  /** One integer, uniform on 0 … `below` − 1 (`below` up to 2^32; the bias is under below × 2^-32). */
  integer(below: number): number {
    return Math.floor(this.bits(1)[0] * 2 ** -32 * below);
  }

  /** The integers 0 … `count` − 1 in random order (Fisher–Yates, Durstenfeld 1964). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const words = this.bits(count);
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(words[i] * 2 ** -32 * (i + 1));
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }
}
