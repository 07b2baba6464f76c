/**
 * Messages as bytes for transports that carry only bytes: a JSON header in which typed arrays are references and numbers
 * that JSON lacks are words, then the arrays themselves, each at a multiple of 8 bytes.
 *
 * Layout: u32 little-endian length of the header, the header (UTF-8), padding to 8, the arrays.
 */

const arrayTypes = { Uint8Array, Int32Array, Float32Array, Float64Array } as const;
type ArrayName = keyof typeof arrayTypes;
type AnyArray = InstanceType<(typeof arrayTypes)[ArrayName]>;

/** Frames beyond this many bytes are refused on both sides. */
const largestFrame = 256 * 1024 * 1024;
const referenceKey = '$array';
const numberKey = '$number';
/** An object that has one of these keys itself travels as its entries, or it would be taken for what it is not. */
const entriesKey = '$entries';
const ownKeys = [referenceKey, numberKey, entriesKey] as const;
const padded = (bytes: number): number => (bytes + 7) & ~7;

/** A frame that is not one: too short, a reference outside it, no JSON. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** @throws WireError when the message is too large. */
export function encodeFrame(message: unknown): Uint8Array<ArrayBuffer> {
  const arrays: AnyArray[] = [];
  let arrayBytes = 0;
  const header = JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { [numberKey]: String(value) };
    const name = arrayName(value);
    if (!name) return isMistakable(value) ? { [entriesKey]: Object.entries(value) } : value;
    const array = value as AnyArray;
    const at = arrayBytes;
    arrays.push(array);
    arrayBytes += padded(array.byteLength);
    return { [referenceKey]: name, at, length: array.length };
  });
  const text = new TextEncoder().encode(header);
  const start = padded(4 + text.length);
  if (start + arrayBytes > largestFrame)
    throw new WireError(`a message of ${start + arrayBytes} bytes is larger than a frame may be (${largestFrame})`);
  const frame = new Uint8Array(start + arrayBytes);
  new DataView(frame.buffer).setUint32(0, text.length, true);
  frame.set(text, 4);
  let at = start;
  for (const array of arrays) {
    frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return frame;
}

/** @throws WireError when the bytes are no frame. */
export function decodeFrame(bytes: Uint8Array): unknown {
  if (bytes.length < 4 || bytes.length > largestFrame)
    throw new WireError(`a frame has 4 to ${largestFrame} bytes, found ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length)
    throw new WireError(`the header is said to have ${length} bytes, the frame has ${bytes.length}`);
  const arrays = new ArrayReader(bytes, padded(4 + length));
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + length)),
      (_key, value: unknown) => {
        if (typeof value !== 'object' || value === null) return value;
        if (Object.hasOwn(value, referenceKey)) return arrays.read(value as Reference);
        if (Object.hasOwn(value, numberKey)) return numberOf((value as NumberWord)[numberKey]);
        return Object.hasOwn(value, entriesKey) ? objectOf((value as Entries)[entriesKey]) : value;
      },
    );
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError('the header is no JSON', { cause: error });
  }
}

interface Reference {
  readonly [referenceKey]: ArrayName;
  readonly at: number;
  readonly length: number;
}

interface NumberWord {
  readonly [numberKey]: unknown;
}

interface Entries {
  readonly [entriesKey]: unknown;
}

function arrayName(value: unknown): ArrayName | undefined {
  return (Object.keys(arrayTypes) as ArrayName[]).find((name) => value instanceof arrayTypes[name]);
}

function isMistakable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ownKeys.some((key) => Object.hasOwn(value, key));
}

const numberWords: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

function numberOf(word: unknown): number {
  if (typeof word !== 'string' || !Object.hasOwn(numberWords, word))
    throw new WireError(`no number is called ${JSON.stringify(word)}`);
  return numberWords[word];
}

function objectOf(entries: unknown): object {
  const isEntry = (entry: unknown): boolean =>
    Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string';
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw new WireError('an object sent as its entries has none');
  return Object.fromEntries(entries as [string, unknown][]);
}

/** Reads the arrays of one frame, in all no more bytes than it has: many references to one place would fill the memory. */
class ArrayReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  #left: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#left = bytes.length - start;
  }

  read({ [referenceKey]: name, at, length }: Reference): AnyArray {
    const Type = Object.hasOwn(arrayTypes, name) ? arrayTypes[name] : undefined;
    const size = Type && Number.isSafeInteger(length) && length >= 0 ? length * Type.BYTES_PER_ELEMENT : -1;
    const from = this.#start + at;
    if (!Type || size < 0 || !Number.isSafeInteger(at) || at < 0 || from + size > this.#bytes.length)
      throw new WireError('an array reference leads outside the frame');
    this.#left -= size;
    if (this.#left < 0) throw new WireError('the arrays of a frame overlap');
    // A copy: an array's elements must not start anywhere in memory, and of a Node Buffer `slice` would be none.
    const own = new Uint8Array(size);
    own.set(this.#bytes.subarray(from, from + size));
    return new Type(own.buffer);
  }
}
