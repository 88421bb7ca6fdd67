/** The self-test of whichever backend is in use: a product and a convolution's two gradients, against numbers worked out by hand. */
import { type Tensor, tf } from './tf.ts';

/** Takes a few milliseconds. Throws an Error naming the first wrong result; a backend that hangs in native code cannot be timed here. */
export async function probeBackend(): Promise<void> {
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])),
  );
  const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const filter = tf.ones([2, 2, 1, 1]);
  // Sum of a 2×2 all-ones convolution: a filter weight's gradient is the sum of the pixels it passes over, a pixel's the number of windows over it.
  const [byFilter, byPixel] = tf.grads((f: Tensor, x: Tensor) =>
    tf.sum(tf.conv2d(x as never, f as never, 1, 'valid')),
  )([filter, image]);
  try {
    expectClose('matrix product', await product.data(), [19, 22, 43, 50]);
    expectClose('filter gradient', (await byFilter?.data()) ?? [], [12, 16, 24, 28]);
    expectClose('input gradient', (await byPixel?.data()) ?? [], [1, 2, 1, 2, 4, 2, 1, 2, 1]);
  } finally {
    tf.dispose([product, image, filter, byFilter as Tensor, byPixel as Tensor]);
  }
}

/** Throws when two lists differ by more than 1e-4 anywhere. */
export function expectClose(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN));
    if (!(difference <= 1e-4)) throw new Error(`the ${what} gave ${actual[i]} where ${expected[i]} is right`);
  }
}
