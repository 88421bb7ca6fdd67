/** Features that are used at once and not stored: for suggestions and for freshly drawn copies. */
import type { Canvas } from '../../core/learning.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { EngineImage } from '../messages.ts';
import { cancelled } from './ensure-features.ts';
import type { FeatureStore } from './feature-store.ts';
import { type TapShape, tapLength, tapShapes } from './feature-types.ts';
import { halfToFloat } from './half.ts';
import { withPool } from './shared-pool.ts';
import { CLOSE_UPS, type FeatureVariant, FLIP, PLAIN } from './variants.ts';

/** Feature maps of one image by tap name, each `[heightCells, widthCells, channels]`. */
export interface FeatureMaps {
  get(tap: string): Float32Array | undefined;
  /** The same as the bits of half floats, of maps that are stored so. */
  readonly halves?: (tap: string) => Uint16Array | undefined;
}

/** The maps of a record: all taps as half floats, and as floats where such are asked for. */
export function unpackRecord(record: Uint8Array, taps: readonly TapShape[]): Required<FeatureMaps> {
  const half = new Uint16Array(record.buffer, record.byteOffset, record.byteLength / 2);
  const packed = new Map<string, Uint16Array>();
  let start = 0;
  for (const tap of taps) {
    const end = start + tapLength(tap);
    packed.set(tap.name, half.subarray(start, end));
    start = end;
  }
  const floats = new Map<string, Float32Array>();
  return {
    get: (tap) => {
      const known = floats.get(tap);
      const own = packed.get(tap);
      if (known !== undefined || own === undefined) return known;
      const map = new Float32Array(own.length);
      halfToFloat(own, map);
      floats.set(tap, map);
      return map;
    },
    halves: (tap) => packed.get(tap),
  };
}

/** Features of canvases that hold pixels: RGB 0..255, `[heightPx, widthPx, 3]` each. The arrays stay the caller's. */
export async function computeFeatures(options: {
  backbone: Backbone;
  canvas: Canvas;
  frames: readonly Uint8Array[];
}): Promise<FeatureMaps[]> {
  const { backbone, canvas, frames } = options;
  const taps = tapShapes(backbone.taps, canvas);
  return await withPool(backbone, async (pool) => {
    const results = await Promise.all(
      frames.map((frame) => pool.run({ kind: 'pixels', canvas, frames: [frame] })),
    );
    return results.map(({ records }) => unpackRecord(records[0] as Uint8Array, taps));
  });
}

/** Maps of copies of a photograph that a model reads besides it, where they were asked for. */
export interface FurtherMaps {
  /** Of the mirrored photograph. */
  readonly mirrored?: FeatureMaps;
  /** Of each of {@link CLOSE_UPS}, in their order. */
  readonly closeUps?: readonly FeatureMaps[];
}

/** Stored maps that are read ahead: as many as two runs of a net take, so that it never waits for the disk. */
const READ_AHEAD = 8;

/** One image of {@link streamFeatures}: its maps, or why there are none. */
export type StreamedFeatures =
  | ({ readonly index: number; readonly maps: FeatureMaps } & FurtherMaps)
  | { readonly index: number; readonly error: unknown };

/**
 * Features of photographs in the order given, a few computed ahead of the one in use, memory independent of their number. Taken from
 * `store` where it holds them. A photograph that cannot be read yields its `error`. Throws `job/cancelled` after the signal.
 */
export async function* streamFeatures(options: {
  backbone: Backbone;
  canvas: Canvas;
  images: readonly EngineImage[];
  /** True: of each photograph mirrored too. */
  mirrored?: boolean;
  /** True: and the close-ups. */
  closeUps?: boolean;
  store?: FeatureStore;
  signal?: AbortSignal;
}): AsyncGenerator<StreamedFeatures, void, undefined> {
  const { backbone, canvas, images, store, signal } = options;
  const isMirrored = options.mirrored === true;
  const isClose = options.closeUps === true;
  const variants = [PLAIN, ...(isMirrored ? [FLIP] : []), ...(isClose ? CLOSE_UPS : [])];
  const taps = tapShapes(backbone.taps, canvas);
  const one = async (index: number): Promise<StreamedFeatures> => {
    const image = images[index] as EngineImage;
    const keyOf = ({ id }: FeatureVariant) => ({ hash: image.hash, variant: id });
    try {
      const missing = variants.filter((variant) => store?.has(keyOf(variant)) !== true);
      const size = { widthPx: image.widthPx, heightPx: image.heightPx };
      const computed =
        missing.length === 0
          ? []
          : (
              await withPool(backbone, (pool) =>
                pool.run({ kind: 'file', file: image.file, image: size, canvas, variants: missing }),
              )
            ).records.map((record) => unpackRecord(record, taps));
      const [maps, ...further] = await Promise.all(
        variants.map(async (variant) => {
          const stored = store as FeatureStore;
          return (
            computed[missing.indexOf(variant)] ??
            unpackRecord(await stored.readRecord(keyOf(variant)), stored.taps)
          );
        }),
      );
      const mirrored = isMirrored ? further.shift() : undefined;
      return {
        index,
        maps: maps as FeatureMaps,
        ...(mirrored && { mirrored }),
        ...(isClose && { closeUps: further }),
      };
    } catch (error) {
      return { index, error };
    }
  };
  const ahead = await withPool(backbone, (pool) => Promise.resolve(pool.capacity));
  const isStored = (index: number): boolean => {
    const hash = images[index]?.hash ?? '';
    return store !== undefined && variants.every(({ id }) => store.has({ hash, variant: id }));
  };
  const queue: Promise<StreamedFeatures>[] = [];
  let next = 0;
  while (next < images.length || queue.length > 0) {
    if (signal?.aborted === true) throw cancelled();
    while (next < images.length && queue.length < (isStored(next) ? READ_AHEAD : ahead))
      queue.push(one(next++));
    yield await (queue.shift() as Promise<StreamedFeatures>);
  }
}
