/** From labelled photographs to labelled crops: one around each hand box, and some without a fish. A crop is a photograph of its own. */
import { computeIou, type PixelBox } from '../../core/geometry.ts';
import { createRandom, hashText } from '../../core/random.ts';
import type { EngineImage, TrainingSample } from '../messages.ts';
import type { Cropping } from './cropping.ts';
import {
  boundRegion,
  type CropRegion,
  type FishLie,
  measureFish,
  nameRegion,
  surroundFish,
} from './region.ts';

/** A crop as training sees it, and where it is cut from. */
export interface CutSample {
  readonly sample: TrainingSample;
  readonly photograph: EngineImage;
  readonly region: CropRegion;
}

/** A suggestion that overlaps a hand box by this (IoU) or more is of that fish, however badly boxed. */
const OF_A_FISH_IOU = 0.1;
/** A crop without a fish shows no more than this share of any, and no more than this share of it shows one. */
const MOST_OF_A_FISH = 0.1;
const TRIES = 30;

/** The image that stands for a region: content hash of the photograph and name of the region, size of the region. */
export function toCropImage(photograph: EngineImage, region: CropRegion): EngineImage {
  const name = nameRegion(region);
  return {
    ...photograph,
    id: `${photograph.id}#${name}`,
    hash: `${photograph.hash}#${name}`,
    widthPx: region.w,
    heightPx: region.h,
  };
}

/** A crop around each hand box of a photograph, level along `lies` (one a box) where they are known. */
export function cutHandBoxes(
  { image, split, boxes }: TrainingSample,
  lies: readonly (FishLie | null)[],
  cropping: Pick<Cropping, 'canvas' | 'marginFrac'>,
): CutSample[] {
  return boxes.map((box, i) => {
    const lie = lies[i] ?? null;
    const region = surroundFish(box, { ...cropping, lie });
    const { w, h } = measureFish(box, lie);
    const inside = { x: (region.w - w) / 2, y: (region.h - h) / 2, w, h, classIndex: box.classIndex };
    return {
      sample: { image: toCropImage(image, region), split, boxes: [inside] },
      photograph: image,
      region,
    };
  });
}

/**
 * `cropping.backgrounds` crops of a photograph that show no fish: around `suggested` boxes that meet no hand box, surest first, then at
 * places drawn from the photograph's content, with a size from `sizesPx`. Fewer where the fish leave no room.
 */
export function cutBackgrounds(
  { image, split, boxes, ignored = [] }: TrainingSample,
  { suggested, sizesPx }: { readonly suggested: readonly PixelBox[]; readonly sizesPx: readonly number[] },
  cropping: Pick<Cropping, 'canvas' | 'marginFrac' | 'backgrounds'>,
): CutSample[] {
  // Where nobody knows, a fish may be.
  const taken: readonly PixelBox[] = [...boxes, ...ignored];
  const regions = suggested
    .filter((found) => taken.every((box) => computeIou(box, found) < OF_A_FISH_IOU && !isInside(found, box)))
    .slice(0, cropping.backgrounds)
    .map((found) => surroundFish(found, { ...cropping, lie: null }));
  const random = createRandom(hashText(`background/${image.hash}`));
  for (let t = 0; t < TRIES && regions.length < cropping.backgrounds && sizesPx.length > 0; t++) {
    const size = Math.min(random.pick(sizesPx), image.widthPx, image.heightPx);
    const place = {
      x: random.range(0, image.widthPx - size),
      y: random.range(0, image.heightPx - size),
      w: size,
      h: size,
    };
    const region = surroundFish(place, { ...cropping, lie: null });
    const shown = boundRegion(region);
    const isClear = (box: PixelBox): boolean =>
      computeSharedFrac(box, shown) <= MOST_OF_A_FISH && computeSharedFrac(shown, box) <= MOST_OF_A_FISH;
    if (taken.every(isClear)) regions.push(region);
  }
  return regions.map((region) => ({
    sample: { image: toCropImage(image, region), split, boxes: [] },
    photograph: image,
    region,
  }));
}

/** A suggestion of a part of a fish is not empty. */
function isInside(found: PixelBox, box: PixelBox): boolean {
  return computeSharedFrac(found, box) > 0.5;
}

/** The share of `box` that lies in `other`. */
function computeSharedFrac(box: PixelBox, other: PixelBox): number {
  const w = Math.min(box.x + box.w, other.x + other.w) - Math.max(box.x, other.x);
  const h = Math.min(box.y + box.h, other.y + other.h) - Math.max(box.y, other.y);
  const area = box.w * box.h;
  return w > 0 && h > 0 && area > 0 ? (w * h) / area : 0;
}
