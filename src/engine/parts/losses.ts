/** Losses shared by recipes. All take logits or plain numbers, return scalars, and stay finite when nothing is labelled. */
import { type Scalar, type Tensor, type Tensor4D, tf } from '../backends/tf.ts';

/**
 * Quality focal loss of centre heat maps (Li et al. 2020, eq. 5; beta 2), from logits so that it cannot overflow: cross entropy against
 * soft targets 0..1, each cell weighed by the square of its error. `weight` (broadcast over channels) is 0 where nothing may be learnt;
 * `positiveWeight` is one factor a class for cells near fish. Sum over all cells; the caller divides by the number of fish.
 */
export function focalHeatLoss(
  logits: Tensor,
  target: Tensor,
  weight: Tensor,
  positiveWeight: Tensor,
): Scalar {
  return tf.tidy(() => {
    const error = tf.square(tf.sub(target, tf.sigmoid(logits)));
    const entropy = tf.softplus(logits).sub(tf.mul(target, logits));
    const balance = tf.add(1, tf.mul(target, tf.sub(positiveWeight, 1)));
    return tf.sum(error.mul(entropy).mul(balance).mul(weight)) as Scalar;
  });
}

/**
 * Generalised IoU loss, 1 − GIoU (Rezatofighi et al. 2019), of boxes given as centre offset and log size in cells. Both tensors are
 * `[…, 4]`: dx, dy, ln w, ln h; `weight` is `[…, 1]`. Weighted sum; a weight of 0 leaves a cell out.
 */
export function giouLoss(predicted: Tensor, target: Tensor, weight: Tensor): Scalar {
  return tf.tidy(() => {
    const a = edges(predicted);
    const b = edges(target);
    const span = (low: Tensor, high: Tensor): Tensor => tf.relu(tf.sub(high, low));
    const overlap = span(tf.maximum(a.low, b.low), tf.minimum(a.high, b.high));
    const hull = span(tf.minimum(a.low, b.low), tf.maximum(a.high, b.high));
    const inter = product(overlap);
    const union = product(a.size).add(product(b.size)).sub(inter).add(1e-6);
    const hullArea = product(hull).add(1e-6);
    const giou = inter.div(union).sub(hullArea.sub(union).div(hullArea));
    return tf.sum(tf.sub(1, giou).mul(weight)) as Scalar;
  });
}

function edges(box: Tensor): { low: Tensor; high: Tensor; size: Tensor } {
  const [centre, logSize] = tf.split(box, 2, box.rank - 1) as [Tensor, Tensor];
  // A wild guess must not overflow: e^6 is 403 cells, wider than any canvas.
  const size = tf.exp(tf.clipByValue(logSize, -4, 6));
  const half = size.mul(0.5);
  return { low: tf.sub(centre, half), high: tf.add(centre, half), size };
}

function product(pair: Tensor): Tensor {
  const [x, y] = tf.split(pair, 2, pair.rank - 1) as [Tensor, Tensor];
  return tf.mul(x, y);
}

/** Smooth L1 (Huber, bend at `beta`) of `[…, k]` values with weights `[…, 1]`. Weighted sum. */
export function smoothL1Loss(predicted: Tensor, target: Tensor, weight: Tensor, beta: number): Scalar {
  return tf.tidy(() => {
    const gap = tf.abs(tf.sub(predicted, target));
    const near = tf.minimum(gap, beta);
    const value = near
      .mul(near)
      .mul(0.5 / beta)
      .add(gap.sub(near));
    return tf.sum(value.mul(weight)) as Scalar;
  });
}

/**
 * Squared error of boxes `[n, 4]`, averaged over the four coordinates and the samples whose `mask` `[n, 1]` is 1; 0 when none is.
 * The lesson averaged over all samples with zeros for "no fish", which teaches a box at the origin: hence the mask.
 */
export function maskedSquaredError(predicted: Tensor, target: Tensor, mask: Tensor): Scalar {
  return tf.tidy(() => {
    const squares = tf.square(tf.sub(predicted, target)).mul(mask);
    const count = tf.maximum(tf.sum(mask), 1).mul(predicted.shape[1] ?? 1);
    return tf.sum(squares).div(count) as Scalar;
  });
}

/** Mean cross entropy of `[n, c]` logits against one-hot (or soft) targets, one weight a sample `[n, 1]`. */
export function softmaxLoss(logits: Tensor, target: Tensor, weight: Tensor): Scalar {
  return tf.tidy(() => {
    const perSample = tf.neg(tf.sum(tf.logSoftmax(logits).mul(target), -1, true));
    return tf.sum(perSample.mul(weight)).div(tf.maximum(tf.sum(weight), 1e-6)) as Scalar;
  });
}

/** Splits `[n, h, w, classes + 4]` into class logits and boxes. */
export function splitHeatAndBox(output: Tensor, classes: number): { heat: Tensor4D; box: Tensor4D } {
  const [heat, box] = tf.split(output, [classes, 4], 3) as [Tensor4D, Tensor4D];
  return { heat, box };
}
