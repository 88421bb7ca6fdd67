/** Products of two matrices whose factors are rounded to bfloat16. What was rounded once is not rounded again while gradients are taken. */
import type { NativeBackend } from './native-binding.ts';
import { type RawMap, RawMaps } from './raw-maps.ts';
import type { Tensor, TensorInfo } from './tf.ts';

/** Which of the two lie turned over. */
export interface ProductOrder {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A product of so many multiplications, with no side below {@link LEAST_SIDE}, takes longer than rounding what is multiplied. */
const MANY = 1 << 25;
const LEAST_SIDE = 64;

/** True where rounding two matrices costs less than it saves. */
export function isWorthRounding(
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: ProductOrder,
): boolean {
  const [rows = 0, inner = 0] = transposeA ? [...a.shape].reverse() : a.shape;
  const columns = b.shape[transposeB ? 0 : 1] ?? 0;
  return rows * inner * columns >= MANY && Math.min(rows, inner, columns) >= LEAST_SIDE;
}

let maps: RawMaps | undefined;
/** A layer's input is a factor on the way there and again on the way back, its gradient of each thing it was computed from. */
const rounded = new Map<object, RawMap>();

/** Their product as a float32 tensor. What is kept of them goes with {@link forgetRounded}. */
export function multiplyRounded(
  backend: NativeBackend,
  a: TensorInfo,
  b: TensorInfo,
  order: ProductOrder,
): Tensor {
  const here = maps ?? new RawMaps(backend, 'bfloat16');
  maps = here;
  const round = (tensor: TensorInfo): RawMap => {
    const known = rounded.get(tensor.dataId);
    // The same numbers in another shape are the same data.
    const map = known?.shape.join() === tensor.shape.join() ? known : here.take(tensor);
    rounded.set(tensor.dataId, map);
    return map;
  };
  return here.give(here.product(round(a), round(b), { a: order.transposeA, b: order.transposeB }));
}

/** Frees what was rounded: to be called when a step has its gradients, and before any of its tensors gets other numbers. */
export function forgetRounded(): void {
  rounded.clear();
  maps?.dispose();
  maps = undefined;
}
