/** Frames bring back what was put into them; bytes that are no frame are refused, never trusted and never fatal. */
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, WireError } from '../../../core/protocol/wire.ts';

const roundTrip = (value: unknown): unknown => decodeFrame(encodeFrame(value));

/** A frame with a header and a body as given. */
function frame(header: string | Uint8Array, body = new Uint8Array(0), length?: number): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const start = (4 + text.length + 7) & ~7;
  const bytes = new Uint8Array(start + body.length);
  new DataView(bytes.buffer).setUint32(0, length ?? text.length, true);
  bytes.set(text, 4);
  bytes.set(body, start);
  return bytes;
}

describe('frames', () => {
  it.each([
    ['nothing', null],
    ['words and numbers', { type: 'call', id: 1, input: ['ü', '', 1.5, -3, true, null] }],
    ['numbers that JSON lacks', { a: NaN, b: [Infinity, -Infinity], c: { d: NaN } }],
    [
      'typed arrays of every kind',
      {
        u: new Uint8Array([1, 2, 255]),
        i: new Int32Array([-1, 2 ** 31 - 1]),
        f: new Float32Array([0.5, NaN]),
        d: new Float64Array([Math.PI, -Infinity]),
      },
    ],
    ['empty arrays', [new Float32Array(0), new Uint8Array(0), new Float64Array(0)]],
    [
      'arrays of odd lengths one after another',
      [new Uint8Array(3).fill(7), new Float64Array([1]), new Uint8Array(1).fill(9), new Float32Array([2, 3, 4])],
    ],
    [
      'objects that look like references',
      {
        a: { $array: 'Float32Array', at: 0, length: 9 },
        b: { $number: 'NaN' },
        c: { $entries: [] },
        d: { $array: { $number: NaN } },
      },
    ],
    ['a key that sets prototypes elsewhere', JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')],
  ])('bring back %s', (_what, value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  it('leave out what JSON leaves out', () => {
    expect(roundTrip({ a: undefined, b: 1 })).toEqual({ b: 1 });
  });

  it('bring back a view into a larger buffer as the view alone, with memory of its own', () => {
    const large = Float32Array.from({ length: 100 }, (_, i) => i);
    const back = roundTrip(large.subarray(10, 13)) as Float32Array;
    expect([...back]).toEqual([10, 11, 12]);
    expect(back.buffer.byteLength).toBe(12);
  });

  it('are read from the middle of a Node Buffer without showing what lies beside them', () => {
    const bytes = encodeFrame({ a: new Float32Array([1, 2]) });
    const pool = Buffer.alloc(bytes.length + 64, 0xaa);
    pool.set(bytes, 13);
    const { a } = decodeFrame(pool.subarray(13, 13 + bytes.length)) as { a: Float32Array };
    expect([...a]).toEqual([1, 2]);
    expect(a.buffer.byteLength).toBe(8);
  });
});

describe('bytes that are no frame', () => {
  const reference = (name: unknown, at: unknown, length: unknown): string =>
    JSON.stringify({ $array: name, at, length });
  it.each([
    ['nothing', new Uint8Array(0)],
    ['three bytes', new Uint8Array(3)],
    ['a header that is longer than the frame', frame('{}', undefined, 1000)],
    ['a header of 4 GiB', frame('{}', undefined, 0xffff_ffff)],
    ['no JSON', frame('{"a":')],
    ['no UTF-8', frame(new Uint8Array([0x22, 0xff, 0xfe, 0x22]))],
    ['very deep JSON', frame('['.repeat(200_000) + ']'.repeat(200_000))],
    ['an array that is no type', frame(reference('BigInt64Array', 0, 1), new Uint8Array(8))],
    ['an array named like a property of every object', frame(reference('constructor', 0, 1), new Uint8Array(8))],
    ['an array that starts before its body', frame(reference('Uint8Array', -4, 4), new Uint8Array(8))],
    ['an array that ends after the frame', frame(reference('Float64Array', 0, 2), new Uint8Array(8))],
    ['an array of a negative length', frame(reference('Float64Array', 0, -1), new Uint8Array(8))],
    ['an array of a broken length', frame(reference('Uint8Array', 0, 1.5), new Uint8Array(8))],
    [
      'an array of a length that overflows',
      frame(reference('Float64Array', 0, Number.MAX_SAFE_INTEGER), new Uint8Array(8)),
    ],
    ['an array without a length', frame('{"$array":"Uint8Array","at":0}', new Uint8Array(8))],
    ['a number by another word', frame('{"$number":"1e999"}')],
    ['a number by no word', frame('{"$number":{}}')],
    ['entries that are none', frame('{"$entries":[[1,2]]}')],
  ])('are refused: %s', (_what, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(WireError);
  });

  it('are refused when many references to one place would fill the memory', () => {
    const one = reference('Uint8Array', 0, 1_000_000);
    expect(() =>
      decodeFrame(frame(`[${Array.from({ length: 1000 }, () => one).join(',')}]`, new Uint8Array(1_000_000))),
    ).toThrow(WireError);
  });

  it('are refused or read, but nothing else, whatever bits are turned', () => {
    const good = encodeFrame({
      type: 'call',
      id: 3,
      input: { x: new Float32Array([1, 2, 3]), y: NaN, z: ['a', { b: new Uint8Array(5) }] },
    });
    let state = 12_345;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const errors: unknown[] = [];
    for (let turn = 0; turn < 5000; turn++) {
      const bytes = good.slice(0, turn % 3 === 0 ? next(good.length + 1) : good.length);
      for (let flips = next(4) + 1; flips > 0 && bytes.length > 0; flips--) bytes[next(bytes.length)] ^= 1 << next(8);
      try {
        decodeFrame(bytes);
      } catch (error) {
        errors.push(error);
      }
    }
    expect(errors.filter((error) => !(error instanceof WireError))).toEqual([]);
    expect(errors.length).toBeGreaterThan(1000);
  });
});
