/** Turns a tfjs net into ONNX nodes, layer by layer, from its inputs to its outputs. */
import type { LayersModel, SymbolicTensor } from '../backends/tf.ts';
import { readStandardWeights, toStandardTopology } from '../train/standard-model.ts';
import type { WeightArray } from '../train/weights.ts';
import type { HeadGraph, HeadTensor } from './head-graph.ts';
import { untranslatable } from './layer-translator.ts';
import { layerTranslators } from './layers/list.ts';

/**
 * Appends the net to `graph` and returns its outputs in the model's order. `inputs` stand for the model's inputs, in its order.
 * Throws `export-model/layer` with the name of a layer that has no translation.
 */
export function translateModel(
  model: LayersModel,
  inputs: readonly HeadTensor[],
  graph: HeadGraph,
): HeadTensor[] {
  const entries = new Map(toStandardTopology(model).config.layers.map((entry) => [entry.name, entry]));
  const weights = groupByLayer(readStandardWeights(model));
  const known = new Map<number, HeadTensor>();
  model.inputs.forEach((input, i) => {
    known.set(input.id, inputs[i] as HeadTensor);
  });
  const translate = (tensor: SymbolicTensor): HeadTensor => {
    const found = known.get(tensor.id);
    if (found !== undefined) return found;
    const layer = tensor.sourceLayer.name;
    const { class_name: className = 'unknown', config = {} } = entries.get(layer) ?? {};
    const translator = Object.hasOwn(layerTranslators, className) ? layerTranslators[className] : undefined;
    if (translator === undefined)
      throw untranslatable({ layer, className }, 'layers of this kind have no translation');
    const made = translator({
      layer,
      className,
      config,
      weights: weights.get(layer) ?? new Map(),
      inputs: (tensor.sourceLayer.inboundNodes[tensor.nodeIndex]?.inputTensors ?? []).map(translate),
      shape: tensor.shape,
      graph,
    });
    known.set(tensor.id, made);
    return made;
  };
  return model.outputs.map(translate);
}

/** `narrow/kernel` under `narrow` as `kernel`. */
function groupByLayer(weights: readonly WeightArray[]): Map<string, Map<string, WeightArray>> {
  const groups = new Map<string, Map<string, WeightArray>>();
  for (const weight of weights) {
    const cut = weight.name.lastIndexOf('/');
    const layer = weight.name.slice(0, cut);
    const group = groups.get(layer) ?? new Map<string, WeightArray>();
    groups.set(layer, group.set(weight.name.slice(cut + 1), weight));
  }
  return groups;
}
