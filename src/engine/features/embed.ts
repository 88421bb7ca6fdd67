/** One vector a photograph: the mean of a backbone's activations over the photograph, and over what no box touches. */
import type { Vectors } from '../../core/likeness.ts';
import type { EngineImage } from '../messages.ts';
import type { FeatureSource, TapShape } from './feature-types.ts';
import { placeImage, type RectPx, toCanvasBox, visibleCanvasRect } from './letterbox.ts';
import { PLAIN } from './variants.ts';

export interface EmbedImage {
  readonly image: EngineImage;
  readonly boxes: readonly RectPx[];
}

/** A box spoils cells this far around it, in strides: their activations have seen it. */
const margin = 1.5;
/** Fewer free cells than this are no background. */
const fewestFree = 6;

/**
 * Reads features that `ensureFeatures` has put into the store; rows in the order of the images. `whole`: the coarsest tap, over the photograph without its padding.
 * `background`: the finest tap, where a cell has seen least of its surroundings, over cells that lie away from all boxes.
 */
export async function embedImages(
  images: readonly EmbedImage[],
  store: FeatureSource,
  onImage: () => void,
): Promise<{ whole: Vectors; background: Vectors }> {
  const taps = [...store.taps].sort((a, b) => a.stride - b.stride);
  const [finest, coarsest] = [taps[0], taps.at(-1)];
  if (finest === undefined || coarsest === undefined) throw new RangeError('the backbone has no taps');
  const make = (tap: TapShape): Vectors => ({
    length: tap.channels,
    values: new Float32Array(images.length * tap.channels),
    known: new Uint8Array(images.length),
  });
  const [whole, background] = [make(coarsest), make(finest)];
  for (const [i, { image, boxes }] of images.entries()) {
    const key = { hash: image.hash, variant: PLAIN.id };
    if (store.has(key)) {
      const placement = placeImage(image, store.canvas);
      const visible = visibleCanvasRect(placement);
      const placed = boxes.map((box) => toCanvasBox(placement, box));
      const isSeen = (x: number, y: number): boolean =>
        visible !== null &&
        x >= visible.x &&
        x < visible.x + visible.w &&
        y >= visible.y &&
        y < visible.y + visible.h;
      const away = margin * finest.stride;
      const isFree = (x: number, y: number): boolean =>
        isSeen(x, y) &&
        !placed.some(
          (box) =>
            x > box.x - away && x < box.x + box.w + away && y > box.y - away && y < box.y + box.h + away,
        );
      pool(whole, i, coarsest, await store.read([key], coarsest.name), isSeen, 1);
      pool(background, i, finest, await store.read([key], finest.name), isFree, fewestFree);
    }
    onImage();
  }
  return { whole, background };
}

/** Mean over the cells whose middle is wanted. */
function pool(
  into: Vectors,
  row: number,
  { heightCells, widthCells, channels, stride }: TapShape,
  map: Float32Array,
  isWanted: (x: number, y: number) => boolean,
  least: number,
): void {
  const sum = new Float64Array(channels);
  let cells = 0;
  for (let r = 0; r < heightCells; r++)
    for (let c = 0; c < widthCells; c++) {
      if (!isWanted((c + 0.5) * stride, (r + 0.5) * stride)) continue;
      const at = (r * widthCells + c) * channels;
      for (let d = 0; d < channels; d++) sum[d] = (sum[d] as number) + (map[at + d] as number);
      cells++;
    }
  if (cells < least) return;
  into.known[row] = 1;
  for (let d = 0; d < channels; d++) into.values[row * channels + d] = (sum[d] as number) / cells;
}
