/**
 * Kernels of tfjs-node that TensorFlow has a faster op for, registered over the published ones. Products of two matrices go to `MatMul`: the
 * published kernel sends every product to `BatchMatMulV2`, a fifth slower. The gradient of ReLU is one `ReluGrad` in place of seven ops.
 */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { NativeBackend } from './native-binding.ts';
import { isHalfPrecision } from './native-half.ts';
import { hasHalfProduct } from './native-ops.ts';
import { isWorthRounding, multiplyRounded, type ProductOrder } from './rounded-products.ts';
import { type Tensor, type TensorInfo, tf } from './tf.ts';

/** Puts our kernels in place of those registered for `backendName`. To be called once, after they are. */
export function registerNativeKernels(backendName: string): void {
  const published = tf.getKernel('BatchMatMul', backendName);
  if (published !== undefined) {
    tf.unregisterKernel('BatchMatMul', backendName);
    tf.registerKernel(createProduct(backendName, published));
  }
  registerReluGradient(backendName);
}

/** A right side of so many numbers, 4 MB, is worth rounding on the way. */
const WIDE = 1 << 20;

function createProduct(backendName: string, published: KernelConfig): KernelConfig {
  return {
    kernelName: 'BatchMatMul',
    backendName,
    kernelFunc: (args) => {
      const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
      const isPlain =
        a.shape.length === 2 && b.shape.length === 2 && a.dtype === 'float32' && b.dtype === 'float32';
      if (!isPlain) return published.kernelFunc(args);
      const order = args.attrs as unknown as ProductOrder;
      const { transposeA, transposeB } = order;
      const backend = args.backend as NativeBackend;
      const [rows = 0, columns = 0] = b.shape;
      const isWide = rows * columns >= WIDE && columns % 32 === 0 && !transposeA && !transposeB;
      if (isWide && isHalfPrecision() && hasHalfProduct())
        return backend.executeMultipleOutputs('CatchlightDenseHalf', [], [a, b], 1)[0] as Tensor;
      if (isHalfPrecision() && isWorthRounding(a, b, order)) return multiplyRounded(backend, a, b, order);
      const { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
      const attrs = [
        { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: 'transpose_a', type: TF_ATTR_BOOL, value: transposeA },
        { name: 'transpose_b', type: TF_ATTR_BOOL, value: transposeB },
      ];
      return backend.executeMultipleOutputs('MatMul', attrs, [a, b], 1)[0] as Tensor;
    },
  };
}

/** Gradients are registered for all backends together: the others keep what they had. */
function registerReluGradient(backendName: string): void {
  const published = tf.getGradient('Relu');
  if (published === undefined) return;
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    ...published,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved as [Tensor];
      const given = dy as Tensor;
      if (tf.getBackend() !== backendName || x.dtype !== 'float32' || given.dtype !== 'float32')
        return published.gradFunc(dy, saved, attrs);
      return {
        x: () => {
          const backend = tf.backend() as NativeBackend;
          const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
          const type = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
          return backend.executeMultipleOutputs('ReluGrad', type, [given, x], 1)[0] as Tensor;
        },
      };
    },
  });
}
