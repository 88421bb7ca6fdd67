/** Builds classifiers node by node with seeded weights, for tests and benchmarks that need a real architecture without its weights. */
import type { OnnxAttributeValue, OnnxGraphData } from '../../src/engine/backbones/onnx-graph.ts';
import {
  ELEMENT,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  writeOnnx,
} from '../../src/engine/backbones/onnx-writer.ts';

/** How a classifier is written down. */
export interface NetOptions {
  /** Share of the published number of channels, 1 by default. */
  readonly width?: number;
  readonly sidePx?: number;
  readonly classes?: number;
}

type Spread = 'he' | 'zero' | 'one';
interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly spread: Spread;
}

/** Side lengths or counts, one for both axes or height and width. */
type Pair = number | readonly [number, number];
const both = (value: Pair): readonly [number, number] => (typeof value === 'number' ? [value, value] : value);

/** A net being built. Each method adds an operation and returns the name of its output. */
export class NetBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #weights: Weight[] = [];
  readonly #channels = new Map<string, number>([['image', 3]]);
  readonly #width: number;
  readonly #sidePx: number;

  constructor({ width = 1, sidePx = 224 }: NetOptions = {}) {
    this.#width = width;
    this.#sidePx = sidePx;
  }

  /** Channels of a tensor. */
  channels(tensor: string): number {
    return this.#channels.get(tensor) as number;
  }

  /** A published number of channels at this net's width, at least 2. */
  scaled(channels: number): number {
    return Math.max(2, Math.round(channels * this.#width));
  }

  op(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
    channels?: number,
  ): string {
    const output = `${op.toLowerCase()}_${this.#nodes.length}`;
    this.#nodes.push({ op, inputs, outputs: [output], attributes });
    this.#channels.set(output, channels ?? this.channels(inputs[0] as string));
    return output;
  }

  weight(shape: readonly number[], spread: Spread): string {
    const name = `w_${this.#weights.length}`;
    this.#weights.push({ name, shape, spread });
    return name;
  }

  /** A convolution to `to` channels as published (scaled here); padded by half its kernel unless told otherwise. */
  conv(
    x: string,
    to: number,
    kernel: Pair,
    { stride = 1, pad, bias = true }: { stride?: number; pad?: Pair; bias?: boolean } = {},
  ): string {
    const [kh, kw] = both(kernel);
    const [ph, pw] = both(pad ?? [kh >> 1, kw >> 1]);
    const out = this.scaled(to);
    const inputs = [x, this.weight([out, this.channels(x), kh, kw], 'he')];
    if (bias) inputs.push(this.weight([out], 'zero'));
    const attributes = { kernel_shape: [kh, kw], strides: [stride, stride], pads: [ph, pw, ph, pw] };
    return this.op('Conv', inputs, attributes, out);
  }

  norm(x: string): string {
    const c = this.channels(x);
    const inputs = (['one', 'zero', 'zero', 'one'] as const).map((spread) => this.weight([c], spread));
    return this.op('BatchNormalization', [x, ...inputs], { epsilon: { float: 1e-5 } });
  }

  relu(x: string): string {
    return this.op('Relu', [x]);
  }

  /** Convolution, batch norm, ReLU. */
  convNormRelu(x: string, to: number, kernel: Pair, options: { stride?: number; pad?: Pair } = {}): string {
    return this.relu(this.norm(this.conv(x, to, kernel, { ...options, bias: false })));
  }

  pool(
    op: 'MaxPool' | 'AveragePool',
    x: string,
    kernel: number,
    { stride = kernel, pad = 0, up = false }: { stride?: number; pad?: number; up?: boolean } = {},
  ): string {
    const square = [kernel, kernel];
    return this.op(op, [x], {
      kernel_shape: square,
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      ...(up ? { ceil_mode: 1 } : {}),
    });
  }

  add(a: string, b: string): string {
    return this.op('Add', [a, b]);
  }

  concat(...parts: readonly string[]): string {
    const channels = parts.reduce((sum, part) => sum + this.channels(part), 0);
    return this.op('Concat', parts, { axis: 1 }, channels);
  }

  /** A dense layer on a flattened tensor of `from` values. */
  gemm(x: string, from: number, to: number): string {
    const inputs = [x, this.weight([to, from], 'he'), this.weight([to], 'zero')];
    return this.op('Gemm', inputs, { transB: 1 }, to);
  }

  /** The graph as the reader would give it, its weights never made: for what depends on shapes alone. */
  toGraphData(output: string): OnnxGraphData {
    const initializers = this.#weights.map(({ name, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const never = (): never => {
        throw new Error('The weights of this net were never made');
      };
      const constant = { name, shape, dataType: 'float32', size, toFloat32: never, toBytes: never } as const;
      return [name, constant] as const;
    });
    return {
      name: 'net',
      nodes: this.#nodes.map(({ op, inputs, outputs, attributes }) => ({
        name: '',
        domain: '',
        opType: op,
        inputs,
        outputs,
        attributes: Object.fromEntries(
          Object.entries(attributes ?? {}).map(([name, value]) => [name, plainValue(value)]),
        ),
        encodedAttributes: [],
      })),
      initializers: new Map(initializers),
      inputs: [{ name: 'image', dataType: 'float32', shape: [1, 3, this.#sidePx, this.#sidePx] }],
      outputs: [{ name: output, dataType: 'float32', shape: undefined }],
      opset: 17,
      otherOpsets: new Map(),
      producer: 'test',
      metadata: new Map(),
    };
  }

  /** The ONNX file, weights drawn from `seed` as He et al. (2015) initialise them. */
  toOnnx(output: string, seed = 1): Uint8Array {
    let state = seed | 1;
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state / 2 ** 31;
    };
    const constants = this.#weights.map(({ name, shape, spread }): OnnxTensor => {
      const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
      if (spread === 'one') values.fill(1);
      if (spread === 'he') {
        const inputs = shape.slice(1).reduce((product, length) => product * length, 1);
        const reach = Math.sqrt(6 / inputs);
        for (let i = 0; i < values.length; i++) values[i] = next() * reach;
      }
      return { name, type: ELEMENT.float, shape, bytes: new Uint8Array(values.buffer) };
    });
    const side = this.#sidePx;
    const isFlat = this.#nodes.find(({ outputs }) => outputs.includes(output))?.op === 'Gemm';
    const float = (name: string, shape: readonly (number | string)[]) => ({
      name,
      type: ELEMENT.float,
      shape,
    });
    return writeOnnx({
      name: 'net',
      inputs: [float('image', [1, 3, side, side])],
      outputs: [
        float(output, isFlat ? ['n', this.channels(output)] : ['n', this.channels(output), 'y', 'x']),
      ],
      nodes: this.#nodes,
      constants,
    });
  }
}

function plainValue(value: OnnxAttribute): OnnxAttributeValue {
  if (typeof value !== 'object') return value;
  return 'float' in value ? value.float : 'strings' in value ? value.strings : value;
}
