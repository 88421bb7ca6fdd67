/** Every layer that can be written as ONNX. To add a group: its file beside this one, and its line here. */
import type { LayerTranslators } from '../layer-translator.ts';
import { activationLayers } from './activation.layers.ts';
import { convolutionLayers } from './convolution.layers.ts';
import { denseLayers } from './dense.layers.ts';
import { mergeLayers } from './merge.layers.ts';
import { normalizationLayers } from './normalization.layers.ts';
import { poolingLayers } from './pooling.layers.ts';
import { recurrentLayers } from './recurrent.layers.ts';
import { shapeLayers } from './shape.layers.ts';

export const layerTranslators: LayerTranslators = {
  ...activationLayers,
  ...convolutionLayers,
  ...denseLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...recurrentLayers,
  ...shapeLayers,
};
