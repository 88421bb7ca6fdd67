/** A growing piece of an ONNX graph: nodes and constants with names that meet none of the backbone's. */
import { ELEMENT, type OnnxAttribute, type OnnxNode, type OnnxTensor } from '../backbones/onnx-writer.ts';

/**
 * A tensor of the graph. `shape` is that of tfjs (channels last, null for the batch and free sizes); `layout` says how a map of four
 * dimensions lies in the ONNX graph. Tensors of fewer dimensions lie as they do in tfjs.
 */
export interface HeadTensor {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly layout: 'NCHW' | 'NHWC' | 'plain';
}

/** Collects what is to be appended to the backbone. Opset 13 to 22: every op used here means the same in all of them. */
export class HeadGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  #count = 0;

  /** Adds a node with one output and returns that output's name. An empty input name leaves an optional input out. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output = this.#newName(op),
  ): string {
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** A constant of 32-bit floats. */
  floats(values: ArrayLike<number>, shape: readonly number[]): string {
    return this.#constant(ELEMENT.float, shape, Float32Array.from(values));
  }

  /** A constant list of whole numbers. */
  integers(values: readonly number[]): string {
    return this.#constant(ELEMENT.int64, [values.length], BigInt64Array.from(values.map(BigInt)));
  }

  /** The map as convolutions want it, `[n, c, h, w]`. */
  channelsFirst(x: HeadTensor): HeadTensor {
    if (x.layout !== 'NHWC') return x;
    return { ...x, layout: 'NCHW', name: this.node('Transpose', [x.name], { perm: [0, 3, 1, 2] }) };
  }

  /** The map as tfjs has it, `[n, h, w, c]`: flattening it so gives the order its dense weights were learnt in. */
  channelsLast(x: HeadTensor): HeadTensor {
    if (x.layout !== 'NCHW') return x;
    return { ...x, layout: 'NHWC', name: this.node('Transpose', [x.name], { perm: [0, 2, 3, 1] }) };
  }

  #constant(
    type: OnnxTensor['type'],
    shape: readonly number[],
    values: Float32Array | BigInt64Array,
  ): string {
    const name = this.#newName('constant');
    this.constants.push({
      name,
      type,
      shape,
      bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
    return name;
  }

  #newName(what: string): string {
    return `catchlight_head/${this.#count++}/${what}`;
  }
}
