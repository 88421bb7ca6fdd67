/**
 * Convolutions whose factors are rounded to bfloat16 (8 binary digits, the range of float32) and whose sums are kept in float32: mixed precision
 * (Micikevicius et al. 2018; Kalamkar et al. 2019 for bfloat16). Processors with such products take half the time. Weights, statistics, losses
 * and the optimiser stay in float32.
 */
import { readFileSync } from 'node:fs';
import type { KernelConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import type { NativeBackend, NativeOutput } from './native-binding.ts';
import { type TensorInfo, tf } from './tf.ts';

/** How convolutions multiply while training. */
export const precisions = ['float32', 'bfloat16'] as const;
export type Precision = (typeof precisions)[number];

/** TensorFlow's number of the type, the same in all releases. */
const TF_BFLOAT16 = 14;
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
      const { x, dy, filter } = args.inputs as Record<string, TensorInfo>;
      const backend = args.backend as NativeBackend;
      const [high, wide] = typeof strides === 'number' ? [strides, strides] : (strides as [number, number]);
      const run = new HalfRun(backend, [1, high, wide, 1], pad === 'same' ? 'SAME' : 'VALID');
      try {
        const attrs = args.attrs as unknown as { filterShape: number[]; inputShape: number[] };
        if (kernelName === 'Conv2D') return run.op(kernelName, [run.half(x), run.half(filter)]);
        if (kernelName === 'Conv2DBackpropFilter')
          return run.op(kernelName, [run.half(x), run.shape(attrs.filterShape), run.half(dy)]);
        return run.op(kernelName, [run.shape(attrs.inputShape), run.half(filter), run.half(dy)]);
      } finally {
        run.dispose();
      }
    },
  };
}

function isUndilated(attrs: NamedAttrMap | undefined): boolean {
  const dilations = attrs?.dilations;
  return dilations === undefined || [dilations].flat().every((step) => step === 1);
}

/** One op in bfloat16: what it makes on the way lives outside tfjs' books and goes with `dispose`. */
class HalfRun {
  private readonly made: number[] = [];
  private readonly backend: NativeBackend;
  private readonly strides: readonly number[];
  private readonly padding: string;

  constructor(backend: NativeBackend, strides: readonly number[], padding: string) {
    this.backend = backend;
    this.strides = strides;
    this.padding = padding;
  }

  half(tensor: TensorInfo | undefined): number {
    const [id] = this.backend.getInputTensorIds([tensor as TensorInfo]) as [number];
    return this.keep(this.cast(id, this.backend.binding.TF_FLOAT, TF_BFLOAT16).id);
  }

  shape(sizes: readonly number[]): number {
    const { binding } = this.backend;
    return this.keep(binding.createTensor([sizes.length], binding.TF_INT32, Int32Array.from(sizes)));
  }

  /** The result in float32. */
  op(name: ConvKernel, inputs: readonly number[]): TensorInfo {
    const { binding } = this.backend;
    const attrs = [
      { name: 'T', type: binding.TF_ATTR_TYPE, value: TF_BFLOAT16 },
      { name: 'strides', type: binding.TF_ATTR_INT, value: this.strides },
      { name: 'padding', type: binding.TF_ATTR_STRING, value: this.padding },
      { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
      { name: 'use_cudnn_on_gpu', type: binding.TF_ATTR_BOOL, value: true },
      { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
    ];
    const [result] = binding.executeOp(name, attrs, inputs, 1) as [NativeOutput];
    return this.backend.createOutputTensor(this.cast(this.keep(result.id), TF_BFLOAT16, binding.TF_FLOAT));
  }

  dispose(): void {
    for (const id of this.made) this.backend.binding.deleteTensor(id);
  }

  private keep(id: number): number {
    this.made.push(id);
    return id;
  }

  private cast(id: number, from: number, to: number): NativeOutput {
    const { binding } = this.backend;
    const attrs = [
      { name: 'SrcT', type: binding.TF_ATTR_TYPE, value: from },
      { name: 'DstT', type: binding.TF_ATTR_TYPE, value: to },
      { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false },
    ];
    return binding.executeOp('Cast', attrs, [id], 1)[0] as NativeOutput;
  }
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
