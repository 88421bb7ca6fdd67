/** Layers that move numbers and change none, and layers that do nothing outside training. */

import type { HeadTensor } from '../head-graph.ts';
import {
  type LayerCall,
  type LayerTranslators,
  onlyInput,
  requireChannelsLast,
  untranslatable,
} from '../layer-translator.ts';
import { pair } from './convolution.layers.ts';

/** Repeats every cell; the op's other ways to resize are not what tfjs does. */
function repeat(call: LayerCall, [down, across]: readonly [number, number]): HeadTensor {
  const { graph } = call;
  const x = graph.channelsFirst(onlyInput(call));
  const scales = graph.floats([1, 1, down, across], [4]);
  const attributes = {
    mode: 'nearest',
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric',
  };
  return { ...x, name: graph.node('Resize', [x.name, '', scales], attributes), shape: call.shape };
}

const identity = (call: LayerCall): HeadTensor => onlyInput(call);

export const shapeLayers: LayerTranslators = {
  Flatten: (call) => {
    requireChannelsLast(call);
    const x = call.graph.channelsLast(onlyInput(call));
    return { name: call.graph.node('Flatten', [x.name], { axis: 1 }), shape: call.shape, layout: 'plain' };
  },
  Reshape: (call) => {
    const x = call.graph.channelsLast(onlyInput(call));
    const sizes = call.graph.integers(call.shape.map((size, i) => (i === 0 ? 0 : (size ?? -1))));
    const layout = call.shape.length === 4 ? 'NHWC' : 'plain';
    return { name: call.graph.node('Reshape', [x.name, sizes]), shape: call.shape, layout };
  },
  ZeroPadding2D: (call) => {
    requireChannelsLast(call);
    const x = call.graph.channelsFirst(onlyInput(call));
    const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = call.config.padding as number[][];
    const pads = call.graph.integers([0, 0, top, left, 0, 0, bottom, right]);
    return { ...x, name: call.graph.node('Pad', [x.name, pads]), shape: call.shape };
  },
  UpSampling2D: (call) => {
    requireChannelsLast(call);
    const { size, interpolation = 'nearest' } = call.config as { size: number[]; interpolation?: string };
    if (interpolation !== 'nearest') throw untranslatable(call, `its interpolation is ${interpolation}`);
    return repeat(call, pair(size));
  },
  Dropout: identity,
  SpatialDropout1D: identity,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
};
