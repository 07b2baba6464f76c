/** The ONNX protobuf messages we use, as one table of field numbers, with a reader and a writer over it. */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A model file that cannot be read or written: what is wrong with it, in words. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
  /** Every problem found, one a line of its own. */
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = []) {
    super([message, ...problems.map((problem) => `- ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

interface ScalarOf {
  int64: bigint;
  int32: number;
  float: number;
  double: number;
  string: string;
  bytes: Uint8Array;
}
type Scalar = keyof ScalarOf;
type Field = readonly [number: number, kind: string, many?: 'many'];

/**
 * Field numbers of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). Parts we refuse when they are
 * present (subgraphs, sparse tensors, functions, types other than tensors) stay raw bytes, so nothing here nests deeper
 * than the table does and a hostile file cannot make the reader recurse.
 */
const messages = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    producerVersion: [3, 'string'],
    domain: [4, 'string'],
    modelVersion: [5, 'int64'],
    docString: [6, 'string'],
    graph: [7, 'GraphProto'],
    opsetImport: [8, 'OperatorSetIdProto', 'many'],
    metadataProps: [14, 'StringStringEntryProto', 'many'],
    functions: [25, 'bytes', 'many'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  GraphProto: {
    node: [1, 'NodeProto', 'many'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto', 'many'],
    docString: [10, 'string'],
    input: [11, 'ValueInfoProto', 'many'],
    output: [12, 'ValueInfoProto', 'many'],
    valueInfo: [13, 'ValueInfoProto', 'many'],
    sparseInitializer: [15, 'bytes', 'many'],
    metadataProps: [16, 'StringStringEntryProto', 'many'],
  },
  NodeProto: {
    input: [1, 'string', 'many'],
    output: [2, 'string', 'many'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto', 'many'],
    docString: [6, 'string'],
    domain: [7, 'string'],
    metadataProps: [9, 'StringStringEntryProto', 'many'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, 'TensorProto'],
    g: [6, 'bytes'],
    floats: [7, 'float', 'many'],
    ints: [8, 'int64', 'many'],
    strings: [9, 'bytes', 'many'],
    graphs: [11, 'bytes', 'many'],
    type: [20, 'int32'],
    refAttrName: [21, 'string'],
  },
  TensorProto: {
    dims: [1, 'int64', 'many'],
    dataType: [2, 'int32'],
    floatData: [4, 'float', 'many'],
    int32Data: [5, 'int32', 'many'],
    int64Data: [7, 'int64', 'many'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, 'double', 'many'],
    externalData: [13, 'StringStringEntryProto', 'many'],
    dataLocation: [14, 'int32'],
  },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'], docString: [3, 'string'] },
  TypeProto: { tensorType: [1, 'TypeProtoTensor'], sequenceType: [4, 'TypeProtoSequence'] },
  TypeProtoSequence: { elemType: [1, 'bytes'] },
  TypeProtoTensor: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'Dimension', 'many'] },
  Dimension: { dimValue: [1, 'int64'], dimParam: [2, 'string'] },
} as const satisfies Record<string, Record<string, Field>>;

export type MessageName = keyof typeof messages;
type Single<K> = K extends Scalar ? ScalarOf[K] : K extends MessageName ? Message<K> : never;
type FieldValue<F> = F extends readonly [number, infer K, 'many']
  ? readonly Single<K>[]
  : F extends readonly [number, infer K]
    ? Single<K>
    : never;
/** A message as plain data; absent fields are absent. */
export type Message<M extends MessageName> = {
  readonly [F in keyof (typeof messages)[M]]?: FieldValue<(typeof messages)[M][F]>;
};

/** Numbers AttributeProto.type takes. */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

/** TensorProto.data_location when the bytes lie in another file. */
export const externalLocation = 1;

const wireTypes: Readonly<Record<string, WireType>> = {
  int64: WireType.Varint,
  int32: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
};
const wireTypeOf = (kind: string): WireType => wireTypes[kind] ?? WireType.LengthDelimited;
const names = Object.keys(messages) as MessageName[];
const fieldLists: ReadonlyMap<string, readonly (readonly [string, Field])[]> = new Map(
  names.map((name) => [name, Object.entries(messages[name])]),
);
const fieldsOf = (name: MessageName): readonly (readonly [string, Field])[] => fieldLists.get(name)!;
const fieldTables = new Map(names.map((name) => [name, new Map(fieldsOf(name).map((entry) => [entry[1][0], entry]))]));

/**
 * Reads a message; unknown fields are skipped, as protobuf asks.
 * @throws Error from the wire reader when the bytes are cut short or are no protobuf (callers turn it into words).
 */
export function readMessage<M extends MessageName>(name: M, bytes: Uint8Array): Message<M> {
  const reader = new BinaryReader(bytes);
  const table = fieldTables.get(name)!;
  const message: Record<string, unknown> = {};
  while (reader.pos < reader.len) {
    const [fieldNumber, wireType] = reader.tag();
    const entry = table.get(fieldNumber);
    if (entry) readField(reader, message, entry[0], entry[1], wireType);
    else reader.skip(wireType, fieldNumber);
  }
  return message as Message<M>;
}

function readField(
  reader: BinaryReader,
  message: Record<string, unknown>,
  key: string,
  field: Field,
  wireType: WireType,
): void {
  const [fieldNumber, kind, many] = field;
  const expected = wireTypeOf(kind);
  if (!many) {
    if (wireType !== expected) throw new Error(`field ${fieldNumber} has wire type ${wireType}, expected ${expected}`);
    message[key] = readSingle(reader, kind);
    return;
  }
  const list = (message[key] ??= []) as unknown[];
  if (wireType === expected) {
    list.push(readSingle(reader, kind));
  } else if (wireType === WireType.LengthDelimited) {
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw new RangeError('premature EOF');
    while (reader.pos < end) list.push(readSingle(reader, kind));
    if (reader.pos !== end) throw new RangeError('a packed field runs past its end');
  } else {
    throw new Error(`field ${fieldNumber} has wire type ${wireType}, expected ${expected}`);
  }
}

function readSingle(reader: BinaryReader, kind: string): unknown {
  switch (kind) {
    case 'int64':
      return BigInt(reader.int64());
    case 'int32':
      return reader.int32();
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    default:
      return readMessage(kind as MessageName, reader.bytes());
  }
}

/** Byte strings at least this long are not copied until the whole file is put together. */
const largeBytes = 4096;

/** Bytes to be written one after the other. */
interface Pieces {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/** Protobuf's own limit on a message: 2 GiB less one byte. */
const largestFile = 2 ** 31 - 1;

function checkLength(length: number): void {
  if (length <= largestFile) return;
  throw new OnnxError(
    `the model takes ${length} bytes and one ONNX file at most ${largestFile} (2 GiB). Use a smaller model.`,
  );
}

/**
 * Writes a message into one buffer, fields in the table's order, each large byte string copied once.
 * @throws OnnxError when the file would be larger than protobuf allows.
 */
export function writeMessage<M extends MessageName>(name: M, message: Message<M>): Uint8Array {
  const { parts, length } = piecesOf(name, message as Readonly<Record<string, unknown>>);
  checkLength(length);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Messages that hold nearly all bytes of a model: they are put together from pieces. Of others there are thousands. */
const large: ReadonlySet<string> = new Set<MessageName>(['GraphProto', 'TensorProto']);

/** Collects bytes: small ones in a growing buffer, large ones by reference. */
class Sink implements Pieces {
  readonly parts: Uint8Array[] = [];
  readonly writer = new BinaryWriter();
  length = 0;
  /** Messages under way in the growing buffer, which is not to be cut up before they are whole. */
  #open = 0;

  /** Writes a message into the growing buffer: a buffer for each of thousands takes longer than what is written. */
  message(name: MessageName, message: Readonly<Record<string, unknown>>): void {
    this.#open++;
    this.writer.fork();
    writeFields(this, name, message);
    this.writer.join();
    this.#open--;
  }

  bytes(pieces: Pieces): void {
    checkLength(pieces.length);
    this.writer.uint32(pieces.length);
    if (pieces.length < largeBytes || this.#open > 0) {
      for (const part of pieces.parts) this.writer.raw(part);
      return;
    }
    this.flush();
    for (const part of pieces.parts) this.parts.push(part);
    this.length += pieces.length;
  }

  flush(): void {
    const written = this.writer.finish();
    if (written.length > 0) this.parts.push(written);
    this.length += written.length;
  }
}

function piecesOf(name: MessageName, message: Readonly<Record<string, unknown>>): Pieces {
  const sink = new Sink();
  writeFields(sink, name, message);
  sink.flush();
  return sink;
}

function writeFields(sink: Sink, name: MessageName, message: Readonly<Record<string, unknown>>): void {
  for (const [key, [fieldNumber, kind, many]] of fieldsOf(name)) {
    const value = message[key];
    if (value === undefined) continue;
    if (!many) writeSingle(sink, fieldNumber, kind, value);
    else if (wireTypeOf(kind) === WireType.LengthDelimited)
      for (const item of value as readonly unknown[]) writeSingle(sink, fieldNumber, kind, item);
    else writePacked(sink, fieldNumber, kind, value as readonly unknown[]);
  }
}

function writePacked(sink: Sink, fieldNumber: number, kind: string, values: readonly unknown[]): void {
  if (values.length === 0) return;
  sink.writer.tag(fieldNumber, WireType.LengthDelimited).fork();
  for (const value of values) writeScalar(sink.writer, kind, value);
  sink.writer.join();
}

function writeSingle(sink: Sink, fieldNumber: number, kind: string, value: unknown): void {
  sink.writer.tag(fieldNumber, wireTypeOf(kind));
  if (kind === 'bytes') sink.bytes({ parts: [value as Uint8Array], length: (value as Uint8Array).length });
  else if (large.has(kind)) sink.bytes(piecesOf(kind as MessageName, value as Readonly<Record<string, unknown>>));
  else if (kind in messages) sink.message(kind as MessageName, value as Readonly<Record<string, unknown>>);
  else writeScalar(sink.writer, kind, value);
}

function writeScalar(writer: BinaryWriter, kind: string, value: unknown): void {
  switch (kind as Exclude<Scalar, 'bytes'>) {
    case 'int64':
      writer.int64(value as bigint);
      break;
    case 'int32':
      writer.int32(value as number);
      break;
    case 'float':
      writer.float(value as number);
      break;
    case 'double':
      writer.double(value as number);
      break;
    case 'string':
      writer.string(value as string);
      break;
  }
}
