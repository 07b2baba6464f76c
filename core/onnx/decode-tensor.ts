/** Reads tensors, element types and attributes out of ONNX messages. */
import { attributeTypes, externalLocation, OnnxError, type Message } from './proto.ts';
import type { Attribute } from '../graph/graph.ts';
import type { AttributeKind } from '../graph/instruction-set.ts';
import { onnxDataType } from '../ops/builder.ts';
import { allocate, bytesPerElement, dtypes, sizeOf, type DType, type Tensor } from '../tensor/tensor.ts';

/** Where a tensor's bytes lie when they are not in the model file. */
export interface ExternalData {
  /** Path relative to the model file, as the file gives it; never absolute, never upwards. */
  readonly location: string;
  readonly offset: number;
  /** Number of bytes; undefined means to the file's end. */
  readonly length: number | undefined;
}
export type ReadExternalData = (data: ExternalData) => Uint8Array;

/** TensorProto.DataType by number, for messages. */
const typeNames =
  'undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16'.split(
    ' ',
  );

/** @throws OnnxError for an element type Lathe does not compute with. */
export function dtypeOf(dataType: number | undefined, where: string): DType {
  const dtype = dtypes.find((candidate) => onnxDataType[candidate] === dataType);
  if (dtype) return dtype;
  const found = typeNames[dataType ?? 0] ?? `number ${dataType}`;
  throw new OnnxError(`${where} has the element type ${found}; Lathe reads ${dtypes.join(', ')}`);
}

/** A count or a dimension: from 0 up, small enough to be exact. */
function sizeFrom(value: bigint, where: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new OnnxError(`${where}: ${value} is no size`);
  return Number(value);
}

/**
 * The tensor of a TensorProto, in a buffer of its own.
 * @throws OnnxError when its data does not fit its shape, or lies in another file and nobody can read that.
 */
export function tensorFrom(proto: Message<'TensorProto'>, where: string, readExternal?: ReadExternalData): Tensor {
  const dtype = dtypeOf(proto.dataType, where);
  const shape = (proto.dims ?? []).map((dim) => sizeFrom(dim, where));
  const size = sizeOf(shape);
  const external = proto.dataLocation === externalLocation || (proto.externalData?.length ?? 0) > 0;
  const bytes = external ? externalBytes(proto, where, readExternal) : proto.rawData;
  const typed = typedData(proto, dtype);
  // An empty raw_data beside typed data is how some writers leave it unset.
  if (bytes && (bytes.length > 0 || typed.length === 0)) return fromBytes(dtype, shape, bytes, where);
  if (typed.length !== size) throw mismatch(where, dtype, shape, `${typed.length} elements`);
  const data = allocate(dtype, size);
  if (data instanceof BigInt64Array) data.set(typed as readonly bigint[]);
  else data.set(typed as readonly number[]);
  return { dtype, shape, data };
}

const mismatch = (where: string, dtype: DType, shape: readonly number[], found: string): OnnxError =>
  new OnnxError(`${where}: a ${dtype} tensor of shape [${shape.join(', ')}] cannot be made of ${found}`);

function typedData(proto: Message<'TensorProto'>, dtype: DType): readonly (number | bigint)[] {
  switch (dtype) {
    case 'float32':
      return proto.floatData ?? [];
    case 'float64':
      return proto.doubleData ?? [];
    case 'int64':
      return proto.int64Data ?? [];
    case 'int32':
    case 'uint8':
    case 'bool':
      return proto.int32Data ?? [];
  }
}

/** Copies, because a view of a typed array must start at a multiple of its element size. */
function fromBytes(dtype: DType, shape: readonly number[], bytes: Uint8Array, where: string): Tensor {
  const size = sizeOf(shape);
  if (bytes.length !== size * bytesPerElement[dtype]) throw mismatch(where, dtype, shape, `${bytes.length} bytes`);
  const data = allocate(dtype, size);
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes);
  return { dtype, shape, data };
}

function externalBytes(proto: Message<'TensorProto'>, where: string, read?: ReadExternalData): Uint8Array {
  const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key, value ?? '']));
  const location = entries.get('location') ?? '';
  if (!read) {
    throw new OnnxError(
      `${where}: its data lies in the file '${location}' beside the model. Save the model as one file and try again.`,
    );
  }
  if (location === '' || /^([/\\]|[a-z]:)/i.test(location) || location.split(/[/\\]/).includes('..')) {
    throw new OnnxError(`${where}: its data is said to lie in '${location}', which is not a file beside the model`);
  }
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text !== undefined && !/^\d{1,15}$/.test(text))
      throw new OnnxError(`${where}: external ${key} '${text}' is no size`);
    return text === undefined ? undefined : Number(text);
  };
  return read({ location, offset: number('offset') ?? 0, length: number('length') });
}

/**
 * The decimal with the fewest digits that is this float32, as a person would have written it: 0.1, not
 * 0.10000000149011612. Nine digits always suffice.
 */
export function shortestFloat32(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/**
 * An attribute as the instruction set types it.
 * @throws OnnxError when the file holds another type, or a number that is not exact here.
 */
export function attributeFrom(
  proto: Message<'AttributeProto'>,
  kind: AttributeKind,
  where: string,
  readExternal?: ReadExternalData,
): Attribute {
  const at = `${where}: attribute '${proto.name ?? ''}'`;
  if (proto.refAttrName) throw new OnnxError(`${at} refers to an attribute of a function; Lathe reads plain models`);
  // Type 0 (unset) is allowed in files older than IR version 2.
  if (proto.type && proto.type !== attributeTypes[kind])
    throw new OnnxError(`${at} has type ${proto.type}, expected ${kind}`);
  const whole = (value: bigint): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new OnnxError(`${at}: ${value} is too large`);
    return number;
  };
  switch (kind) {
    case 'int':
      return whole(proto.i ?? 0n);
    case 'float':
      return shortestFloat32(proto.f ?? 0);
    case 'string':
      return new TextDecoder().decode(proto.s ?? new Uint8Array());
    case 'ints':
      return (proto.ints ?? []).map(whole);
    case 'floats':
      return (proto.floats ?? []).map(shortestFloat32);
    case 'tensor':
      if (!proto.t) throw new OnnxError(`${at} holds no tensor`);
      return tensorFrom(proto.t, at, readExternal);
  }
}
