/** A model as tfjs files say it: layers of ours in their standard form, weights under the names those layers give them. */
import type { LayersModel } from '../backends/tf.ts';
import { isStandardizable, type StandardForm } from '../parts/standard-form.ts';
import { readWeights, type WeightArray } from './weights.ts';

interface LayerEntry {
  name: string;
  class_name: string;
  config: Record<string, unknown>;
}

/** The part of tfjs' topology that is read here; the rest is passed on. */
export interface StandardTopology {
  class_name: string;
  config: { layers: LayerEntry[] };
}

/** The topology of tfjs' `model.json` without a layer that only the studio knows. */
export function toStandardTopology(model: LayersModel): StandardTopology {
  // A copy: what toJSON gives may be the model's own.
  const topology = structuredClone(model.toJSON(null, false)) as unknown as StandardTopology;
  const forms = listForms(model);
  for (const entry of topology.config.layers) {
    const form = forms.get(entry.name);
    if (form === undefined) continue;
    entry.class_name = form.className;
    entry.config = { name: entry.name, trainable: true, ...form.config };
  }
  return topology;
}

/** All weights as the standard layers name and shape them. */
export function readStandardWeights(model: LayersModel): WeightArray[] {
  const renames = listRenames(model);
  return readWeights(model).map((weight) => {
    const known = renames.get(weight.name);
    return known === undefined ? weight : { ...weight, name: known.name, shape: known.shape };
  });
}

/** Weights from a file under the names and shapes `model` has for them; what it does not know is passed on as it is. */
export function toOwnWeights(model: LayersModel, weights: readonly WeightArray[]): WeightArray[] {
  const shapes = new Map(model.weights.map((weight) => [weight.originalName, weight.shape as number[]]));
  const owns = new Map([...listRenames(model)].map(([own, { name }]) => [name, own]));
  return weights.map((weight) => {
    const own = owns.get(weight.name);
    return own === undefined ? weight : { ...weight, name: own, shape: shapes.get(own) ?? weight.shape };
  });
}

function listForms(model: LayersModel): Map<string, StandardForm> {
  return new Map(
    model.layers.flatMap((layer) =>
      isStandardizable(layer) ? [[layer.name, layer.standardForm()] as const] : [],
    ),
  );
}

/** `scale-s8/scale` → `scale-s8/depthwise_kernel` and its shape. */
function listRenames(model: LayersModel): Map<string, { name: string; shape: number[] }> {
  return new Map(
    [...listForms(model)].flatMap(([layer, { weights = [] }]) =>
      weights.map(
        ({ own, standard, shape }) => [`${layer}/${own}`, { name: `${layer}/${standard}`, shape }] as const,
      ),
    ),
  );
}
