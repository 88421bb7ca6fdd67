/**
 * Writes ONNX files from plain data, and edits the ends of a graph somebody else wrote. Field numbers follow onnx.proto3 of the ONNX
 * specification (https://onnx.ai), version 1.x; only what a feed-forward net needs is here.
 */
import { Reader, Writer } from 'protobufjs/minimal.js';

/** Element types (TensorProto.DataType) in use here. */
export const ELEMENT = { float: 1, uint8: 2, int64: 7, half: 10 } as const;
export type ElementType = (typeof ELEMENT)[keyof typeof ELEMENT];

/** A number is a fixed size, a string the name of a free one. */
export type Dimension = number | string;

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** A constant: raw little-endian bytes of its elements. */
export interface OnnxTensor {
  readonly name: string;
  /** {@link ELEMENT}, or another TensorProto.DataType copied from a file. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Attribute values: a whole number is written as INT, a list as INTS, `{ float }` as FLOAT, a text as STRING. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly strings: readonly string[] };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Attributes copied from a file, written before `attributes`. */
  readonly encodedAttributes?: readonly Uint8Array[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
}

const BYTES = 2;
const VARINT = 0;
const FIXED32 = 5;
const tag = (field: number, wire: number): number => (field << 3) | wire;

const text = (writer: Writer, field: number, value: string): Writer =>
  writer.uint32(tag(field, BYTES)).string(value);
const whole = (writer: Writer, field: number, value: number): Writer =>
  writer.uint32(tag(field, VARINT)).int64(value);
const nested = (writer: Writer, field: number, bytes: Uint8Array): Writer =>
  writer.uint32(tag(field, BYTES)).bytes(bytes);

function encodeAttribute(name: string, value: OnnxAttribute): Uint8Array {
  const writer = text(Writer.create(), 1, name);
  if (typeof value === 'number') return whole(whole(writer, 3, value), 20, 2).finish();
  if (typeof value === 'string') return whole(nested(writer, 4, Buffer.from(value)), 20, 3).finish();
  if ('float' in value) return whole(writer.uint32(tag(2, FIXED32)).float(value.float), 20, 1).finish();
  if ('strings' in value) {
    for (const item of value.strings) nested(writer, 9, Buffer.from(item));
    return whole(writer, 20, 8).finish();
  }
  for (const item of value) whole(writer, 8, item);
  return whole(writer, 20, 7).finish();
}

function encodeNode(node: OnnxNode): Uint8Array {
  const writer = Writer.create();
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 4, node.op);
  for (const attribute of node.encodedAttributes ?? []) nested(writer, 5, attribute);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    nested(writer, 5, encodeAttribute(name, value));
  return writer.finish();
}

function encodeTensor(tensor: OnnxTensor): Uint8Array {
  const writer = Writer.create();
  for (const size of tensor.shape) whole(writer, 1, size);
  return nested(text(whole(writer, 2, tensor.type), 8, tensor.name), 9, tensor.bytes).finish();
}

function encodeValue(value: OnnxValue): Uint8Array {
  const shape = Writer.create();
  for (const size of value.shape) {
    const dimension = Writer.create();
    nested(
      shape,
      1,
      (typeof size === 'number' ? whole(dimension, 1, size) : text(dimension, 2, size)).finish(),
    );
  }
  const tensorType = nested(whole(Writer.create(), 1, value.type), 2, shape.finish()).finish();
  return nested(
    text(Writer.create(), 1, value.name),
    2,
    nested(Writer.create(), 1, tensorType).finish(),
  ).finish();
}

/** A whole ONNX file (IR version 8) for opset `opset`. */
export function writeOnnx(graph: OnnxGraph, opset = 17): Uint8Array {
  const body = Writer.create();
  for (const node of graph.nodes) nested(body, 1, encodeNode(node));
  text(body, 2, graph.name);
  for (const constant of graph.constants) nested(body, 5, encodeTensor(constant));
  for (const input of graph.inputs) nested(body, 11, encodeValue(input));
  for (const output of graph.outputs) nested(body, 12, encodeValue(output));
  const opsetId = whole(Writer.create(), 2, opset).finish();
  const model = text(whole(Writer.create(), 1, 8), 2, 'catchlight');
  return nested(nested(model, 7, body.finish()), 8, opsetId).finish();
}

/** New ends for a graph: its inputs and outputs are replaced, `before` runs ahead of its nodes and `after` behind them. */
export interface NewEnds {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly before: readonly OnnxNode[];
  readonly after: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  /** Text about the whole model, for a reader. Left out: the graph's own stays. */
  readonly doc?: string;
  /** Texts by key, beside those the model has. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One field of a protobuf message: its number and its bytes, tag included. */
function* fieldsOf(message: Uint8Array): Generator<{ field: number; bytes: Uint8Array }> {
  const reader = Reader.create(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const key = reader.uint32();
    reader.skipType(key & 7);
    yield { field: key >>> 3, bytes: message.subarray(start, reader.pos) };
  }
}

/** Bytes of a length-delimited field without tag and length. */
function payload(field: Uint8Array): Uint8Array {
  const reader = Reader.create(field);
  reader.uint32();
  return reader.bytes();
}

/**
 * Gives a graph new ends and copies everything between byte for byte. The caller names inputs of `after` as the graph names its
 * tensors, and outputs of `before` as the graph names its inputs. Throws RangeError on bytes that are no protobuf message.
 */
export function replaceEnds(model: Uint8Array, ends: NewEnds): Uint8Array {
  const out: Uint8Array[] = [];
  for (const { field, bytes } of fieldsOf(model)) {
    if (field !== 7) {
      out.push(bytes);
      continue;
    }
    const graph = Writer.create();
    for (const node of ends.before) nested(graph, 1, encodeNode(node));
    const parts: Uint8Array[] = [graph.finish()];
    for (const part of fieldsOf(payload(bytes))) {
      if (part.field !== 11 && part.field !== 12) parts.push(part.bytes);
    }
    const tail = Writer.create();
    for (const node of ends.after) nested(tail, 1, encodeNode(node));
    for (const constant of ends.constants) nested(tail, 5, encodeTensor(constant));
    for (const input of ends.inputs) nested(tail, 11, encodeValue(input));
    for (const output of ends.outputs) nested(tail, 12, encodeValue(output));
    parts.push(tail.finish());
    out.push(nested(Writer.create(), 7, Buffer.concat(parts)).finish());
  }
  const about = Writer.create();
  if (ends.doc !== undefined) text(about, 6, ends.doc);
  for (const [key, value] of Object.entries(ends.metadata ?? {}))
    nested(about, 14, text(text(Writer.create(), 1, key), 2, value).finish());
  out.push(about.finish());
  return Buffer.concat(out);
}
