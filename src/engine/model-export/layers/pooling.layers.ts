/** Pooling: over windows, and over whole maps. Windows that reach over the edge average what is there, in tfjs as in ONNX. */
import type { HeadTensor } from '../head-graph.ts';
import {
  type LayerCall,
  type LayerTranslators,
  onlyInput,
  requireChannelsLast,
} from '../layer-translator.ts';
import { pair, windowAttributes } from './convolution.layers.ts';

function pool(call: LayerCall, op: 'MaxPool' | 'AveragePool'): HeadTensor {
  const x = call.graph.channelsFirst(onlyInput(call));
  const attributes = {
    ...windowAttributes(call),
    kernel_shape: pair(call.config.pool_size as number | number[]),
  };
  return { name: call.graph.node(op, [x.name], attributes), shape: call.shape, layout: 'NCHW' };
}

function poolAll(call: LayerCall, op: 'GlobalMaxPool' | 'GlobalAveragePool'): HeadTensor {
  requireChannelsLast(call);
  const x = call.graph.channelsFirst(onlyInput(call));
  const pooled = call.graph.node(op, [x.name]);
  return { name: call.graph.node('Flatten', [pooled], { axis: 1 }), shape: call.shape, layout: 'plain' };
}

export const poolingLayers: LayerTranslators = {
  MaxPooling2D: (call) => pool(call, 'MaxPool'),
  AveragePooling2D: (call) => pool(call, 'AveragePool'),
  GlobalMaxPooling2D: (call) => poolAll(call, 'GlobalMaxPool'),
  GlobalAveragePooling2D: (call) => poolAll(call, 'GlobalAveragePool'),
};
