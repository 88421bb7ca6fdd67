/** Dense layers: a product over the last dimension. */
import { type LayerTranslators, onlyInput, requireWeight } from '../layer-translator.ts';
import { activate } from './activation.layers.ts';

export const denseLayers: LayerTranslators = {
  Dense: (call) => {
    const { graph } = call;
    const kernel = requireWeight(call, 'kernel');
    const bias = call.weights.get('bias');
    const x = graph.channelsLast(onlyInput(call));
    const product = graph.node('MatMul', [x.name, graph.floats(kernel.data, kernel.shape)]);
    const name =
      bias === undefined ? product : graph.node('Add', [product, graph.floats(bias.data, bias.shape)]);
    return activate(call, { name, shape: call.shape, layout: x.layout }, call.config.activation);
  },
};
