/** Features of crops: stored for those that are learnt from, computed and used at once for those of suggestions. */
import { createHash } from 'node:crypto';
import type { Canvas } from '../../core/learning.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { unpackRecord } from '../features/compute-features.ts';
import {
  type EnsureResult,
  type FillOptions,
  fillStore,
  type StoreTask,
} from '../features/ensure-features.ts';
import { type FeatureStore, openFeatureStore } from '../features/feature-store.ts';
import { tapLength, tapShapes } from '../features/feature-types.ts';
import { halfToFloat } from '../features/half.ts';
import { withPool } from '../features/shared-pool.ts';
import type { FeatureVariant } from '../features/variants.ts';
import type { EngineImage } from '../messages.ts';
import type { CutSample } from './crop-samples.ts';
import type { CropView } from './cut-crops.ts';
import { type CropRegion, viewRegion } from './region.ts';

/** Crops of one request: they share a decode, and bound the pixels held in memory. */
const CROPS_TOGETHER = 48;

/** The taps that are kept of each crop. */
interface Kept {
  readonly backbone: Backbone;
  readonly canvas: Canvas;
  readonly taps: readonly string[];
}

function keptTaps({ backbone, taps }: Kept): Backbone['taps'] {
  return backbone.taps.filter(({ name }) => taps.includes(name));
}

/** The store of crops of a canvas, with these taps alone: finer ones would be most of its bytes. */
export async function openCropStore(featuresDir: string, kept: Kept): Promise<FeatureStore> {
  const taps = keptTaps(kept);
  const name = `${kept.backbone.hash}/crops/${taps.map((tap) => tap.name).join()}`;
  const hash = createHash('sha256').update(name).digest('hex');
  return await openFeatureStore({ featuresDir, backbone: { hash, taps }, canvas: kept.canvas });
}

/**
 * Computes what the store lacks of these copies of crops, each photograph decoded once for all of its crops where few enough are missing.
 * Faults are told of photographs. Throws as `ensureFeatures`.
 */
export async function ensureCropFeatures(
  options: FillOptions & { readonly kept: Kept },
  crops: readonly CutSample[],
  listViews: (crop: CutSample) => readonly FeatureVariant[],
): Promise<EnsureResult> {
  const { store, kept } = options;
  const tasks: StoreTask[] = [];
  const known = new Set<string>();
  for (const group of Map.groupBy(crops, ({ photograph }) => photograph.id).values()) {
    const missing = group.flatMap((crop) =>
      listViews(crop).flatMap((variant) => {
        const key = { hash: crop.sample.image.hash, variant: variant.id };
        const name = `${key.hash}/${key.variant}`;
        if (known.has(name) || store.has(key)) return [];
        known.add(name);
        return [{ key, view: toView(crop.region, variant) }];
      }),
    );
    const { photograph } = group[0] as CutSample;
    for (let at = 0; at < missing.length; at += CROPS_TOGETHER) {
      const some = missing.slice(at, at + CROPS_TOGETHER);
      const views = some.map(({ view }) => view);
      tasks.push({
        image: photograph,
        keys: some.map(({ key }) => key),
        request: requestCrops(photograph, kept.canvas, views),
      });
    }
  }
  return await fillStore({ ...options, keep: (record) => keepTaps(record, kept) }, tasks);
}

function toView(region: CropRegion, variant: FeatureVariant): CropView {
  return { region: viewRegion(region, variant), flip: variant.flip, gain: variant.gain };
}

function requestCrops(image: EngineImage, canvas: Canvas, views: readonly CropView[]) {
  const size = { widthPx: image.widthPx, heightPx: image.heightPx };
  return { kind: 'crops', file: image.file, image: size, canvas, views } as const;
}

/** The bytes of the kept taps, in the backbone's order. */
function keepTaps(record: Uint8Array, { backbone, canvas, taps }: Kept): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const tap of tapShapes(backbone.taps, canvas)) {
    const bytes = tapLength(tap) * Uint16Array.BYTES_PER_ELEMENT;
    if (taps.includes(tap.name)) parts.push(record.subarray(at, at + bytes));
    at += bytes;
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

/** Feature maps of regions of one photograph by tap, `[regions, heightCells, widthCells, channels]` each. Throws an item fault. */
export async function computeCropFeatures(
  { backbone, canvas, taps }: Kept,
  image: EngineImage,
  regions: readonly CropRegion[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const shapes = tapShapes(backbone.taps, canvas);
  const wanted = shapes.filter(({ name }) => taps.includes(name));
  const out = new Map(wanted.map((tap) => [tap.name, new Float32Array(regions.length * tapLength(tap))]));
  for (let at = 0; at < regions.length; at += CROPS_TOGETHER) {
    const views = regions
      .slice(at, at + CROPS_TOGETHER)
      .map((region): CropView => ({ region, flip: false, gain: [1, 1, 1] }));
    const { records } = await withPool(backbone, (pool) => pool.run(requestCrops(image, canvas, views)));
    records.forEach((record, i) => {
      const maps = unpackRecord(record, shapes);
      for (const tap of wanted)
        halfToFloat(
          maps.halves(tap.name) as Uint16Array,
          out.get(tap.name) as Float32Array,
          (at + i) * tapLength(tap),
        );
    });
  }
  return out;
}
