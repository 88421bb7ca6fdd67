/** The pixel size of a photograph as an input of a net: a one-hot of the sizes that training knew. */
import { type LayersModel, type SymbolicTensor, tf } from '../backends/tf.ts';
import type { ImageFacts, TargetArray, TrainingFacts } from '../recipes/recipe.ts';

/** Base of the digits below. */
const BASE = 64;
const DIGITS = 4;
const COMPARE_LAYER = 'image-size-compare';
const MATCH_LAYER = 'image-size-known';

/**
 * Width and height as digits of base 64, `[n, 4]`: exact in every backend's product, also on a GPU that keeps eleven bits of each factor
 * (TF32), where 4001 pixels would become 4000.
 */
export function writeSizeInput(images: readonly ImageFacts[]): TargetArray {
  return { data: Float32Array.from(images.flatMap(toDigits)), shape: [images.length, DIGITS] };
}

function toDigits({ widthPx, heightPx }: ImageFacts): number[] {
  return [widthPx, heightPx].map(Math.round).flatMap((value) => [Math.floor(value / BASE), value % BASE]);
}

/**
 * One-hot `[n, count]` of the known sizes; zeros for any other. Two dense layers whose weights are set by {@link setKnownSizes} and never
 * learnt, so that the sizes lie in the model's own files: |digit − known digit| from two ReLUs each, then 1 − their sum, not below 0.
 */
export function connectSizeOneHot(count: number): { raw: SymbolicTensor; oneHot: SymbolicTensor } {
  const raw = tf.input({ shape: [DIGITS], name: 'image-size' });
  const still = { activation: 'relu', kernelInitializer: 'zeros', trainable: false } as const;
  const compare = tf.layers.dense({ name: COMPARE_LAYER, units: count * DIGITS * 2, ...still });
  const match = tf.layers.dense({ name: MATCH_LAYER, units: count, ...still });
  return { raw, oneHot: match.apply(compare.apply(raw)) as SymbolicTensor };
}

/** Writes the commonest sizes of the training photographs into the model, as many as it has room for. */
export function setKnownSizes(model: LayersModel, sizes: TrainingFacts['imageSizes']): void {
  const match = model.getLayer(MATCH_LAYER);
  const count = match.weights[1]?.shape[0] ?? 0;
  const columns = count * DIGITS * 2;
  const compareKernel = new Float32Array(DIGITS * columns);
  const compareBias = new Float32Array(columns);
  const matchKernel = new Float32Array(columns * count);
  const matchBias = new Float32Array(count);
  sizes.slice(0, count).forEach((size, k) => {
    matchBias[k] = 1;
    toDigits(size).forEach((digit, d) => {
      for (const [side, sign] of [1, -1].entries()) {
        const column = (k * DIGITS + d) * 2 + side;
        compareKernel[d * columns + column] = sign;
        compareBias[column] = -sign * digit;
        matchKernel[column * count + k] = -1;
      }
    });
  });
  tf.tidy(() => {
    model
      .getLayer(COMPARE_LAYER)
      .setWeights([tf.tensor2d(compareKernel, [DIGITS, columns]), tf.tensor1d(compareBias)]);
    match.setWeights([tf.tensor2d(matchKernel, [columns, count]), tf.tensor1d(matchBias)]);
  });
}
