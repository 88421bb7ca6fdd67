/**
 * Kernels for the wasm backend: those its package lacks (`Conv2DBackpropFilter`, the depthwise gradients, `UnsortedSegmentSum`)
 * and faster forms of those it has only on a naive path (products with a transposed side, `Conv2DBackpropInput`). All are built from
 * the backend's fast operations: matrix product, convolution, slice, pad, transpose. The convolutions themselves are mended for `same`
 * padding with a stride longer than the filter, where the package computes zeros, and the gradients of pooling where it has them wrong.
 */
import type { KernelConfig, KernelFunc, NamedAttrMap, NamedTensorInfoMap } from '@tensorflow/tfjs-core';
import {
  computePoolGradient,
  type PoolGradientName,
  poolGradientNames,
  readPoolInfo,
} from './pool-gradients.ts';
import { type Tensor, type Tensor4D, type TensorInfo, tf } from './tf.ts';

/** The backend's own members that a kernel may use. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: 'float32' | 'int32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array | Int32Array;
}

/** A convolution's geometry, as `tf.backend_util.computeConv2DInfo` gives it. */
type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** Names of the kernels registered here; the contract suite walks them. */
export const wasmKernelNames = [
  'BatchMatMul',
  '_FusedMatMul',
  'Conv2D',
  'FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'UnsortedSegmentSum',
  ...poolGradientNames,
] as const;

/** Registers all of them for `wasm`, over the package's own where it has one. Call once, after the package is loaded. */
export function registerWasmKernels(): void {
  replaceWithTransposeFirst('BatchMatMul');
  replaceWithTransposeFirst('_FusedMatMul');
  for (const name of ['Conv2D', 'FusedConv2D']) mendSamePadding(name, false);
  for (const name of ['DepthwiseConv2dNative', 'FusedDepthwiseConv2D']) mendSamePadding(name, true);
  register('Conv2DBackpropFilter', convBackpropFilter);
  const nativeInputGradient = tf.getKernel('Conv2DBackpropInput', 'wasm')?.kernelFunc;
  register('Conv2DBackpropInput', (args) => convBackpropInput(args, nativeInputGradient));
  register('DepthwiseConv2dNativeBackpropFilter', depthwiseBackpropFilter);
  register('DepthwiseConv2dNativeBackpropInput', depthwiseBackpropInput);
  register('UnsortedSegmentSum', unsortedSegmentSum);
  for (const name of poolGradientNames) register(name, (args) => poolGradient(name, args));
}

interface KernelArgs {
  readonly inputs: NamedTensorInfoMap;
  readonly backend: object;
  readonly attrs?: NamedAttrMap;
}

function register(kernelName: string, kernel: (args: KernelArgs) => TensorInfo | TensorInfo[]): void {
  const known = tf.getKernel(kernelName, 'wasm');
  if (known !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  // The package's own set-up stays: it binds the compiled function that we go on calling.
  const config: KernelConfig = {
    ...known,
    kernelName,
    backendName: 'wasm',
    kernelFunc: kernel as unknown as KernelFunc,
  };
  tf.registerKernel(config);
}

/** The package's product runs at full speed only when neither side is transposed (28 against 1 to 2 GFLOPS): transpose first. */
function replaceWithTransposeFirst(kernelName: string): void {
  const original = tf.getKernel(kernelName, 'wasm')?.kernelFunc;
  if (original === undefined) return;
  register(kernelName, ({ inputs, backend, attrs }) => {
    const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
    if (!transposeA && !transposeB) return original({ inputs, backend, ...(attrs && { attrs }) });
    const a = transposeA ? swapLastAxes(inputs.a as Tensor) : (inputs.a as Tensor);
    const b = transposeB ? swapLastAxes(inputs.b as Tensor) : (inputs.b as Tensor);
    const result = original({
      inputs: { ...inputs, a, b },
      backend,
      attrs: { ...attrs, transposeA: false, transposeB: false },
    });
    if (transposeA) a.dispose();
    if (transposeB) b.dispose();
    return result;
  });
}

function swapLastAxes(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  const last = axes.length - 1;
  return tf.transpose(x, [...axes.slice(0, -2), last, last - 1]);
}

/**
 * With `same` padding the package's library computes the border itself, and where a stride is longer than the filter that number
 * falls below zero and wraps around: the result is zeros (found by the contract suite). There the border is made here, and the
 * convolution is `valid`.
 */
function mendSamePadding(kernelName: string, depthwise: boolean): void {
  const original = tf.getKernel(kernelName, 'wasm')?.kernelFunc;
  if (original === undefined) return;
  register(kernelName, ({ inputs, backend, attrs }) => {
    const { strides, pad, dilations, dimRoundingMode } = attrs as unknown as DepthwiseAttrs;
    const x = inputs.x as Tensor4D;
    const shape = (inputs.filter as Tensor4D).shape;
    const info =
      pad === 'same'
        ? tf.backend_util.computeConv2DInfo(
            x.shape,
            shape,
            strides,
            // The depthwise layer passes none.
            dilations ?? 1,
            pad,
            dimRoundingMode,
            depthwise,
          )
        : undefined;
    const spanY = info === undefined ? 0 : (info.filterHeight - 1) * info.dilationHeight + 1;
    const spanX = info === undefined ? 0 : (info.filterWidth - 1) * info.dilationWidth + 1;
    if (info === undefined || (spanY >= info.strideHeight && spanX >= info.strideWidth)) {
      return original({ inputs, backend, ...(attrs && { attrs }) });
    }
    const padded = tf.tidy(() => padForFilter(x, info).clone());
    const result = original({ inputs: { ...inputs, x: padded }, backend, attrs: { ...attrs, pad: 'valid' } });
    padded.dispose();
    return result;
  });
}

/** dW[ky, kx] = Xᵀ·dY for each shift of the padded input: one transpose, then one product a filter position. */
function convBackpropFilter({ inputs, attrs }: KernelArgs): TensorInfo {
  const { strides, pad, dimRoundingMode, filterShape, dataFormat } = attrs as unknown as ConvAttrs & {
    filterShape: [number, number, number, number];
  };
  requireChannelsLast(dataFormat);
  const x = inputs.x as Tensor4D;
  const dy = inputs.dy as Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  return tf.tidy(() => {
    const positions = info.batchSize * info.outHeight * info.outWidth;
    const dyRows = tf.reshape(dy, [positions, info.outChannels]);
    // [channels, batch, rows, columns]: a shift is then a slice whose rows lie together.
    const byChannel = tf.transpose(padForFilter(x, info), [3, 0, 1, 2]);
    const parts: Tensor[] = [];
    for (let ky = 0; ky < info.filterHeight; ky++) {
      for (let kx = 0; kx < info.filterWidth; kx++) {
        const shifted = tf.stridedSlice(
          byChannel,
          [0, 0, ky, kx],
          [
            info.inChannels,
            info.batchSize,
            ky + reach(info.outHeight, info.strideHeight),
            kx + reach(info.outWidth, info.strideWidth),
          ],
          [1, 1, info.strideHeight, info.strideWidth],
        );
        parts.push(tf.matMul(tf.reshape(shifted, [info.inChannels, positions]), dyRows));
      }
    }
    return tf.reshape(tf.concat(parts, 0), filterShape);
  });
}

/** How many input cells `count` outputs span, from the first to behind the last. */
function reach(count: number, stride: number): number {
  return (count - 1) * stride + 1;
}

/** dX is the stride-1 convolution of dY, spread by the stride, with the filter turned around. */
function convBackpropInput(args: KernelArgs, original: KernelFunc | undefined): TensorInfo | TensorInfo[] {
  const { inputs, backend, attrs } = args;
  const { strides, pad, dimRoundingMode, inputShape, dataFormat } = attrs as unknown as ConvAttrs & {
    inputShape: [number, number, number, number];
  };
  requireChannelsLast(dataFormat);
  const dy = inputs.dy as Tensor4D;
  const filter = inputs.filter as Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
  if (inputShape.some((size) => size === 0) && original !== undefined) {
    return original({ inputs, backend, ...(attrs && { attrs }) });
  }
  return tf.tidy(() => {
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return tf.conv2d(padForInputGradient(dy, info), turned as Tensor4D, 1, 'valid');
  });
}

/** dW[ky, kx, c, m] = Σ X[shifted, c]·dY[c·m]. */
function depthwiseBackpropFilter({ inputs, attrs }: KernelArgs): TensorInfo {
  const { strides, pad, dilations, dimRoundingMode, filterShape } = attrs as unknown as DepthwiseAttrs & {
    filterShape: [number, number, number, number];
  };
  const x = inputs.x as Tensor4D;
  const dy = inputs.dy as Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
  const multiplier = filterShape[3];
  return tf.tidy(() => {
    const padded = padForFilter(x, info);
    const dyByChannel = tf.reshape(dy, [
      info.batchSize,
      info.outHeight,
      info.outWidth,
      info.inChannels,
      multiplier,
    ]);
    const parts: Tensor[] = [];
    for (let ky = 0; ky < info.filterHeight; ky++) {
      for (let kx = 0; kx < info.filterWidth; kx++) {
        const [y0, x0] = [ky * info.dilationHeight, kx * info.dilationWidth];
        const shifted = tf.stridedSlice(
          padded,
          [0, y0, x0, 0],
          [
            info.batchSize,
            y0 + reach(info.outHeight, info.strideHeight),
            x0 + reach(info.outWidth, info.strideWidth),
            info.inChannels,
          ],
          [1, info.strideHeight, info.strideWidth, 1],
        );
        const product = tf.mul(tf.expandDims(shifted, 4), dyByChannel);
        parts.push(tf.sum(product, [0, 1, 2]));
      }
    }
    return tf.reshape(tf.stack(parts, 0), filterShape);
  });
}

/** As for the full convolution, one channel at a time: a depthwise convolution with the filter turned around, summed over the multiplier. */
function depthwiseBackpropInput({ inputs, attrs }: KernelArgs): TensorInfo {
  const { strides, pad, dilations, dimRoundingMode, inputShape } = attrs as unknown as DepthwiseAttrs & {
    inputShape: [number, number, number, number];
  };
  const dy = inputs.dy as Tensor4D;
  const filter = inputs.filter as Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape,
    filter.shape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
  const [filterHeight, filterWidth, channels, multiplier] = filter.shape;
  return tf.tidy(() => {
    const turned = tf.reshape(tf.reverse(filter, [0, 1]), [
      filterHeight,
      filterWidth,
      channels * multiplier,
      1,
    ]);
    const spread = padForInputGradient(dy, info);
    const each = tf.depthwiseConv2d(spread, turned as Tensor4D, 1, 'valid', 'NHWC', [
      info.dilationHeight,
      info.dilationWidth,
    ]);
    if (multiplier === 1) return each;
    const [batch, height, width] = each.shape;
    return tf.sum(tf.reshape(each, [batch, height, width, channels, multiplier]), 4);
  });
}

/** Adds rows of `x` into the rows their segment names; negative ids and those past the end are dropped, as on the cpu backend. */
function unsortedSegmentSum({ inputs, backend, attrs }: KernelArgs): TensorInfo {
  const { numSegments } = attrs as unknown as { numSegments: number };
  const x = inputs.x as TensorInfo;
  const segmentIds = inputs.segmentIds as TensorInfo;
  const wasm = backend as WasmBackend;
  const idCount = tf.util.sizeFromShape(segmentIds.shape);
  const innerShape = x.shape.slice(segmentIds.shape.length);
  const inner = tf.util.sizeFromShape(innerShape);
  const output = wasm.makeOutput([numSegments, ...innerShape], x.dtype === 'int32' ? 'int32' : 'float32');
  // The output was made first: making it may move the heap under views taken earlier.
  const sums = wasm.typedArrayFromHeap(output);
  const values = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  sums.fill(0);
  for (let i = 0; i < idCount; i++) {
    const segment = ids[i] ?? -1;
    if (segment < 0 || segment >= numSegments) continue;
    const [from, to] = [i * inner, segment * inner];
    for (let j = 0; j < inner; j++) sums[to + j] = (sums[to + j] ?? 0) + (values[from + j] ?? 0);
  }
  return output;
}

interface ConvAttrs {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: string;
}

interface DepthwiseAttrs extends ConvAttrs {
  readonly dilations: number | [number, number];
}

function requireChannelsLast(dataFormat: string | undefined): void {
  if (dataFormat === 'NCHW') throw new Error('The wasm backend convolves channels-last tensors only.');
}

/** The input with the zeros around it that the forward convolution saw, and no cell the filter never reaches. */
function padForFilter(x: Tensor4D, info: ConvInfo): Tensor4D {
  const { top, left } = info.padInfo;
  const height = reach(info.outHeight, info.strideHeight) + (info.filterHeight - 1) * info.dilationHeight;
  const width = reach(info.outWidth, info.strideWidth) + (info.filterWidth - 1) * info.dilationWidth;
  return cutWindow(x, -top, height, -left, width);
}

/** dY with (stride - 1) zeros between its cells and the border that makes a `valid` stride-1 convolution give the input's size. */
function padForInputGradient(dy: Tensor4D, info: ConvInfo): Tensor4D {
  const [batch, height, width, channels] = dy.shape;
  const { strideHeight, strideWidth } = info;
  let spread: Tensor = dy;
  if (strideHeight > 1 || strideWidth > 1) {
    const cells = tf.reshape(dy, [batch, height, 1, width, channels]);
    const rows = tf.pad(cells, [
      [0, 0],
      [0, 0],
      [0, strideHeight - 1],
      [0, 0],
      [0, 0],
    ]);
    const columns = tf.pad(tf.reshape(rows, [batch, height * strideHeight, width, 1, channels]), [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, strideWidth - 1],
      [0, 0],
    ]);
    spread = tf.reshape(columns, [batch, height * strideHeight, width * strideWidth, channels]);
  }
  const spanHeight = (info.filterHeight - 1) * info.dilationHeight;
  const spanWidth = (info.filterWidth - 1) * info.dilationWidth;
  const { top, left } = info.padInfo;
  return cutWindow(
    spread as Tensor4D,
    top - spanHeight,
    info.inHeight + spanHeight,
    left - spanWidth,
    info.inWidth + spanWidth,
  );
}

/** Rows y0 … y0+height and columns x0 … x0+width of an image; cells outside it are zero. Starts may be negative. */
function cutWindow(x: Tensor4D, y0: number, height: number, x0: number, width: number): Tensor4D {
  const [batch, rows, columns, channels] = x.shape;
  const top = Math.max(0, -y0);
  const left = Math.max(0, -x0);
  const bottom = Math.max(0, y0 + height - rows);
  const right = Math.max(0, x0 + width - columns);
  const grown =
    top + left + bottom + right === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
  const start = [0, Math.max(0, y0), Math.max(0, x0), 0];
  if (grown.shape[1] === height && grown.shape[2] === width) return grown as Tensor4D;
  return tf.slice(grown, start, [batch, height, width, channels]) as Tensor4D;
}

/** See `pool-gradients.ts`. */
function poolGradient(name: PoolGradientName, { inputs, backend, attrs }: KernelArgs): TensorInfo {
  const wasm = backend as WasmBackend;
  const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
  const out = wasm.makeOutput(input.shape, 'float32');
  const arrays = {
    info: readPoolInfo(inputs, attrs),
    dy: wasm.typedArrayFromHeap(dy),
    input: wasm.typedArrayFromHeap(input),
  };
  computePoolGradient(name, arrays, wasm.typedArrayFromHeap(out) as Float32Array);
  return out;
}
