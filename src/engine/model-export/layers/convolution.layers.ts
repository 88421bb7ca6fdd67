/** Convolutions. tfjs keeps kernels as [height, width, in, out], ONNX as [out, in, height, width]. */
import type { WeightArray } from '../../train/weights.ts';
import type { HeadTensor } from '../head-graph.ts';
import {
  type LayerCall,
  type LayerTranslators,
  onlyInput,
  requireChannelsLast,
  requireWeight,
  untranslatable,
} from '../layer-translator.ts';
import { activate } from './activation.layers.ts';

/** How a window moves over a map. */
export function windowAttributes(call: LayerCall): Record<string, readonly number[] | string> {
  requireChannelsLast(call);
  const { padding, strides } = call.config as { padding: string; strides: number | number[] };
  if (padding !== 'same' && padding !== 'valid') throw untranslatable(call, `its padding is ${padding}`);
  // TensorFlow puts the odd row or column of padding at the far side.
  return { strides: pair(strides), auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID' };
}

/** Rows and columns, from one number for both or from two. */
export function pair(value: number | readonly number[]): [number, number] {
  if (typeof value === 'number') return [value, value];
  return [value[0] ?? 1, value[1] ?? value[0] ?? 1];
}

/** Convolution with a kernel in ONNX' order, its bias and its activation. */
function convolve(
  call: LayerCall,
  values: Float32Array,
  shape: readonly number[],
  group: number,
): HeadTensor {
  const { graph, config } = call;
  const x = graph.channelsFirst(onlyInput(call));
  const bias = call.weights.get('bias');
  const inputs = [x.name, graph.floats(values, shape)];
  if (bias !== undefined) inputs.push(graph.floats(bias.data, bias.shape));
  const name = graph.node('Conv', inputs, {
    ...windowAttributes(call),
    kernel_shape: shape.slice(2),
    dilations: pair((config.dilation_rate as number | number[] | undefined) ?? 1),
    group,
  });
  return activate(call, { name, shape: call.shape, layout: 'NCHW' }, config.activation);
}

/** Kernel `[h, w, a, b]` as `[…, h, w]`, where `place` says which of the a · b planes each pair becomes. */
function toPlanes(
  { data, shape }: WeightArray,
  place: (a: number, b: number) => number,
): { values: Float32Array; size: readonly [number, number, number, number] } {
  const size = shape as readonly number[] as readonly [number, number, number, number];
  const [h, w, a, b] = size;
  const values = new Float32Array(data.length);
  for (let cell = 0; cell < h * w; cell++) {
    for (let i = 0; i < a; i++) {
      for (let j = 0; j < b; j++) values[place(i, j) * h * w + cell] = data[(cell * a + i) * b + j] as number;
    }
  }
  return { values, size };
}

export const convolutionLayers: LayerTranslators = {
  Conv2D: (call) => {
    const kernel = requireWeight(call, 'kernel');
    const ins = kernel.shape[2] ?? 1;
    const { values, size } = toPlanes(kernel, (i, o) => o * ins + i);
    const [h, w, , outs] = size;
    return convolve(call, values, [outs, ins, h, w], 1);
  },
  DepthwiseConv2D: (call) => {
    const kernel = requireWeight(call, 'depthwise_kernel');
    const each = kernel.shape[3] ?? 1;
    const { values, size } = toPlanes(kernel, (i, m) => i * each + m);
    const [h, w, ins] = size;
    return convolve(call, values, [ins * each, 1, h, w], ins);
  },
};
