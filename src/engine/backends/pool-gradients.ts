/**
 * Gradients of pooling that the packages have wrong: `MaxPoolGrad` of the wasm backend leaves wrong numbers in some cells, and
 * `AvgPoolGrad` of the cpu and the wasm backend shares each gradient among as many cells as the filter has, also at a border where fewer
 * were averaged. Native TensorFlow has both right. Plain loops over plain arrays: pooling is a small part of any net here.
 */
import type { NamedAttrMap, NamedTensorInfoMap } from '@tensorflow/tfjs-core';
import { type TensorInfo, tf } from './tf.ts';

/** Names of the kernels made here. */
export const poolGradientNames = ['MaxPoolGrad', 'AvgPoolGrad'] as const;
export type PoolGradientName = (typeof poolGradientNames)[number];

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** The inputs of a kernel as arrays, NHWC, and the geometry they have. */
export interface PoolGradientArrays {
  readonly info: PoolInfo;
  /** Gradient of the pooled map, `[n, outHeight, outWidth, c]`. */
  readonly dy: ArrayLike<number>;
  /** What was pooled, `[n, inHeight, inWidth, c]`. */
  readonly input: ArrayLike<number>;
}

/** The geometry from what a kernel is called with: `dy` and `input`, `filterSize`, `strides` and `pad`. */
export function readPoolInfo(inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined): PoolInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
    filterSize: [number, number];
    strides: [number, number];
    pad: 'same' | 'valid' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const { shape } = inputs.input as TensorInfo;
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** The gradient of the input, into `out` `[n, inHeight, inWidth, c]`. Of equal largest cells the first has it all, as in TensorFlow. */
export function computePoolGradient(
  name: PoolGradientName,
  { info, dy, input }: PoolGradientArrays,
  out: Float32Array,
): void {
  out.fill(0);
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels } = info;
  for (let n = 0; n < batchSize; n++) {
    for (let row = 0; row < outHeight; row++) {
      const rows = seenCells(row * info.strideHeight - info.padInfo.top, info.filterHeight, inHeight);
      for (let column = 0; column < outWidth; column++) {
        const columns = seenCells(column * info.strideWidth - info.padInfo.left, info.filterWidth, inWidth);
        const from = ((n * outHeight + row) * outWidth + column) * inChannels;
        for (let c = 0; c < inChannels; c++) {
          const gradient = dy[from + c] as number;
          const cellAt = (y: number, x: number): number =>
            ((n * inHeight + y) * inWidth + x) * inChannels + c;
          if (name === 'MaxPoolGrad') {
            const at = findLargest(input, rows, columns, cellAt);
            if (at >= 0) out[at] = (out[at] as number) + gradient;
          } else {
            const share = gradient / ((rows[1] - rows[0]) * (columns[1] - columns[0]));
            for (let y = rows[0]; y < rows[1]; y++)
              for (let x = columns[0]; x < columns[1]; x++)
                out[cellAt(y, x)] = (out[cellAt(y, x)] as number) + share;
          }
        }
      }
    }
  }
}

/** The part of a filter's cells that lies in the map, `[first, end)`. */
function seenCells(start: number, length: number, cells: number): readonly [number, number] {
  return [Math.max(0, start), Math.max(0, Math.min(cells, start + length))];
}

/** Where the first of the largest numbers is; -1 in an empty window. */
function findLargest(
  values: ArrayLike<number>,
  rows: readonly [number, number],
  columns: readonly [number, number],
  cellAt: (y: number, x: number) => number,
): number {
  let best = -1;
  for (let y = rows[0]; y < rows[1]; y++) {
    for (let x = columns[0]; x < columns[1]; x++) {
      const at = cellAt(y, x);
      if (best < 0 || (values[at] as number) > (values[best] as number)) best = at;
    }
  }
  return best;
}
