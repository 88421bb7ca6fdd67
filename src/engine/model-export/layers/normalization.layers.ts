/** Normalisations with the numbers they learnt. */
import type { HeadTensor } from '../head-graph.ts';
import { type LayerCall, type LayerTranslators, onlyInput, untranslatable } from '../layer-translator.ts';

/** Size of the last dimension, over which both layers here work; any other axis is refused. */
function requireLastAxis(call: LayerCall, x: HeadTensor): number {
  const axis = (call.config.axis as number | number[] | undefined) ?? -1;
  const list = Array.isArray(axis) ? axis : [axis];
  const channels = x.shape.at(-1);
  if (channels == null) throw untranslatable(call, 'its number of channels is not fixed');
  if (list.length === 1 && (list[0] === -1 || list[0] === x.shape.length - 1)) return channels;
  throw untranslatable(call, `its axis is ${list.join(', ')}`);
}

/** A weight, or `otherwise` for every channel where the layer has none. */
function weightOr(call: LayerCall, name: string, channels: number, otherwise: number): string {
  const values = call.weights.get(name)?.data ?? new Float32Array(channels).fill(otherwise);
  return call.graph.floats(values, [channels]);
}

export const normalizationLayers: LayerTranslators = {
  BatchNormalization: (call) => {
    const x = call.graph.channelsFirst(onlyInput(call));
    const channels = requireLastAxis(call, x);
    const inputs = [
      weightOr(call, 'gamma', channels, 1),
      weightOr(call, 'beta', channels, 0),
      weightOr(call, 'moving_mean', channels, 0),
      weightOr(call, 'moving_variance', channels, 1),
    ];
    const epsilon = { float: call.config.epsilon as number };
    return { ...x, name: call.graph.node('BatchNormalization', [x.name, ...inputs], { epsilon }) };
  },
  // From small ops: the op LayerNormalization came with opset 17, and backbones may be older.
  LayerNormalization: (call) => {
    const { graph } = call;
    const x = graph.channelsLast(onlyInput(call));
    const channels = requireLastAxis(call, x);
    const axes = graph.integers([x.shape.length - 1]);
    const share = graph.floats([1 / channels], []);
    const mean = (name: string): string =>
      graph.node('Mul', [graph.node('ReduceSum', [name, axes], { keepdims: 1 }), share]);
    const centred = graph.node('Sub', [x.name, mean(x.name)]);
    const variance = mean(graph.node('Mul', [centred, centred]));
    const steadied = graph.node('Add', [variance, graph.floats([call.config.epsilon as number], [])]);
    const scaled = graph.node('Div', [centred, graph.node('Sqrt', [steadied])]);
    const stretched = graph.node('Mul', [scaled, weightOr(call, 'gamma', channels, 1)]);
    return { ...x, name: graph.node('Add', [stretched, weightOr(call, 'beta', channels, 0)]) };
  },
};
