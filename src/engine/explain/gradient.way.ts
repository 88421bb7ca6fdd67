/**
 * Gradient-based maps for recipes with dense layers: Grad-CAM (Selvaraju et al. 2017) on the features, each cell with its own gradient
 * instead of the mean one (HiResCAM, Draelos & Carin 2020), since a dense layer weighs every place differently. For one pooled layer
 * the two are the same.
 */
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import { findVisibleCells, forEachCell, spreadCells } from './grid.ts';
import type { Explained, ExplainWay } from './method.ts';
import { applyModel, listTaps, makeInputs, meanVisible, readMaps, scoreCopies } from './run.ts';

/**
 * The evidence of a cell is Σ over channels of gradient × (feature − mean feature): to first order, what the class's logit would lose if
 * the cell looked like the average of the photograph. Evidence for a class, divided by the strongest and multiplied by the model's
 * probability of the class: so the range is 0..1 on all photographs, and a class that the model does not see stays dark.
 */
export const gradientWay: ExplainWay = {
  id: 'gradient',
  lacks: 'it has no class output that could be followed back to a place',
  // Frames come pooled: what is followed back to them has no place any more.
  fits: (recipe) => findLogits(recipe) >= 0 && recipe.frames === undefined,
  explain: async (explained) => {
    const features = readMaps(explained);
    const taps = listTaps(explained);
    const [shares = []] = scoreCopies(explained, features, 1);
    const shape = taps.reduce((best, tap) => (tap.widthCells > best.widthCells ? tap : best));
    const maps = shares.map((share, classIndex) => {
      const evidence = new Float32Array(shape.heightCells * shape.widthCells);
      const grads = computeGradients(explained, features, classIndex);
      taps.forEach((tap, i) => {
        const map = features[i] as Float32Array;
        const own = weighCells(grads[i] as Float32Array, map, meanVisible(explained, tap, map));
        spreadCells(own, tap, shape).forEach((value, cell) => {
          evidence[cell] = (evidence[cell] ?? 0) + value;
        });
      });
      return scaleEvidence(evidence, share, explained, shape);
    });
    return { shape: { heightCells: shape.heightCells, widthCells: shape.widthCells }, maps };
  },
};

function findLogits(recipe: Explained['recipe']): number {
  return (recipe.outputMeanings ?? []).findIndex(({ kind }) => kind === 'class-logits');
}

/** Gradient of one class's logit for each feature, an array a tap, shaped as the maps. */
function computeGradients(
  explained: Explained,
  features: readonly Float32Array[],
  classIndex: number,
): Float32Array[] {
  const at = findLogits(explained.recipe);
  const tensors = tf.tidy(() => {
    const inputs = makeInputs(explained, features, 1);
    const taps = inputs.slice(0, features.length);
    const further = inputs.slice(features.length);
    const logit = (...maps: Tensor[]): Scalar => {
      const logits = applyModel(explained, [...maps, ...further])[at] as Tensor;
      return tf.slice(logits, [0, classIndex], [1, 1]).sum() as Scalar;
    };
    return tf.grads(logit)(taps);
  });
  const arrays = tensors.map((tensor) => tensor.dataSync() as Float32Array);
  tf.dispose(tensors);
  return arrays;
}

/** Σ over channels of gradient × (feature − mean of the channel), a value a cell. */
function weighCells(gradient: Float32Array, map: Float32Array, mean: Float32Array): Float32Array {
  const out = new Float32Array(map.length / mean.length);
  for (let i = 0; i < map.length; i++) {
    const cell = Math.floor(i / mean.length);
    out[cell] = (out[cell] ?? 0) + (gradient[i] ?? 0) * ((map[i] ?? 0) - (mean[i % mean.length] ?? 0));
  }
  return out;
}

/** Only cells that show photograph decide what is strongest: padding must not dim the rest. */
function scaleEvidence(
  evidence: Float32Array,
  share: number,
  { placement }: Explained,
  shape: { readonly heightCells: number; readonly widthCells: number },
): Float32Array {
  let strongest = 0;
  forEachCell(findVisibleCells(placement, shape), shape.widthCells, (cell) => {
    strongest = Math.max(strongest, evidence[cell] ?? 0);
  });
  if (strongest === 0) return evidence.map(() => 0);
  return evidence.map((value) => Math.min(1, Math.max(0, (share * value) / strongest)));
}
