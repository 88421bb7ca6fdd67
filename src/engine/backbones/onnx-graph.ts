/**
 * Reads an ONNX file into plain data. Field numbers follow onnx.proto3 of the ONNX specification (https://onnx.ai), version 1.x;
 * the wire format is read by protobufjs, which checks every length against the end of the file.
 */
import { Reader } from 'protobufjs/minimal.js';
import { isAppErrorData } from '../../core/errors.ts';
import {
  damagedOnnx,
  dataTypeName,
  type OnnxConstant,
  type OnnxDataType,
  readConstant,
  readRepeated,
  readWhole,
} from './onnx-tensor.ts';

/** FLOAT and INT are numbers, FLOATS and INTS lists, STRING a text, STRINGS a list of texts, TENSOR a constant. */
export type OnnxAttributeValue = number | readonly number[] | string | readonly string[] | OnnxConstant;

/** One operation. */
export interface OnnxGraphNode {
  /** May be empty: ONNX does not ask for names. */
  readonly name: string;
  readonly opType: string;
  /** Empty for the operations of ONNX itself. */
  readonly domain: string;
  /** Names of tensors; `''` stands for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By name. Sub-graphs (of If, Loop, Scan) are not read. */
  readonly attributes: Readonly<Record<string, OnnxAttributeValue>>;
  /** The attributes as they stand in the file, for whoever writes the node again. */
  readonly encodedAttributes: readonly Uint8Array[];
}

/** An input or output of the graph. */
export interface OnnxGraphValue {
  readonly name: string;
  /** Undefined for anything but a tensor of numbers. */
  readonly dataType: OnnxDataType | undefined;
  /** A number is a fixed size, a text the name of a free one (`'?'` when it has none); undefined when the file says nothing. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** A whole file. */
export interface OnnxGraphData {
  readonly name: string;
  /** In an order in which each node follows those it needs. `Constant` nodes are not here but among `initializers`. */
  readonly nodes: readonly OnnxGraphNode[];
  /** Constants by name: initializers and the values of `Constant` nodes. */
  readonly initializers: ReadonlyMap<string, OnnxConstant>;
  /** What has to be fed; constants that old files also list as inputs are left out. */
  readonly inputs: readonly OnnxGraphValue[];
  readonly outputs: readonly OnnxGraphValue[];
  /** Version of ONNX's own operations. */
  readonly opset: number;
  /** Versions of other operation sets, by domain. */
  readonly otherOpsets: ReadonlyMap<string, number>;
  readonly producer: string;
  /** The file's own key/value texts. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a file. Constants stay views into `bytes` until converted. Throws `onnx/damaged` (truncated, not an ONNX file, a graph that
 * contradicts itself or runs in a circle), `onnx/external-data`, `onnx/unsupported-type`.
 */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraphData {
  try {
    return readModel(bytes);
  } catch (error) {
    if (isAppErrorData(error)) throw error;
    // What protobufjs throws: lengths beyond the end, wire types that do not exist, groups nested without end.
    throw damagedOnnx(error instanceof Error ? error.message : String(error), { bytes: bytes.length }, error);
  }
}

/** Calls `on` for each field of a message; a field that `on` does not read (it returns false) is skipped. */
function eachField(
  bytes: Uint8Array,
  on: (field: number, reader: Reader, wire: number) => boolean | undefined,
): void {
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    if (on(key >>> 3, reader, key & 7) === false) reader.skipType(key & 7);
  }
}

function readModel(bytes: Uint8Array): OnnxGraphData {
  let graph: Uint8Array | undefined;
  let producer = '';
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  eachField(bytes, (field, reader) => {
    if (field === 2) producer = reader.string();
    else if (field === 7) graph = reader.bytes();
    else if (field === 8) {
      const { domain, version } = readOpset(reader.bytes());
      opsets.set(domain === 'ai.onnx' ? '' : domain, version);
    } else if (field === 14) metadata.set(...readPair(reader.bytes()));
    else return false;
    return undefined;
  });
  const opset = opsets.get('');
  if (graph === undefined) throw damagedOnnx('it holds no graph', { bytes: bytes.length });
  if (opset === undefined) throw damagedOnnx('it does not say which version of ONNX it follows');
  opsets.delete('');
  return { ...readGraph(graph), opset, otherOpsets: opsets, producer, metadata };
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  const opset = { domain: '', version: 0 };
  eachField(bytes, (field, reader) => {
    if (field === 1) opset.domain = reader.string();
    else if (field === 2) opset.version = readWhole(reader);
    else return false;
    return undefined;
  });
  return opset;
}

function readPair(bytes: Uint8Array): [string, string] {
  const pair: [string, string] = ['', ''];
  eachField(bytes, (field, reader) => {
    if (field !== 1 && field !== 2) return false;
    pair[field - 1] = reader.string();
    return undefined;
  });
  return pair;
}

type GraphPart = Pick<OnnxGraphData, 'name' | 'nodes' | 'initializers' | 'inputs' | 'outputs'>;

function readGraph(bytes: Uint8Array): GraphPart {
  let name = '';
  const nodes: OnnxGraphNode[] = [];
  const initializers = new Map<string, OnnxConstant>();
  const inputs: OnnxGraphValue[] = [];
  const outputs: OnnxGraphValue[] = [];
  eachField(bytes, (field, reader) => {
    if (field === 1) {
      const node = readNode(reader.bytes());
      const constant = constantOf(node);
      if (constant === undefined) nodes.push(node);
      else initializers.set(constant.name, constant);
    } else if (field === 2) name = reader.string();
    else if (field === 5) {
      const constant = readConstant(reader.bytes());
      initializers.set(constant.name, constant);
    } else if (field === 11) inputs.push(readValue(reader.bytes()));
    else if (field === 12) outputs.push(readValue(reader.bytes()));
    else return false;
    return undefined;
  });
  const fed = inputs.filter((input) => !initializers.has(input.name));
  return {
    name,
    nodes: inOrder(
      nodes,
      fed.map((input) => input.name),
      initializers,
    ),
    initializers,
    inputs: fed,
    outputs,
  };
}

function readNode(bytes: Uint8Array): OnnxGraphNode {
  const node = {
    name: '',
    opType: '',
    domain: '',
    inputs: [] as string[],
    outputs: [] as string[],
    attributes: Object.create(null) as Record<string, OnnxAttributeValue>,
    encodedAttributes: [] as Uint8Array[],
  };
  eachField(bytes, (field, reader) => {
    if (field === 1) node.inputs.push(reader.string());
    else if (field === 2) node.outputs.push(reader.string());
    else if (field === 3) node.name = reader.string();
    else if (field === 4) node.opType = reader.string();
    else if (field === 5) {
      const encoded = reader.bytes();
      node.encodedAttributes.push(encoded);
      const { name, value } = readAttribute(encoded);
      if (value !== undefined) node.attributes[name] = value;
    } else if (field === 7) node.domain = reader.string();
    else return false;
    return undefined;
  });
  if (node.domain === 'ai.onnx') node.domain = '';
  return node;
}

/** AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

function readAttribute(bytes: Uint8Array): { name: string; value: OnnxAttributeValue | undefined } {
  let name = '';
  let type = 0;
  let float: number | undefined;
  let int: number | undefined;
  let text: string | undefined;
  let tensor: OnnxConstant | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const texts: string[] = [];
  eachField(bytes, (field, reader, wire) => {
    if (field === 1) name = reader.string();
    else if (field === 2) float = reader.float();
    else if (field === 3) int = readWhole(reader);
    else if (field === 4) text = reader.string();
    else if (field === 5) tensor = readConstant(reader.bytes());
    else if (field === 7) readRepeated(reader, wire, floats, (from) => from.float());
    else if (field === 8) readRepeated(reader, wire, ints, readWhole);
    else if (field === 9) texts.push(reader.string());
    else if (field === 20) type = reader.int32();
    else return false;
    return undefined;
  });
  // A writer may leave out zeros and empty lists: then only the type says what is meant. The oldest files have no type.
  if (type === ATTRIBUTE.float) return { name, value: float ?? 0 };
  if (type === ATTRIBUTE.int) return { name, value: int ?? 0 };
  if (type === ATTRIBUTE.string) return { name, value: text ?? '' };
  if (type === ATTRIBUTE.floats) return { name, value: floats };
  if (type === ATTRIBUTE.ints) return { name, value: ints };
  if (type === ATTRIBUTE.strings) return { name, value: texts };
  if (type === ATTRIBUTE.tensor || type === 0) {
    const lists = [floats, ints, texts].find((list) => list.length > 0);
    return { name, value: tensor ?? (type === 0 ? (float ?? int ?? text ?? lists) : undefined) };
  }
  return { name, value: undefined };
}

/** The value of a `Constant` node under the name of its output; undefined for any other node. */
function constantOf(node: OnnxGraphNode): OnnxConstant | undefined {
  if (node.opType !== 'Constant' || node.domain !== '') return undefined;
  const name = node.outputs[0];
  if (name === undefined) throw damagedOnnx('a constant has no name');
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  if (typeof value === 'object' && 'toBytes' in value) return { ...value, name };
  const float = value_float ?? value_floats;
  const whole = value_int ?? value_ints;
  const numbers = float ?? whole;
  if (numbers === undefined || typeof numbers === 'string') return undefined; // Texts: no net that sees pictures computes with them.
  const list = (typeof numbers === 'number' ? [numbers] : numbers) as readonly number[];
  const toBytes = (): Uint8Array =>
    new Uint8Array(
      float === undefined ? BigInt64Array.from(list.map(BigInt)).buffer : Float32Array.from(list).buffer,
    );
  return {
    name,
    shape: typeof numbers === 'number' ? [] : [list.length],
    dataType: float === undefined ? 'int64' : 'float32',
    size: list.length,
    toFloat32: () => Float32Array.from(list),
    toBytes,
  };
}

function readValue(bytes: Uint8Array): OnnxGraphValue {
  const value: { name: string; dataType: OnnxDataType | undefined; shape: (number | string)[] | undefined } =
    {
      name: '',
      dataType: undefined,
      shape: undefined,
    };
  eachField(bytes, (field, reader) => {
    if (field === 1) value.name = reader.string();
    else if (field === 2) {
      eachField(reader.bytes(), (kind, type) => {
        if (kind !== 1) return false;
        readTensorType(type.bytes(), value);
        return undefined;
      });
    } else return false;
    return undefined;
  });
  return value;
}

function readTensorType(
  bytes: Uint8Array,
  value: { dataType: OnnxDataType | undefined; shape: (number | string)[] | undefined },
): void {
  eachField(bytes, (field, reader) => {
    if (field === 1) value.dataType = dataTypeName(reader.int32());
    else if (field === 2) {
      const shape: (number | string)[] = [];
      value.shape = shape;
      eachField(reader.bytes(), (part, dims) => {
        if (part !== 1) return false;
        let size: number | string = '?';
        eachField(dims.bytes(), (kind, dimension) => {
          if (kind === 1) size = readWhole(dimension);
          else if (kind === 2) size = dimension.string();
          else return false;
          return undefined;
        });
        shape.push(size);
        return undefined;
      });
    } else return false;
    return undefined;
  });
}

/** Nodes in an order in which each follows what it needs: the file's own where it is so, as ONNX demands, else sorted. */
function inOrder(
  nodes: readonly OnnxGraphNode[],
  inputs: readonly string[],
  initializers: ReadonlyMap<string, OnnxConstant>,
): readonly OnnxGraphNode[] {
  const made = new Set<string>([...inputs, ...initializers.keys(), '']);
  const makers = makersOf(nodes, made);
  const seen = new Set(made);
  const isOrdered = nodes.every((node) => {
    const isReady = node.inputs.every((name) => seen.has(name));
    for (const output of node.outputs) seen.add(output);
    return isReady;
  });
  return isOrdered ? nodes : sorted(nodes, made, makers);
}

function makersOf(nodes: readonly OnnxGraphNode[], made: ReadonlySet<string>): Map<string, OnnxGraphNode> {
  const makers = new Map<string, OnnxGraphNode>();
  for (const node of nodes) {
    for (const output of node.outputs.filter((name) => name !== '')) {
      if (makers.has(output) || made.has(output))
        throw damagedOnnx(`two operations both make "${output}"`, { tensor: output });
      makers.set(output, node);
    }
  }
  return makers;
}

/** Kahn (1962), Topological sorting of large networks. */
function sorted(
  nodes: readonly OnnxGraphNode[],
  made: ReadonlySet<string>,
  makers: ReadonlyMap<string, OnnxGraphNode>,
): OnnxGraphNode[] {
  const waiting = new Map<string, OnnxGraphNode[]>();
  const missing = new Map<OnnxGraphNode, number>();
  for (const node of nodes) {
    const needs = new Set(node.inputs.filter((name) => !made.has(name)));
    for (const need of needs) {
      if (!makers.has(need))
        throw damagedOnnx(`nothing makes "${need}", which ${node.opType} needs`, { tensor: need });
      const list = waiting.get(need);
      if (list === undefined) waiting.set(need, [node]);
      else list.push(node);
    }
    missing.set(node, needs.size);
  }
  const ready = nodes.filter((node) => missing.get(node) === 0);
  const order: OnnxGraphNode[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    order.push(next);
    for (const output of new Set(next.outputs)) {
      for (const follower of waiting.get(output) ?? []) {
        const left = (missing.get(follower) as number) - 1;
        missing.set(follower, left);
        if (left === 0) ready.push(follower);
      }
    }
  }
  if (order.length < nodes.length) throw damagedOnnx('its operations run in a circle');
  return order;
}
