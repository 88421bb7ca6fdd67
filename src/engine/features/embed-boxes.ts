/** One vector a box, from the features of its photograph that are stored already: nothing is decoded and no network runs. */
import type { Vectors } from '../../core/likeness.ts';
import type { EmbedImage } from './embed.ts';
import type { FeatureSource, TapShape } from './feature-types.ts';
import { placeImage, type RectPx, toCanvasBox } from './letterbox.ts';
import { PLAIN } from './variants.ts';

/**
 * Rows in the order of the images and, within each, of its boxes: the mean activations over the cells of a box, of every tap, each tap at
 * length 1 and one after the other. `known` is 0 for boxes of photographs whose features are not in the store.
 */
export async function embedBoxes(
  images: readonly EmbedImage[],
  store: FeatureSource,
  onImage: () => void,
): Promise<Vectors> {
  const length = store.taps.reduce((sum, { channels }) => sum + channels, 0);
  const rows = images.reduce((sum, { boxes }) => sum + boxes.length, 0);
  const out = { length, values: new Float32Array(rows * length), known: new Uint8Array(rows) };
  let row = 0;
  for (const { image, boxes } of images) {
    const key = { hash: image.hash, variant: PLAIN.id };
    if (boxes.length > 0 && store.has(key)) {
      const placement = placeImage(image, store.canvas);
      const placed = boxes.map((box) => toCanvasBox(placement, box));
      let at = 0;
      for (const tap of store.taps) {
        const map = await store.read([key], tap.name);
        for (const [i, box] of placed.entries())
          poolBox(
            out.values.subarray((row + i) * length + at, (row + i) * length + at + tap.channels),
            tap,
            map,
            box,
          );
        at += tap.channels;
      }
      out.known.fill(1, row, row + boxes.length);
    }
    row += boxes.length;
    onImage();
  }
  return out;
}

/** Mean over the cells whose middle lies in the box, or the one cell nearest to its middle; scaled to length 1. */
function poolBox(into: Float32Array, tap: TapShape, map: Float32Array, box: RectPx): void {
  const { stride, widthCells, heightCells, channels } = tap;
  const [left, right] = cellsOf(box.x, box.w, stride, widthCells);
  const [top, bottom] = cellsOf(box.y, box.h, stride, heightCells);
  for (let r = top; r <= bottom; r++)
    for (let c = left; c <= right; c++) {
      const from = (r * widthCells + c) * channels;
      for (let d = 0; d < channels; d++) into[d] = (into[d] as number) + (map[from + d] as number);
    }
  let sum = 0;
  for (let d = 0; d < channels; d++) sum += (into[d] as number) ** 2;
  const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  for (let d = 0; d < channels; d++) into[d] = (into[d] as number) * scale;
}

/** First and last cell whose middle lies between two edges; the nearest cell where none does. */
function cellsOf(from: number, length: number, stride: number, cells: number): [number, number] {
  const first = Math.ceil(from / stride - 0.5);
  const last = Math.ceil((from + length) / stride - 0.5) - 1;
  if (last >= first) return [clamp(first, cells), clamp(last, cells)];
  const nearest = clamp(Math.floor((from + length / 2) / stride), cells);
  return [nearest, nearest];
}

const clamp = (cell: number, cells: number): number => Math.min(cells - 1, Math.max(0, cell));
