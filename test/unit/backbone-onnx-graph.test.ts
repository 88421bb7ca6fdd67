/** Reading ONNX files: what the reader makes of right ones, and that broken ones end in an error a person can use. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { Writer } from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { isAppErrorData } from '../../src/core/errors.ts';
import { readOnnxGraph } from '../../src/engine/backbones/onnx-graph.ts';
import { dataTypeCode, readConstant } from '../../src/engine/backbones/onnx-tensor.ts';
import { ELEMENT, type OnnxNode, type OnnxValue, writeOnnx } from '../../src/engine/backbones/onnx-writer.ts';
import { describeWithShared } from '../helpers/shared-data.ts';

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const value = (name: string, shape: readonly (number | string)[]): OnnxValue => ({
  name,
  type: ELEMENT.float,
  shape,
});

function smallNet(nodes?: readonly OnnxNode[]): Uint8Array {
  return writeOnnx({
    name: 'small',
    inputs: [value('image', ['n', 3, 'h', 32])],
    outputs: [value('y', ['n', 2, 'h', 'w'])],
    nodes: nodes ?? [
      {
        op: 'Conv',
        inputs: ['image', 'w', ''],
        outputs: ['c'],
        attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER', group: 1 },
      },
      { op: 'LeakyRelu', inputs: ['c'], outputs: ['y'], attributes: { alpha: { float: 0.25 } } },
    ],
    constants: [
      {
        name: 'w',
        type: ELEMENT.float,
        shape: [2, 3, 1, 1],
        bytes: bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6)),
      },
    ],
  });
}

/** A TensorProto with its numbers in one of the typed fields. */
function typedTensor(
  type: number,
  field: number,
  write: (writer: Writer) => Writer,
  size: number,
): Uint8Array {
  const numbers = write(Writer.create()).finish();
  return Writer.create()
    .uint32(8)
    .int64(size)
    .uint32(16)
    .int32(type)
    .uint32((field << 3) | 2)
    .bytes(numbers)
    .uint32(66)
    .string('t')
    .finish();
}

/** A TensorProto with raw data. */
function rawTensor(type: number, shape: readonly number[], raw: Uint8Array): Uint8Array {
  const writer = Writer.create();
  for (const size of shape) writer.uint32(8).int64(size);
  return writer.uint32(16).int32(type).uint32(74).bytes(raw).finish();
}

const code = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return isAppErrorData(error) ? error.code : error;
  }
  return 'nothing was thrown';
};

describe('reading an ONNX graph', () => {
  it('gives nodes, attributes of each kind, constants, free and fixed sizes', () => {
    const graph = readOnnxGraph(smallNet());
    expect(graph.opset).toBe(17);
    expect(graph.inputs).toEqual([{ name: 'image', dataType: 'float32', shape: ['n', 3, 'h', 32] }]);
    expect(graph.outputs.map((output) => output.name)).toEqual(['y']);
    expect(graph.nodes.map((node) => [node.opType, node.inputs, node.outputs])).toEqual([
      ['Conv', ['image', 'w', ''], ['c']],
      ['LeakyRelu', ['c'], ['y']],
    ]);
    expect({ ...graph.nodes[0]?.attributes }).toEqual({ strides: [2, 2], auto_pad: 'SAME_UPPER', group: 1 });
    expect({ ...graph.nodes[1]?.attributes }).toEqual({ alpha: 0.25 });
    const weights = graph.initializers.get('w');
    expect([weights?.shape, weights?.dataType, [...(weights?.toFloat32() ?? [])]]).toEqual([
      [2, 3, 1, 1],
      'float32',
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it('reads the numbers of a constant however they are stored', () => {
    const floats = (writer: Writer): Writer => writer.float(1.5).float(-2);
    const wholes = (writer: Writer): Writer => writer.int64(7).int64(-3);
    const halves = (writer: Writer): Writer => writer.int32(0x3e00).int32(0xc000);
    const cases: [Uint8Array, number[]][] = [
      [typedTensor(1, 4, floats, 2), [1.5, -2]],
      [typedTensor(11, 10, (writer) => writer.double(1.5).double(-2), 2), [1.5, -2]],
      [typedTensor(7, 7, wholes, 2), [7, -3]],
      [typedTensor(6, 5, wholes, 2), [7, -3]],
      [typedTensor(10, 5, halves, 2), [1.5, -2]],
      [rawTensor(10, [2], bytesOf(Uint16Array.of(0x3e00, 0xc000))), [1.5, -2]],
      [rawTensor(16, [2], bytesOf(Uint16Array.of(0x3fc0, 0xc000))), [1.5, -2]],
      [rawTensor(7, [2, 1], bytesOf(BigInt64Array.of(7n, -3n))), [7, -3]],
      [rawTensor(6, [1, 2], bytesOf(Int32Array.of(7, -3))), [7, -3]],
      [rawTensor(1, [], bytesOf(Float32Array.of(4))), [4]],
      [rawTensor(1, [0], new Uint8Array()), []],
    ];
    for (const [bytes, expected] of cases) {
      const tensor = readConstant(bytes);
      expect([...tensor.toFloat32()]).toEqual(expected);
      const again = readConstant(rawTensor(dataTypeCode(tensor.dataType), tensor.shape, tensor.toBytes()));
      expect([...again.toFloat32()]).toEqual(expected);
    }
  });

  it('reads weights at an odd place in the file, where no view of floats could lie', () => {
    const raw = bytesOf(Float32Array.of(1.5, -2));
    for (const shift of [0, 1, 2, 3]) {
      const bytes = rawTensor(1, [2], raw);
      const moved = new Uint8Array(bytes.length + shift);
      moved.set(bytes, shift);
      expect([...readConstant(moved.subarray(shift)).toFloat32()]).toEqual([1.5, -2]);
    }
  });

  it('sorts operations that stand in a wrong order, and leaves a right order alone', () => {
    const relu = (from: string, to: string): OnnxNode => ({ op: 'Relu', inputs: [from], outputs: [to] });
    const names = (nodes: OnnxNode[]) => readOnnxGraph(smallNet(nodes)).nodes.map((node) => node.outputs[0]);
    expect(names([relu('b', 'y'), relu('a', 'b'), relu('image', 'a')])).toEqual(['a', 'b', 'y']);
    expect(names([relu('image', 'b'), relu('b', 'y'), relu('image', 'a')])).toEqual(['b', 'y', 'a']);
  });
});

describe('ONNX files that are not right', () => {
  it('says when operations run in a circle, miss an input or make the same tensor', () => {
    const relu = (from: string, to: string): OnnxNode => ({ op: 'Relu', inputs: [from], outputs: [to] });
    for (const nodes of [
      [relu('b', 'a'), relu('a', 'b')],
      [relu('y', 'y')],
      [relu('nowhere', 'y')],
      [relu('image', 'y'), relu('image', 'y')],
      [relu('image', 'w')],
    ]) {
      expect(code(() => readOnnxGraph(smallNet(nodes)))).toBe('onnx/damaged');
    }
  });

  it('says when shape and numbers disagree, and never asks for memory a shape only claims', () => {
    for (const shape of [[3], [1, -1], [2 ** 40, 2 ** 40], [2 ** 50]]) {
      expect(code(() => readConstant(rawTensor(1, shape, new Uint8Array(8))))).toBe('onnx/damaged');
    }
    expect(code(() => readConstant(rawTensor(1, [2], new Uint8Array(7))))).toBe('onnx/damaged');
    expect(code(() => readConstant(rawTensor(8, [2], new Uint8Array(8))))).toBe('onnx/unsupported-type');
    const elsewhere = Writer.create().uint32(16).int32(1).uint32(112).int32(1).finish();
    expect(code(() => readConstant(elsewhere))).toBe('onnx/external-data');
  });

  it('refuses what is no ONNX file at all', () => {
    expect(code(() => readOnnxGraph(new Uint8Array()))).toBe('onnx/damaged');
    expect(code(() => readOnnxGraph(Buffer.from('<html>404</html>')))).toBe('onnx/damaged');
    expect(code(() => readOnnxGraph(new Uint8Array(5000).fill(0x0b)))).toBe('onnx/damaged'); // groups in groups
  });

  it('meets any cut and any flipped byte with an error of its own or a graph, never another fault', () => {
    const whole = smallNet();
    for (let length = 0; length < whole.length; length++) {
      const found = code(() => readOnnxGraph(whole.subarray(0, length)));
      expect(typeof found).toBe('string');
    }
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (flips) => {
          const broken = Uint8Array.from(whole);
          for (const [at, to] of flips) broken[at] = to;
          const found = code(() => {
            for (const constant of readOnnxGraph(broken).initializers.values()) constant.toFloat32();
          });
          expect(typeof found).toBe('string');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describeWithShared('the SqueezeNet of half floats', (dir) => {
  it('is read whole, without the weights it also lists as inputs', async () => {
    const file = path.join(dir, 'backbones', 'squeezenet-fp16-onnx', 'SqueezeNet_fp16.onnx');
    const graph = readOnnxGraph(await readFile(file));
    expect([graph.nodes.length, graph.opset, graph.initializers.size]).toEqual([66, 7, 52]);
    expect(graph.inputs.map((input) => [input.name, input.dataType, input.shape])).toEqual([
      ['data_0', 'float16', [1, 3, 224, 224]],
    ]);
    const bias = graph.initializers.get('conv1_b_0');
    expect([bias?.dataType, bias?.shape]).toEqual(['float16', [64]]);
    expect(bias?.toFloat32().every((number) => Math.abs(number) < 10 && number !== 0)).toBe(true);
  });
});
