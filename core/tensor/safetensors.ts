/**
 * Reads and writes the safetensors file format: 8 bytes of header length, a JSON header, then the raw buffers.
 * Source: https://github.com/huggingface/safetensors (README, "Format"; limits and checks as in its Rust `tensor.rs`).
 */

import { visit } from 'jsonc-parser';
import { allocate, bytesPerElement, sizeOf } from './tensor.ts';
import type { DType, Shape, Tensor } from './tensor.ts';

/** The format's own limit on the JSON header, in bytes (100 MB). */
export const maxHeaderBytes = 100_000_000;
/** Bytes of the header length that opens a file: an unsigned 64-bit little-endian integer. */
export const prefixBytes = 8;

const metadataName = '__metadata__';
const fileDTypes: Readonly<Record<DType, string>> = {
  float32: 'F32',
  float64: 'F64',
  int64: 'I64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
};
const dtypeOfFile: ReadonlyMap<string, DType> = new Map(
  Object.entries(fileDTypes).map(([dtype, name]) => [name, dtype as DType]),
);

/** Bytes that are no safetensors file; the message says what is wrong, without the file's name. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

/** One tensor as the header names it; `begin` and `end` are byte offsets from the first byte after the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes, contiguous from 0 to the end of the file. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface DecodedSafetensors {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The chunks of a file, to be written one after another: the header, then a view of every tensor's own buffer (not a
 * copy).
 * Equal tensors and metadata give equal bytes whatever the order of the maps: wider elements come first (so every
 * buffer is aligned, as in the reference writer), then names in code-unit order.
 * @throws SafetensorsError when a tensor has the reserved name, a buffer that does not fit its shape, or the header
 * is over 100 MB.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) => bytesPerElement[b.dtype] - bytesPerElement[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  const fields: string[] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    fields.push(`"${metadataName}":{${pairs.join(',')}}`);
  }
  const buffers: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === metadataName)
      throw new SafetensorsError(`a tensor cannot be called '${metadataName}': the format keeps that name`);
    if (data.length !== sizeOf(shape)) {
      throw new SafetensorsError(
        `tensor '${name}' of shape [${shape.join(', ')}] needs ${sizeOf(shape)} elements, it has ${data.length}`,
      );
    }
    const end = offset + data.byteLength;
    const described = { dtype: fileDTypes[dtype], shape, data_offsets: [offset, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(described)}`);
    buffers.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset = end;
  }
  return [encodeHeader(`{${fields.join(',')}}`), ...buffers];
}

/** The length prefix and the JSON text, padded with spaces so that the buffers start on a multiple of 8. */
function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > maxHeaderBytes)
    throw new SafetensorsError(`the header takes ${length} bytes, the format allows ${maxHeaderBytes}`);
  const header = new Uint8Array(prefixBytes + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, prefixBytes);
  return header;
}

/**
 * Every tensor of a file held in memory, each copied into a buffer of its own (aligned, independent of `bytes`).
 * @throws SafetensorsError saying what is wrong with the bytes.
 */
export function decodeSafetensors(bytes: Uint8Array): DecodedSafetensors {
  const length = readHeaderLength(bytes, bytes.length);
  const dataStart = prefixBytes + length;
  const header = parseSafetensorsHeader(bytes.subarray(prefixBytes, dataStart), bytes.length - dataStart);
  const tensors = new Map<string, Tensor>();
  for (const entry of header.entries) {
    const { tensor, bytes: target } = emptyTensor(entry);
    target.set(bytes.subarray(dataStart + entry.begin, dataStart + entry.end));
    checkTensor(entry.name, tensor);
    tensors.set(entry.name, tensor);
  }
  return { tensors, metadata: header.metadata };
}

/**
 * The length of the JSON header, from the first 8 bytes of a file of `fileBytes` bytes.
 * @throws SafetensorsError when the file is too short for it or the length is beyond the format's limit.
 */
export function readHeaderLength(prefix: Uint8Array, fileBytes: number): number {
  if (fileBytes < prefixBytes || prefix.length < prefixBytes) {
    throw new SafetensorsError(`the file has ${fileBytes} bytes, a safetensors file has at least ${prefixBytes}`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw new SafetensorsError(
      `the header claims ${length} bytes, the format allows ${maxHeaderBytes}: this is not a safetensors file`,
    );
  }
  if (prefixBytes + Number(length) > fileBytes) {
    throw new SafetensorsError(`the file is cut short: its header takes ${length} bytes, the file has ${fileBytes}`);
  }
  return Number(length);
}

/**
 * The header's tensors and metadata, checked whole: known dtypes, shapes that match their bytes, no overlap, no hole,
 * nothing beyond the `dataBytes` bytes that follow the header, no name twice.
 * @throws SafetensorsError saying which tensor is wrong and how.
 */
export function parseSafetensorsHeader(json: Uint8Array, dataBytes: number): SafetensorsHeader {
  const fields = parseHeaderFields(json);
  let metadata: Readonly<Record<string, string>> = {};
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === metadataName) metadata = parseMetadata(value);
    else entries.push(parseEntry(name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin < expected)
      throw new SafetensorsError(
        `tensor '${name}' starts at byte ${begin}, inside the tensor before it, which ends at ${expected}`,
      );
    if (begin > expected)
      throw new SafetensorsError(`bytes ${expected} to ${begin}, before tensor '${name}', belong to no tensor`);
    if (end > dataBytes) {
      throw new SafetensorsError(
        `tensor '${name}' ends at byte ${end}, the file holds ${dataBytes} bytes of data: it is cut short`,
      );
    }
    expected = end;
  }
  if (expected !== dataBytes)
    throw new SafetensorsError(`the last tensor ends at byte ${expected}, the file holds ${dataBytes} bytes of data`);
  return { entries, metadata };
}

/** A zero tensor for an entry and the bytes under it, for a reader to fill. */
export function emptyTensor(entry: SafetensorsEntry): { readonly tensor: Tensor; readonly bytes: Uint8Array } {
  const data = allocate(entry.dtype, sizeOf(entry.shape));
  const tensor: Tensor = { dtype: entry.dtype, shape: entry.shape, data };
  return { tensor, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** @throws SafetensorsError when a bool tensor holds a byte that is neither 0 nor 1. */
export function checkTensor(name: string, value: Tensor): void {
  if (value.dtype !== 'bool') return;
  const data = value.data as Uint8Array;
  const at = data.findIndex((byte) => byte > 1);
  if (at >= 0) throw new SafetensorsError(`tensor '${name}' is BOOL but its element ${at} is ${data[at]}, not 0 or 1`);
}

function parseHeaderFields(json: Uint8Array): Record<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
    value = JSON.parse(text);
  } catch (error) {
    throw new SafetensorsError('the header is not JSON: this is not a safetensors file, or it is damaged', {
      cause: error,
    });
  }
  if (!isRecord(value)) throw new SafetensorsError('the header is JSON but not an object');
  refuseDuplicateKeys(text);
  return value;
}

/** `JSON.parse` keeps the last of two equal keys in silence, and two readers could then see two different files. */
function refuseDuplicateKeys(text: string): void {
  const seen: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void seen.push(new Set()),
    onObjectEnd: () => void seen.pop(),
    onObjectProperty: (key) => {
      const keys = seen.at(-1);
      if (keys?.has(key)) throw new SafetensorsError(`the header names '${key}' twice`);
      keys?.add(key);
    },
  });
}

function parseMetadata(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw new SafetensorsError(`'${metadataName}' is not an object`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new SafetensorsError(`'${metadataName}' must hold text only, '${key}' is not text`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown): SafetensorsEntry {
  if (!isRecord(value)) throw new SafetensorsError(`tensor '${name}' is not described by an object`);
  const { dtype: fileDType, shape, data_offsets: offsets } = value;
  const dtype = typeof fileDType === 'string' ? dtypeOfFile.get(fileDType) : undefined;
  if (dtype === undefined) {
    const known = [...dtypeOfFile.keys()].join(', ');
    throw new SafetensorsError(`tensor '${name}' has dtype ${JSON.stringify(fileDType)}; readable are ${known}`);
  }
  if (!isCounts(shape)) throw new SafetensorsError(`tensor '${name}' has no proper shape: ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new SafetensorsError(`tensor '${name}' has no proper data_offsets: ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets;
  const needed = sizeOf(shape) * bytesPerElement[dtype];
  if (end - begin !== needed) {
    throw new SafetensorsError(
      `tensor '${name}', ${String(fileDType)} of shape [${shape.join(', ')}], needs ${needed} bytes, its offsets give ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
