/** Claims about safetensors files: the published layout byte for byte, and refusal of everything that breaks it. */

import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, maxHeaderBytes } from '../../../core/tensor/safetensors.ts';
import { scalarTensor, tensor, tensorOf, zeros } from '../../../core/tensor/tensor.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';

function join(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

/** A file made by hand: any header text, any data. */
function file(header: unknown, data: readonly number[] = [], pad = ''): Uint8Array {
  const json = Buffer.from((typeof header === 'string' ? header : JSON.stringify(header)) + pad);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([prefix, json, Buffer.from(data)]));
}

const everyDType = new Map<string, Tensor>([
  ['weights', tensorOf('float32', [2, 3], [1, -2.5, 3, 4, 5, 6])],
  ['double', tensorOf('float64', [2], [Math.PI, -0])],
  ['count', tensor('int64', [2], BigInt64Array.of(-(2n ** 62n), 7n))],
  ['index', tensorOf('int32', [1, 2], [-5, 2 ** 31 - 1])],
  ['image', tensorOf('uint8', [3], [0, 128, 255])],
  ['mask', tensorOf('bool', [2], [1, 0])],
  ['scalar', scalarTensor('float32', 0.5)],
  ['empty', zeros('float32', [0, 4])],
]);

describe('encoding', () => {
  it('writes the bytes the format describes', () => {
    // The header by hand: 8-byte length, JSON padded with spaces to a multiple of 8, then 1.0 and 2.0 as little-endian F32.
    const json = '{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = json.padEnd(Math.ceil(json.length / 8) * 8, ' ');
    const expected = file(padded, [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
    expect(join(encodeSafetensors(new Map([['x', tensorOf('float32', [2], [1, 2])]]), { a: 'b' }))).toEqual(expected);
    expect(expected.length % 8).toBe(0);
  });

  it('gives equal bytes whatever the order of the maps, with every buffer aligned to its element', () => {
    const a = join(encodeSafetensors(everyDType, { z: '1', b: '2' }));
    const b = join(encodeSafetensors(new Map([...everyDType].reverse()), { b: '2', z: '1' }));
    expect(b).toEqual(a);
    const headerBytes = Number(Buffer.from(a).readBigUInt64LE());
    const header = JSON.parse(Buffer.from(a.subarray(8, 8 + headerBytes)).toString()) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    for (const [name, value] of everyDType) {
      expect((8 + headerBytes + header[name].data_offsets[0]) % value.data.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  it("hands over the tensors' own buffers, also when they are views into larger ones", () => {
    const big = Float32Array.of(9, 1, 2, 9);
    const [, chunk] = encodeSafetensors(new Map([['x', tensor('float32', [2], big.subarray(1, 3))]]));
    expect(chunk.buffer).toBe(big.buffer);
    expect([...new Float32Array(chunk.slice().buffer)]).toEqual([1, 2]);
  });

  it('refuses the reserved name and a buffer that does not fit its shape', () => {
    expect(() => encodeSafetensors(new Map([['__metadata__', scalarTensor('float32', 0)]]))).toThrow(/__metadata__/);
    expect(() =>
      encodeSafetensors(new Map([['x', { dtype: 'float32', shape: [3], data: new Float32Array(2) }]])),
    ).toThrow(/needs 3 elements, it has 2/);
  });
});

describe('decoding', () => {
  it('gives back every tensor and the metadata', () => {
    const metadata = { note: 'grüße "quoted"', __proto__x: '' };
    const decoded = decodeSafetensors(join(encodeSafetensors(everyDType, metadata)));
    expect(decoded.metadata).toEqual(metadata);
    expect(decoded.tensors).toEqual(everyDType);
  });

  it('copies, so that unaligned bytes are no matter and the source may change', () => {
    const encoded = join(encodeSafetensors(new Map([['x', tensorOf('float64', [1], [1.5])]])));
    const shifted = new Uint8Array(encoded.length + 3).subarray(3);
    shifted.set(encoded);
    const { tensors } = decodeSafetensors(shifted);
    shifted.fill(0);
    expect(tensors.get('x')?.data[0]).toBe(1.5);
  });

  it('reads a file of another writer: unsorted names, no padding, no metadata', () => {
    const bytes = file(
      { b: { dtype: 'U8', shape: [1], data_offsets: [4, 5] }, a: { shape: [], dtype: 'I32', data_offsets: [0, 4] } },
      [1, 1, 0, 0, 9],
    );
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(tensors.get('a')).toEqual(scalarTensor('int32', 257));
    expect(tensors.get('b')).toEqual(tensorOf('uint8', [1], [9]));
    expect(metadata).toEqual({});
  });

  it('reads a file without tensors', () => {
    expect(decodeSafetensors(file('{}')).tensors.size).toBe(0);
  });
});

describe('refusal', () => {
  const u8 = (begin: number, end: number): unknown => ({
    dtype: 'U8',
    shape: [end - begin],
    data_offsets: [begin, end],
  });
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setBigUint64(0, BigInt(maxHeaderBytes) + 1n, true);
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['an empty file', new Uint8Array(0), /has 0 bytes/],
    ['fewer than 8 bytes', new Uint8Array(7), /has 7 bytes/],
    ['a header length over the limit', huge, /allows 100000000/],
    ['a header longer than the file', file({ a: u8(0, 1) }).subarray(0, 20), /cut short/],
    ['data cut short', file({ a: u8(0, 4) }, [1, 2, 3]), /'a' ends at byte 4, the file holds 3/],
    ['bytes after the last tensor', file({ a: u8(0, 2) }, [1, 2, 3]), /last tensor ends at byte 2/],
    ['a hole', file({ a: u8(0, 1), b: u8(2, 3) }, [1, 2, 3]), /bytes 1 to 2, before tensor 'b'/],
    ['a hole at the start', file({ a: u8(1, 2) }, [1, 2]), /bytes 0 to 1/],
    ['an overlap', file({ a: u8(0, 2), b: u8(1, 3) }, [1, 2, 3]), /'b' starts at byte 1, inside/],
    ['two tensors on the same bytes', file({ a: u8(0, 2), b: u8(0, 2) }, [1, 2]), /inside the tensor before/],
    [
      'a name twice',
      file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      /names 'a' twice/,
    ],
    [
      'a name twice, once escaped',
      file(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      /twice/,
    ],
    ['a field twice', file('{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), /'dtype' twice/],
    ['no JSON', file('not json'), /not JSON/],
    ['bytes that are no UTF-8', file({}, []).fill(0xff, 8), /not JSON/],
    ['JSON after the header object', file('{}{}'), /not JSON/],
    ['an array', file('[]'), /not an object/],
    [
      'an unknown dtype',
      file({ a: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }, [0, 0]),
      /"F16"; readable are F32/,
    ],
    ['a negative dimension', file({ a: { dtype: 'U8', shape: [-1], data_offsets: [0, 0] } }), /no proper shape/],
    ['a fractional dimension', file({ a: { dtype: 'U8', shape: [0.5], data_offsets: [0, 0] } }), /no proper shape/],
    [
      'offsets the wrong way round',
      file({ a: { dtype: 'U8', shape: [1], data_offsets: [1, 0] } }, [0]),
      /data_offsets/,
    ],
    [
      'offsets that do not match the shape',
      file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, [0, 0, 0, 0]),
      /needs 8 bytes, its offsets give 4/,
    ],
    [
      'a shape whose size overflows',
      file({ a: { dtype: 'U8', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 1] } }, [0]),
      /needs/,
    ],
    ['metadata that is not text', file({ __metadata__: { step: 3 } }), /'step' is not text/],
    [
      'a BOOL that is neither 0 nor 1',
      file({ a: { dtype: 'BOOL', shape: [2], data_offsets: [0, 2] } }, [1, 2]),
      /element 1 is 2/,
    ],
    ['a null entry', file({ a: null }), /not described by an object/],
  ];
  it.each(cases)('refuses %s', (_what, bytes, words) => {
    expect(() => decodeSafetensors(bytes)).toThrow(words);
  });
});
