/** Photographs with two fish each that differ only in what a small canvas cannot show: the same mean colour, plain or in two stripes. */
import path from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/core/random.ts';
import type { TrainingSample } from '../../src/engine/messages.ts';

const sizePx = 640;
const fishPx = 128;
/** Class 0, class 1. */
const colours = [['#c80064'], ['#ff0000', '#9100c8']] as const;

/** A grey sea with a fish on either side, one of each class; `i` draws their places. Lines run from corner to corner, at 45 degrees. */
export async function drawStripedFish(
  folder: string,
  i: number,
  split: 'train' | 'valid',
): Promise<TrainingSample> {
  const random = createRandom(i + 1);
  const name = `${split}-${i}.png`;
  const places = [0, sizePx / 2].map((left) => ({
    x: left + 16 + random.int(sizePx / 2 - fishPx - 32),
    y: 16 + random.int(sizePx - fishPx - 32),
  }));
  const stripes = places.flatMap(({ x, y }, k) => {
    const bands: readonly string[] = colours[((i + k) % 2) as 0 | 1];
    const height = fishPx / bands.length;
    return bands.map((background, b) => ({
      input: { create: { width: fishPx, height, channels: 3 as const, background } },
      left: x,
      top: y + b * height,
    }));
  });
  const file = path.join(folder, name);
  await sharp({ create: { width: sizePx, height: sizePx, channels: 3, background: '#727272' } })
    .composite(stripes)
    .toFile(file);
  const boxes = places.map(({ x, y }, k) => ({
    classIndex: (i + k) % 2,
    ...{ x, y, w: fishPx, h: fishPx },
    head: { x, y },
    tail: { x: x + fishPx, y: y + fishPx },
  }));
  return { image: { id: name, file, hash: `hash-${name}`, widthPx: sizePx, heightPx: sizePx }, split, boxes };
}
