/**
 * Threefry-2x32-20: the counter-based random bits everything random in Lathe is drawn from.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Twenty rounds of add, rotate
 * and xor over two 32-bit words; the same (key, counter) gives the same bits on every machine, in any order.
 */

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const parity = 0x1bd11bda;

/** Fills `out` with `out.length` 32-bit words for counters `first`, `first + 1`, … (two words a counter) under the key. */
export function threefryFill(key0: number, key1: number, counterHigh: number, first: number, out: Uint32Array): void {
  const key2 = parity ^ key0 ^ key1;
  const keys = [key0, key1, key2];
  for (let index = 0; index < out.length; index += 2) {
    let x0 = (first + (index >> 1) + key0) | 0;
    let x1 = (counterHigh + key1) | 0;
    for (let group = 0; group < 5; group++) {
      const offset = (group & 1) << 2;
      for (let round = 0; round < 4; round++) {
        const rotation = rotations[offset + round];
        x0 = (x0 + x1) | 0;
        x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
      }
      x0 = (x0 + keys[(group + 1) % 3]) | 0;
      x1 = (x1 + keys[(group + 2) % 3] + group + 1) | 0;
    }
    out[index] = x0;
    if (index + 1 < out.length) out[index + 1] = x1;
  }
}
