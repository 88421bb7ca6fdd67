/** What a backbone sees around the boxes: nothing of the fish in them, whatever its activations reach. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { type Backbone, loadBackbone } from '../../src/engine/backbones/load-backbone.ts';
import { computeFeatures } from '../../src/engine/features/compute-features.ts';
import { decodeToCanvas } from '../../src/engine/features/decode.ts';
import { embedImages } from '../../src/engine/features/embed.ts';
import { embedSurroundings, listFreeParts } from '../../src/engine/features/embed-surroundings.ts';
import { type FeatureSource, tapShapes } from '../../src/engine/features/feature-types.ts';
import { PLAIN } from '../../src/engine/features/variants.ts';

const size = { widthPx: 640, heightPx: 384 };
const box = { x: 200, y: 120, w: 180, h: 100 };
let dir = '';
let backbone: Backbone;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'catchlight-surroundings-'));
  backbone = await loadBackbone();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A scene drawn from `scene`, with a fish drawn from `fish` in the box. */
async function paint(name: string, scene: number, fish: number) {
  const { widthPx: width, heightPx: height } = size;
  const tones = Array.from({ length: 2 }, (_, i) => createRandom(i === 0 ? scene : fish));
  const tables = tones.map((random) => Array.from({ length: 24 }, () => random.range(0, 255)));
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isFish = x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h;
      const table = tables[isFish ? 1 : 0] as number[];
      for (let c = 0; c < 3; c++)
        pixels[(y * width + x) * 3 + c] = table[
          ((x >> 4) * 7 + (y >> 4) * 5 + c * 3) % table.length
        ] as number;
    }
  const file = path.join(dir, `${name}.png`);
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  return { image: { id: name, hash: name, file, ...size }, boxes: [box] };
}

it('is the same whatever fish is in the boxes, where a map of the whole photograph tells the fish from afar', async () => {
  const images = [await paint('cod', 1, 10), await paint('hake', 1, 11), await paint('other-deck', 2, 10)];
  let done = 0;
  const { length, values, known } = await embedSurroundings(images, backbone, () => done++);
  const row = (i: number): number[] => [...values.slice(i * length, (i + 1) * length)];
  expect([done, ...known]).toEqual([3, 1, 1, 1]);
  expect(row(0)).toEqual(row(1));
  expect(Math.max(...row(0).map((value, d) => Math.abs(value - (row(2)[d] ?? 0))))).toBeGreaterThan(0.01);

  const canvas = size;
  const maps = await Promise.all(
    images.map(async ({ image }) => {
      const frames = await decodeToCanvas(image.file, size, canvas, [PLAIN]);
      return (await computeFeatures({ backbone, canvas, frames }))[0];
    }),
  );
  const taps = tapShapes(backbone.taps, canvas);
  const source: FeatureSource = {
    canvas,
    taps,
    shape: (name) => taps.find((tap) => tap.name === name) as (typeof taps)[number],
    has: () => true,
    read: async ([key], name) =>
      maps[images.findIndex(({ image }) => image.hash === key?.hash)]?.get(name) as Float32Array,
  };
  const { background } = await embedImages(images, source, () => undefined);
  const seen = (i: number): number[] => [
    ...background.values.slice(i * background.length, (i + 1) * background.length),
  ];
  expect(Math.max(...seen(0).map((value, d) => Math.abs(value - (seen(1)[d] ?? 0))))).toBeGreaterThan(0.001);
}, 60_000);

it('takes parts that no box touches, and none where boxes are everywhere or a file is gone', async () => {
  expect(listFreeParts(size, [])).toHaveLength(20);
  // Five by four parts of 128 × 96 pixels: the box and its margin reach over three of each of the middle rows.
  expect(listFreeParts(size, [box])).toEqual([0, 1, 2, 3, 4, 5, 9, 10, 14, 15, 16, 17, 18, 19]);
  const there = await paint('there', 3, 3);
  const { known } = await embedSurroundings(
    [
      { ...there, boxes: [{ x: 0, y: 0, w: 640, h: 384 }] },
      { ...there, image: { ...there.image, file: path.join(dir, 'gone.png') } },
      there,
    ],
    backbone,
    () => undefined,
  );
  expect([...known]).toEqual([0, 0, 1]);
}, 60_000);
