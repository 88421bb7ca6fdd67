/**
 * Weight gradients kept as the two thin matrices whose product they are. Of a dense layer the gradient is xᵀ·dy: for 25088×512 weights it
 * has 51 MB, x and dy of a batch have 6.5. The optimiser's own op multiplies them a few rows at a time and moves the weights at once, so
 * that the gradient never goes to memory.
 */

import { getNativeBackend, isNativeBackendActive } from './native-binding.ts';
import { isHalfPrecision } from './native-half.ts';
import { hasNativeOps } from './native-ops.ts';
import { type LayersModel, type Tensor, tf, type Variable } from './tf.ts';

/** A gradient `[inputs, outputs]` as `x` `[samples, inputs]` transposed times `dy` `[samples, outputs]`. */
export interface GradientFactors {
  readonly x: Tensor;
  readonly dy: Tensor;
  /** Factors may be rounded to bfloat16 before they are multiplied. */
  readonly isHalf: boolean;
}

/** Weights below are in the cache anyway. 4 MB. */
const FEWEST_NUMBERS = 1 << 20;

let watching: FactoredGradients | undefined;
let isRegistered = false;
const factors = new WeakMap<object, GradientFactors>();

/** What a gradient is the product of; undefined for one that lies in memory like any other tensor. */
export function findFactors(gradient: Tensor): GradientFactors | undefined {
  return factors.get(gradient.dataId);
}

/** Keeps the gradients of wide dense layers as factors while a step's gradients are taken. */
export class FactoredGradients {
  private readonly weights: readonly Variable[];
  private made: GradientFactors[] = [];

  /** `weights`: each a matrix that is multiplied once a step, from the right. */
  constructor(weights: readonly Variable[]) {
    this.weights = weights;
  }

  /**
   * Takes gradients with `body`. Those of the weights come as tensors without numbers, of which only {@link findFactors} can tell: any op
   * that reads one throws. They hold until `release`. Where our own ops are not in use, `body` gives what it always does.
   */
  watch<T>(body: () => T): T {
    if (this.weights.length === 0 || !isNativeBackendActive() || !hasNativeOps()) return body();
    registerGradient();
    const before = watching;
    watching = this;
    try {
      return body();
    } finally {
      watching = before;
    }
  }

  /** Frees the factors of the last step. */
  release(): void {
    for (const { x, dy } of this.made) tf.dispose([x, dy]);
    this.made = [];
  }

  /** The gradient of `weight`, if it is one of ours. */
  factor(weight: Tensor, x: Tensor, dy: Tensor): Tensor | undefined {
    if (!this.weights.some(({ dataId }) => dataId === weight.dataId)) return undefined;
    const backend = getNativeBackend();
    const dataId = {};
    // A number that no tensor of TensorFlow has: whoever reads it fails, instead of reading something else.
    const shape = weight.shape;
    backend.tensorMap.set(dataId, {
      id: -1,
      shape,
      dtype: backend.binding.TF_FLOAT,
      values: null,
      refCount: 1,
    });
    const kept = { x: tf.keep(x.clone()), dy: tf.keep(dy.clone()), isHalf: isHalfPrecision() };
    this.made.push(kept);
    factors.set(dataId, kept);
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'float32' });
  }
}

/** Weights of a model's dense layers that are worth it. */
export function listWideWeights(model: LayersModel): Variable[] {
  return model.layers.flatMap((layer) => {
    const isOnce = layer.getClassName() === 'Dense' && layer.inboundNodes.length === 1;
    const kernel = isOnce && layer.trainable ? layer.trainableWeights[0] : undefined;
    const variable = kernel?.read() as Variable | undefined;
    return variable !== undefined && variable.rank === 2 && variable.size >= FEWEST_NUMBERS ? [variable] : [];
  });
}

/** Lets the gradient of products heed {@link FactoredGradients.watch}; outside of it, and of other weights, it stays as published. */
function registerGradient(): void {
  const published = tf.getGradient('BatchMatMul');
  if (isRegistered || published === undefined) return;
  isRegistered = true;
  tf.unregisterGradient('BatchMatMul');
  tf.registerGradient({
    ...published,
    gradFunc: (dy, saved, attrs) => {
      const usual = published.gradFunc(dy, saved, attrs);
      const scope = watching;
      const [x, weight] = saved as [Tensor, Tensor];
      const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
      if (scope === undefined || transposeA || transposeB || x.rank !== 2 || weight.rank !== 2) return usual;
      const ordinary = usual.b as () => Tensor;
      return { ...usual, b: () => scope.factor(weight, x, dy as Tensor) ?? ordinary() };
    },
  });
}
