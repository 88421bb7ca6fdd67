/** What the feature store, the pipeline and their users speak about. Feature maps are NHWC: `[n, heightCells, widthCells, channels]`. */
import type { Canvas } from '../../core/learning.ts';

/** One tap of the backbone on one canvas. */
export interface TapShape {
  /** `s8`, `s16`, `s32`: the stride in pixels of the canvas. */
  readonly name: string;
  readonly stride: number;
  readonly heightCells: number;
  readonly widthCells: number;
  readonly channels: number;
}

/** Key of a stored record: content hash of the photograph and id of the copy ({@link FeatureVariant}). */
export interface FeatureKey {
  readonly hash: string;
  readonly variant: string;
}

/** Where training reads features from: the store on disk, or arrays in a test. */
export interface FeatureSource {
  readonly canvas: Canvas;
  readonly taps: readonly TapShape[];
  /** Throws `features/no-tap` for a tap the backbone does not have. */
  shape(tap: string): TapShape;
  has(key: FeatureKey): boolean;
  /**
   * Feature maps of one tap, `[keys.length, heightCells, widthCells, channels]`, in the order of `keys`.
   * `into` (of that length or longer) is filled and returned where given. Throws `features/missing` for an absent key.
   */
  read(keys: readonly FeatureKey[], tap: string, into?: Float32Array): Promise<Float32Array>;
  /** The same as the bits of half floats, where the maps are stored as such: half the memory to move for who makes tensors of them. */
  readHalves?(keys: readonly FeatureKey[], tap: string, into: Uint16Array): Promise<Uint16Array>;
}

/** Values of one feature map. */
export function tapLength(tap: TapShape): number {
  return tap.heightCells * tap.widthCells * tap.channels;
}

/** The taps of a backbone on a canvas. The canvas must be a multiple of every stride. */
export function tapShapes(
  taps: readonly {
    readonly name: string;
    readonly stride: number;
    readonly channels: number;
    /** Cells beyond canvas / stride. */
    readonly extra?: { readonly height: number; readonly width: number } | undefined;
  }[],
  canvas: Canvas,
): TapShape[] {
  return taps.map((tap) => ({
    name: tap.name,
    stride: tap.stride,
    heightCells: canvas.heightPx / tap.stride + (tap.extra?.height ?? 0),
    widthCells: canvas.widthPx / tap.stride + (tap.extra?.width ?? 0),
    channels: tap.channels,
  }));
}
