/**
 * Convolutions whose factors are rounded to bfloat16 (8 binary digits, the range of float32) and whose sums are kept in float32: mixed precision
 * (Micikevicius et al. 2018; Kalamkar et al. 2019 for bfloat16). Processors with such products take half the time. Weights, statistics, losses
 * and the optimiser stay in float32.
 */
import { readFileSync } from 'node:fs';
import type { KernelConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import type { NativeBackend } from './native-binding.ts';
import { RawMaps } from './raw-maps.ts';
import { forgetRounded } from './rounded-products.ts';
import { type TensorInfo, tf } from './tf.ts';

/** How convolutions multiply while training. */
export const precisions = ['float32', 'bfloat16'] as const;
export type Precision = (typeof precisions)[number];

const kernels = ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput'] as const;
type ConvKernel = (typeof kernels)[number];

let isHalved = false;
let supported: boolean | undefined;

/** True where the processor multiplies in bfloat16 by itself: elsewhere rounding would cost time and gain none. Only Linux tells. */
export function hasHalfProducts(): boolean {
  supported ??= readProcessorFlags().some((flag) => ['avx512_bf16', 'amx_bf16', 'bf16'].includes(flag));
  return supported;
}

/**
 * Runs `body`; within it convolutions multiply as `precision` says, gradients too. `bfloat16` changes nothing on other backends than the
 * native one and on processors without it.
 */
export function withPrecision<T>(precision: Precision, body: () => T): T {
  const before = isHalved;
  isHalved = precision === 'bfloat16' && hasHalfProducts();
  try {
    return body();
  } finally {
    isHalved = before;
    if (!before) forgetRounded();
  }
}

/** True while products may be rounded as {@link withPrecision} says. */
export function isHalfPrecision(): boolean {
  return isHalved;
}

/** Lets the convolutions of `backendName` heed {@link withPrecision}. To be called once, after its kernels are registered. */
export function registerHalfConvolutions(backendName: string): void {
  for (const kernelName of kernels) {
    const published = tf.getKernel(kernelName, backendName);
    if (published === undefined) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel(createConvolution(kernelName, published));
  }
}

function createConvolution(kernelName: ConvKernel, published: KernelConfig): KernelConfig {
  return {
    ...published,
    kernelFunc: (args) => {
      const { strides, pad, dataFormat } = args.attrs as NamedAttrMap;
      const isPlain = (pad === 'same' || pad === 'valid') && dataFormat !== 'NCHW' && isUndilated(args.attrs);
      if (!isHalved || !isPlain) return published.kernelFunc(args);
      const { x, dy, filter } = args.inputs as { x: TensorInfo; dy: TensorInfo; filter: TensorInfo };
      const [high, wide] = typeof strides === 'number' ? [strides, strides] : (strides as [number, number]);
      const window = { strides: [high, wide], padding: pad === 'same' ? 'SAME' : 'VALID' } as const;
      const maps = new RawMaps(args.backend as NativeBackend, 'bfloat16');
      try {
        const attrs = args.attrs as unknown as { filterShape: number[]; inputShape: number[] };
        if (kernelName === 'Conv2D') return maps.give(maps.conv(maps.take(x), maps.take(filter), window));
        if (kernelName === 'Conv2DBackpropFilter')
          return maps.give(maps.convKernelGradient(maps.take(x), attrs.filterShape, maps.take(dy), window));
        return maps.give(maps.convInputGradient(attrs.inputShape, maps.take(filter), maps.take(dy), window));
      } finally {
        maps.dispose();
      }
    },
  };
}

function isUndilated(attrs: NamedAttrMap | undefined): boolean {
  const dilations = attrs?.dilations;
  return dilations === undefined || [dilations].flat().every((step) => step === 1);
}

function readProcessorFlags(): string[] {
  try {
    return (
      /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/) ??
      []
    );
  } catch {
    return [];
  }
}
