/**
 * What a backbone sees of photographs where no box is, when it cannot see the boxes at all: parts without one are cut out and each is looked at
 * by itself. A map of the whole photograph would not do: its activations far away from a fish have seen the fish.
 */
import type { Canvas } from '../../core/learning.ts';
import type { Vectors } from '../../core/likeness.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { type FeatureMaps, unpackRecord } from './compute-features.ts';
import { decodeToCanvas } from './decode.ts';
import type { EmbedImage } from './embed.ts';
import { isItemFault } from './ensure-features.ts';
import { type TapShape, tapShapes } from './feature-types.ts';
import type { RectPx, SizePx } from './letterbox.ts';
import { withPool } from './shared-pool.ts';
import { PLAIN } from './variants.ts';

/** Parts a photograph is divided into. */
const columns = 5;
const rows = 4;
const part: Canvas = { widthPx: 128, heightPx: 96 };
/** The whole photograph is scaled to its parts, whatever its shape: places are the same in all. */
const whole: Canvas = { widthPx: columns * part.widthPx, heightPx: rows * part.heightPx };
/** A fish may reach so far beyond its box, as a share of the box's size. */
const margin = 0.05;
/** Fewer free parts than this are no background. */
const fewestFree = 2;

/**
 * Row by row in the order of the images: the mean over a photograph's free parts of the coarsest tap, each part less what is usual at its place,
 * so that it does not matter which parts were free. `known` is 0 where too little was free or the photograph could not be read.
 */
export async function embedSurroundings(
  images: readonly EmbedImage[],
  backbone: Backbone,
  onImage: () => void,
): Promise<Vectors> {
  const taps = tapShapes(backbone.taps, part);
  const tap = taps.reduce((coarsest, next) => (next.stride > coarsest.stride ? next : coarsest));
  const usual = Array.from({ length: columns * rows }, () => ({
    sum: new Float64Array(tap.channels),
    count: 0,
  }));
  const places: number[][] = [];
  const sums = new Float64Array(images.length * tap.channels);
  await withPool(backbone, async (pool) => {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let i = next++; i < images.length; i = next++) {
        const { image, boxes } = images[i] as EmbedImage;
        const free = listFreeParts(image, boxes);
        places[i] = [];
        const frames = free.length < fewestFree ? [] : await cutParts(image.file, free);
        if (frames.length > 0) {
          const { records } = await pool.run({ kind: 'pixels', canvas: part, frames });
          places[i] = free;
          for (const [p, record] of records.entries()) {
            const own = usual[free[p] ?? 0] as (typeof usual)[number];
            own.count += 1;
            addMean(unpackRecord(record, taps), tap, (channel, mean) => {
              own.sum[channel] = (own.sum[channel] as number) + mean;
              const at = i * tap.channels + channel;
              sums[at] = (sums[at] as number) + mean;
            });
          }
        }
        onImage();
      }
    };
    await Promise.all(Array.from({ length: pool.capacity }, lane));
  });
  return centre(sums, places, usual, tap.channels);
}

/** Places, counted row by row, of the parts that no box touches. */
export function listFreeParts({ widthPx, heightPx }: SizePx, boxes: readonly RectPx[]): number[] {
  const [w, h] = [widthPx / columns, heightPx / rows];
  return Array.from({ length: columns * rows }, (_, place) => place).filter((place) => {
    const [x, y] = [(place % columns) * w, Math.floor(place / columns) * h];
    return !boxes.some((box) => touches({ x, y, w, h }, box));
  });
}

const touches = (one: RectPx, box: RectPx): boolean =>
  Math.abs(box.x + box.w / 2 - (one.x + one.w / 2)) < one.w / 2 + box.w * (0.5 + margin) &&
  Math.abs(box.y + box.h / 2 - (one.y + one.h / 2)) < one.h / 2 + box.h * (0.5 + margin);

/** Pixels of the parts at these places; none where the photograph cannot be read. */
async function cutParts(file: string, places: readonly number[]): Promise<Uint8Array[]> {
  try {
    const [pixels = new Uint8Array(0)] = await decodeToCanvas(file, whole, whole, [PLAIN]);
    const rowBytes = part.widthPx * 3;
    return places.map((place) => {
      const out = new Uint8Array(part.heightPx * rowBytes);
      const first = Math.floor(place / columns) * part.heightPx;
      const left = (place % columns) * rowBytes;
      for (let y = 0; y < part.heightPx; y++) {
        const from = (first + y) * whole.widthPx * 3 + left;
        out.set(pixels.subarray(from, from + rowBytes), y * rowBytes);
      }
      return out;
    });
  } catch (error) {
    if (!isItemFault(error)) throw error;
    return [];
  }
}

function addMean(maps: FeatureMaps, tap: TapShape, add: (channel: number, mean: number) => void): void {
  const map = maps.get(tap.name) as Float32Array;
  const cells = tap.heightCells * tap.widthCells;
  for (let channel = 0; channel < tap.channels; channel++) {
    let sum = 0;
    for (let at = channel; at < map.length; at += tap.channels) sum += map[at] as number;
    add(channel, sum / cells);
  }
}

function centre(
  sums: Float64Array,
  places: readonly (readonly number[])[],
  usual: readonly { readonly sum: Float64Array; readonly count: number }[],
  length: number,
): Vectors {
  const out = { length, values: new Float32Array(sums.length), known: new Uint8Array(places.length) };
  places.forEach((own, i) => {
    if (own.length === 0) return;
    out.known[i] = 1;
    for (let channel = 0; channel < length; channel++) {
      let value = sums[i * length + channel] as number;
      for (const place of own) {
        const { sum, count } = usual[place] as (typeof usual)[number];
        value -= (sum[channel] as number) / count;
      }
      out.values[i * length + channel] = value / own.length;
    }
  });
  return out;
}
