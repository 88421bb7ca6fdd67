/** Constants of an ONNX file (TensorProto of onnx.proto3) as plain data: every way the format stores numbers, read on demand. */
import { Reader } from 'protobufjs/minimal.js';
import { AppError } from '../../core/errors.ts';
import { halfToFloat } from '../features/half.ts';

/** TensorProto.DataType: the number in the file to its usual name and the bytes an element takes as `raw_data`. */
const DATA_TYPES = {
  1: ['float32', 4],
  2: ['uint8', 1],
  3: ['int8', 1],
  4: ['uint16', 2],
  5: ['int16', 2],
  6: ['int32', 4],
  7: ['int64', 8],
  9: ['bool', 1],
  10: ['float16', 2],
  11: ['float64', 8],
  12: ['uint32', 4],
  13: ['uint64', 8],
  16: ['bfloat16', 2],
} as const;
export type OnnxDataType = (typeof DATA_TYPES)[keyof typeof DATA_TYPES][0];

/** A constant of the graph. Nothing is converted until asked for. */
export interface OnnxConstant {
  readonly name: string;
  /** Sizes, outermost first; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly dataType: OnnxDataType;
  /** Number of elements. */
  readonly size: number;
  /** All elements as 32-bit floats, row-major, in memory of their own; 64-bit integers are rounded. */
  toFloat32(): Float32Array;
  /** All elements as little-endian bytes of `dataType`; a view into the file where the file has them so. Do not write into it. */
  toBytes(): Uint8Array;
}

/** `onnx/damaged`: the file contradicts itself or ends early. */
export function damagedOnnx(what: string, details: Record<string, unknown> = {}, cause?: unknown): AppError {
  return new AppError({
    code: 'onnx/damaged',
    message: `This is not a complete ONNX file, so it was not used: ${what}.`,
    hint: 'Fetch or export the file again, and check that it arrived whole.',
    details,
    cause,
  });
}

/** The name of an element type; undefined for one that is not numbers (text) or is newer than this reader. */
export function dataTypeName(code: number): OnnxDataType | undefined {
  return DATA_TYPES[code as keyof typeof DATA_TYPES]?.[0];
}

/** The number ONNX gives an element type. */
export function dataTypeCode(name: OnnxDataType): number {
  return Number(Object.entries(DATA_TYPES).find(([, [known]]) => known === name)?.[0]);
}

/** A signed 64-bit varint as a number; beyond 2^53 it is rounded, which only sentinels such as INT64_MAX meet. */
export function readWhole(reader: Reader): number {
  const value: unknown = reader.int64();
  return typeof value === 'number' ? value : (value as { toNumber(): number }).toNumber();
}

/** Reads a repeated numeric field whose key is read already: packed (one run of bytes) or one element a key, as both are valid. */
export function readRepeated(
  reader: Reader,
  wireType: number,
  into: number[],
  one: (reader: Reader) => number,
): void {
  if (wireType !== 2) {
    into.push(one(reader));
    return;
  }
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('a list of numbers is longer than the file');
  while (reader.pos < end) into.push(one(reader));
}

const readFloat = (reader: Reader): number => reader.float();
const readDouble = (reader: Reader): number => reader.double();

interface TensorFields {
  name: string;
  shape: number[];
  code: number;
  raw: Uint8Array | undefined;
  numbers: number[];
  external: boolean;
}

function readFields(bytes: Uint8Array): TensorFields {
  const reader = Reader.create(bytes);
  const fields: TensorFields = {
    name: '',
    shape: [],
    code: 0,
    raw: undefined,
    numbers: [],
    external: false,
  };
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    const wire = key & 7;
    const field = key >>> 3;
    if (field === 1) readRepeated(reader, wire, fields.shape, readWhole);
    else if (field === 2) fields.code = reader.int32();
    else if (field === 4) readRepeated(reader, wire, fields.numbers, readFloat);
    else if (field === 5 || field === 7 || field === 11)
      readRepeated(reader, wire, fields.numbers, readWhole);
    else if (field === 8) fields.name = reader.string();
    else if (field === 9) fields.raw = reader.bytes();
    else if (field === 10) readRepeated(reader, wire, fields.numbers, readDouble);
    else if (field === 14) fields.external = reader.int32() === 1;
    else reader.skipType(wire);
  }
  return fields;
}

/**
 * Reads one TensorProto. Throws `onnx/damaged` when shape and data disagree, `onnx/external-data` when the numbers lie in another
 * file, and `onnx/unsupported-type` for texts, 4- and 8-bit floats and complex numbers.
 */
export function readConstant(bytes: Uint8Array): OnnxConstant {
  const { name, shape, code, raw, numbers, external } = readFields(bytes);
  if (external) {
    throw new AppError({
      code: 'onnx/external-data',
      message:
        'The weights of this ONNX file lie in a second file, so it cannot be used by itself. Nothing was changed.',
      hint: 'Save it as one file, for example in Python: onnx.save_model(onnx.load("net.onnx"), "one-file.onnx").',
      details: { constant: name },
    });
  }
  const known = DATA_TYPES[code as keyof typeof DATA_TYPES];
  if (known === undefined) {
    throw new AppError({
      code: 'onnx/unsupported-type',
      message: `The ONNX file holds numbers of a kind that is not read here (type ${code} in "${name}"), so it was not used.`,
      hint: 'Export the net with 32-bit or 16-bit floats.',
      details: { constant: name, dataType: code },
    });
  }
  const [dataType, width] = known;
  const size = shape.reduce((product, length) => product * length, 1);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || !Number.isSafeInteger(size))
    throw damagedOnnx(`the constant "${name}" has an impossible shape`, { constant: name, shape });
  const found = raw === undefined ? numbers.length : raw.byteLength / width;
  if (found !== size) {
    throw damagedOnnx(`the constant "${name}" holds ${found} numbers where its shape asks for ${size}`, {
      constant: name,
      shape,
    });
  }
  const toBytes = (): Uint8Array => raw ?? packNumbers(numbers, dataType, width);
  return { name, shape, dataType, size, toBytes, toFloat32: () => unpackFloats(toBytes(), dataType, size) };
}

/** Numbers of a typed field to little-endian bytes. Halves are stored there as their 16 bits. */
function packNumbers(numbers: readonly number[], dataType: OnnxDataType, width: number): Uint8Array {
  const bytes = new Uint8Array(numbers.length * width);
  const view = new DataView(bytes.buffer);
  numbers.forEach((value, i) => {
    const at = i * width;
    if (dataType === 'float32') view.setFloat32(at, value, true);
    else if (dataType === 'float64') view.setFloat64(at, value, true);
    else if (width === 8) view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
    else if (width === 4) view.setInt32(at, value, true);
    else if (width === 2) view.setUint16(at, value, true);
    else view.setUint8(at, value);
  });
  return bytes;
}

function unpackFloats(bytes: Uint8Array, dataType: OnnxDataType, size: number): Float32Array {
  const floats = new Float32Array(size);
  if (dataType === 'float32') {
    // The studio runs on little-endian machines only, and a copy of bytes is the fastest way there.
    new Uint8Array(floats.buffer).set(bytes);
    return floats;
  }
  if (dataType === 'float16') {
    const halves = new Uint16Array(size);
    new Uint8Array(halves.buffer).set(bytes);
    halfToFloat(halves, floats);
    return floats;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = ELEMENT_READERS[dataType];
  const width = bytes.byteLength / Math.max(1, size);
  for (let i = 0; i < size; i++) floats[i] = read(view, i * width);
  return floats;
}

const ELEMENT_READERS: Record<
  Exclude<OnnxDataType, 'float32' | 'float16'>,
  (view: DataView, at: number) => number
> = {
  float64: (view, at) => view.getFloat64(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => view.getUint8(at),
  // A bfloat16 is the upper half of a float32.
  bfloat16: (view, at) => bfloat(view.getUint16(at, true)),
};

const scratch = new DataView(new ArrayBuffer(4));
function bfloat(bits: number): number {
  scratch.setUint32(0, bits * 65536, true);
  return scratch.getFloat32(0, true);
}
