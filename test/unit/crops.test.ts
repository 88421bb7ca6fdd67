/** Crops: where they lie, what pixels they hold, what is learnt from them, and how two opinions become one class. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { cutBackgrounds, cutHandBoxes } from '../../src/engine/crops/crop-samples.ts';
import { type CropView, cutCrops } from '../../src/engine/crops/cut-crops.ts';
import {
  boundRegion,
  nameRegion,
  readLie,
  surroundFish,
  toPhotograph,
  viewRegion,
} from '../../src/engine/crops/region.ts';
import { weighClasses } from '../../src/engine/crops/weigh-classes.ts';
import { PADDING } from '../../src/engine/features/lay-down.ts';
import { placeImage, toCanvasPoint } from '../../src/engine/features/letterbox.ts';
import { drawVariant, PLAIN } from '../../src/engine/features/variants.ts';
import type { TrainingSample } from '../../src/engine/messages.ts';

const canvas = { widthPx: 64, heightPx: 32 };
const box = fc.record({
  x: fc.double({ min: -50, max: 900, noNaN: true }),
  y: fc.double({ min: -50, max: 900, noNaN: true }),
  w: fc.double({ min: 0.5, max: 700, noNaN: true }),
  h: fc.double({ min: 0.5, max: 700, noNaN: true }),
});
const lie = fc.option(
  fc.record({
    angleDeg: fc.double({ min: -90, max: 90, noNaN: true }),
    lengthPx: fc.double({ min: 0.1, max: 5000, noNaN: true }),
  }),
  { nil: null },
);

describe('a region', () => {
  it('has the shape of its canvas, holds the upright fish and its surroundings, and is named by what it is', () => {
    fc.assert(
      fc.property(box, lie, fc.double({ min: 0, max: 1, noNaN: true }), (fish, how, marginFrac) => {
        const region = surroundFish(fish, { canvas, marginFrac, lie: how });
        expect(region.w / region.h).toBeCloseTo(2, 6);
        if (how === null) {
          const shown = boundRegion(region);
          // Places are rounded to a tenth of a pixel.
          expect(shown.w).toBeGreaterThanOrEqual(fish.w * (1 + 2 * marginFrac) - 0.11);
          expect(shown.h).toBeGreaterThanOrEqual(fish.h * (1 + 2 * marginFrac) - 0.11);
          expect(Math.abs(shown.x + shown.w / 2 - fish.x - fish.w / 2)).toBeLessThan(0.06);
        }
        expect(nameRegion(region)).toMatch(/^crop-[-\d.e+]+_[-\d.e+]+_[\d.e+]+(_r-?[\d.]+)?$/);
        expect(nameRegion(surroundFish(fish, { canvas, marginFrac, lie: how }))).toBe(nameRegion(region));
      }),
    );
  });

  it('lays a line level by the smaller turn, whichever end is the head', () => {
    const at = (x: number, y: number) => ({ x, y });
    expect(readLie(at(0, 0), at(10, 10))?.angleDeg).toBeCloseTo(45);
    expect(readLie(at(10, 10), at(0, 0))?.angleDeg).toBeCloseTo(45);
    expect(readLie(at(0, 10), at(10, 0))?.angleDeg).toBeCloseTo(-45);
    expect(readLie(at(3, 0), at(3, 9))).toEqual({ angleDeg: 90, lengthPx: 9 });
    expect(readLie(at(3, 9), at(3, 0))).toEqual({ angleDeg: 90, lengthPx: 9 });
    expect(readLie(at(3, 3), at(3, 3))).toBeNull();
    expect(readLie(at(Number.NaN, 3), at(3, 3))).toBeNull();
  });

  it('moves with a drawn copy as labels do: what a copy shows in its middle is where the label arithmetic says', () => {
    const region = surroundFish({ x: 100, y: 80, w: 60, h: 30 }, { canvas, marginFrac: 0.2, lie: null });
    const range = { flip: false, zoomMin: 0.6, zoomMax: 1.6, shiftFrac: 0.2, gainSpread: 0, rotationDeg: 25 };
    for (let seed = 1; seed <= 20; seed++) {
      const variant = drawVariant(createRandom(seed), range);
      const seen = viewRegion(region, variant);
      // A point a third of the way into the crop, by the pixels and by the labels.
      const own = { x: region.w / 3, y: region.h / 4 };
      const inPhotograph = toPhotograph(region, own);
      const placement = placeImage({ widthPx: region.w, heightPx: region.h }, canvas, variant);
      const label = toCanvasPoint(placement, own);
      const pixel = toPhotograph(seen, {
        x: (label.x * seen.w) / canvas.widthPx,
        y: (label.y * seen.h) / canvas.heightPx,
      });
      // The letterbox lays whole pixels.
      const slackPx = (1.5 * seen.w) / canvas.widthPx;
      expect(Math.abs(pixel.x - inPhotograph.x)).toBeLessThan(slackPx);
      expect(Math.abs(pixel.y - inPhotograph.y)).toBeLessThan(slackPx);
    }
  });
});

describe('the pixels of a crop', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'catchlight-crops-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const size = { widthPx: 200, heightPx: 100 };
  /** Red tells x, green tells y; blue marks the left half. */
  async function drawRamp(name: string, orientation?: number): Promise<string> {
    const pixels = new Uint8Array(size.widthPx * size.heightPx * 3);
    for (let y = 0; y < size.heightPx; y++)
      for (let x = 0; x < size.widthPx; x++)
        pixels.set([x, 2 * y, x < 100 ? 200 : 0], (y * size.widthPx + x) * 3);
    const file = path.join(folder, name);
    let made = sharp(pixels, { raw: { width: 200, height: 100, channels: 3 } });
    if (orientation === 6) made = made.rotate(-90).withMetadata({ orientation: 6 });
    await made.toFile(file);
    return file;
  }
  const view = (part: Partial<CropView['region']>, more: Partial<CropView> = {}): CropView => ({
    region: { cx: 100, cy: 50, w: 64, h: 32, angleDeg: 0, ...part },
    flip: false,
    gain: [1, 1, 1],
    ...more,
  });
  const at = (pixels: Uint8Array | undefined, x: number, y: number): number[] => [
    ...(pixels ?? []).slice((y * canvas.widthPx + x) * 3, (y * canvas.widthPx + x) * 3 + 3),
  ];

  it('are those of the file, pixel for pixel where the scale is one', async () => {
    const [crop] = await cutCrops(await drawRamp('plain.png'), size, canvas, [view({})]);
    expect(at(crop, 0, 0)).toEqual([68, 68, 200]);
    expect(at(crop, 63, 31)).toEqual([131, 130, 0]);
  });

  it('are turned so that what ran along the angle runs along the rows', async () => {
    const [crop] = await cutCrops(await drawRamp('turned.png'), size, canvas, [view({ angleDeg: 90 })]);
    // Rows now run down the photograph, columns against x.
    const [left, right] = [at(crop, 0, 16), at(crop, 63, 16)];
    expect((right[1] as number) - (left[1] as number)).toBe(2 * 63);
    expect(Math.abs((right[0] as number) - (left[0] as number))).toBeLessThanOrEqual(1);
    expect((at(crop, 32, 0)[0] as number) - (at(crop, 32, 31)[0] as number)).toBe(31);
  });

  it('are averaged where the crop is shrunk, grey beyond the edge, mirrored and recoloured as a copy says', async () => {
    const file = await drawRamp('copies.png');
    const [small, corner, flipped, lit] = await cutCrops(file, size, canvas, [
      view({ w: 200, h: 100 }),
      view({ cx: 0, cy: 0 }),
      view({}, { flip: true }),
      view({}, { gain: [0.5, 1, 1] }),
    ]);
    expect(Math.abs((at(small, 10, 16)[0] as number) - 32.8)).toBeLessThan(1.5);
    expect(at(corner, 0, 0)).toEqual([PADDING, PADDING, PADDING]);
    expect(at(corner, 40, 20)).toEqual([8, 8, 200]);
    expect(at(flipped, 63, 0)).toEqual([68, 68, 200]);
    expect(at(lit, 0, 0)).toEqual([34, 68, 200]);
  });

  it('are upright whatever the camera was, in colour from a grey file, and grey alone where nothing is covered', async () => {
    const upright = await drawRamp('six.png', 6);
    const [crop] = await cutCrops(upright, size, canvas, [view({})]);
    expect(at(crop, 0, 0)).toEqual([68, 68, 200]);
    const grey = path.join(folder, 'grey.jpg');
    await sharp({ create: { width: 200, height: 100, channels: 3, background: '#404040' } })
      .toColourspace('b-w')
      .toFile(grey);
    const [middle, beside] = await cutCrops(grey, size, canvas, [view({}), view({ cx: 900 })]);
    expect(at(middle, 5, 5)).toEqual([64, 64, 64]);
    expect(at(beside, 5, 5)).toEqual([PADDING, PADDING, PADDING]);
    expect(await cutCrops(grey, size, canvas, [])).toEqual([]);
  });

  it('are a fault of the photograph where it is gone or broken', async () => {
    const missing = cutCrops(path.join(folder, 'gone.jpg'), size, canvas, [view({})]);
    await expect(missing).rejects.toMatchObject({ code: 'image/missing' });
  });
});

describe('the crops of a labelled photograph', () => {
  const image = { id: 'p', file: '/p.jpg', hash: 'h', widthPx: 400, heightPx: 300 };
  const sample: TrainingSample = {
    image,
    split: 'train',
    boxes: [{ classIndex: 1, x: 100, y: 100, w: 80, h: 40 }],
  };
  const cropping = { canvas: { widthPx: 64, heightPx: 64 }, marginFrac: 0.25, backgrounds: 3 };

  it('show each fish whole, with its class, under a name of their own', () => {
    const [crop] = cutHandBoxes(sample, [null], cropping);
    expect(crop?.region).toEqual({ cx: 140, cy: 120, w: 120, h: 120, angleDeg: 0 });
    expect(crop?.sample.boxes).toEqual([{ classIndex: 1, x: 20, y: 40, w: 80, h: 40 }]);
    expect(crop?.sample.image).toMatchObject({ hash: 'h#crop-140_120_120', widthPx: 120, heightPx: 120 });
    const [level] = cutHandBoxes(sample, [{ angleDeg: 30, lengthPx: 85 }], cropping);
    expect(level?.sample.image.hash).toBe('h#crop-140_120_127.5_r30');
    expect(placeImage(level?.sample.image ?? image, cropping.canvas, PLAIN).scaledWidthPx).toBe(64);
  });

  it('show no fish where they stand for nothing: the detector’s errors first, then places drawn from the photograph', () => {
    const errors = [
      { x: 300, y: 200, w: 40, h: 40 },
      { x: 110, y: 105, w: 60, h: 30 },
    ];
    const crops = cutBackgrounds(sample, { suggested: errors, sizesPx: [40, 60] }, cropping);
    expect(crops).toHaveLength(3);
    expect(crops[0]?.region).toMatchObject({ cx: 320, cy: 220 });
    for (const { region, sample: empty } of crops) {
      expect(empty.boxes).toEqual([]);
      const { x, y, w, h } = boundRegion(region);
      const shared =
        Math.max(0, Math.min(180, x + w) - Math.max(100, x)) *
        Math.max(0, Math.min(140, y + h) - Math.max(100, y));
      expect(shared / 3200).toBeLessThanOrEqual(0.1);
    }
    const again = cutBackgrounds(sample, { suggested: errors, sizesPx: [40, 60] }, cropping);
    expect(again).toEqual(crops);
    const full = { ...sample, boxes: [{ classIndex: 0, x: 0, y: 0, w: 400, h: 300 }] };
    expect(cutBackgrounds(full, { suggested: [], sizesPx: [40] }, cropping)).toEqual([]);
  });
});

describe('two opinions of a box', () => {
  const found = { x: 0, y: 0, w: 9, h: 9, classIndex: 0, score: 0.64, probabilities: [0.64, 0.16] };
  const shares = [0.04, 0.81, 0.15];

  it('weigh each class as it was set, and keep the class it was found under beside a better one', () => {
    const [best, own] = weighClasses(found, shares, [0, 1], { trust: 0.5 });
    expect(best).toMatchObject({ classIndex: 1, probabilities: [0.04, 0.81] });
    expect(best?.score).toBeCloseTo(Math.sqrt(0.16 * 0.81));
    expect(own).toMatchObject({ classIndex: 0 });
    expect(own?.score).toBeCloseTo(Math.sqrt(0.64 * 0.04));
    expect(weighClasses(found, shares, [0, 1], { trust: 0 })).toMatchObject([{ classIndex: 0, score: 0.64 }]);
    expect(weighClasses(found, shares, [0, 1], { trust: 1 })[0]).toMatchObject({
      classIndex: 1,
      score: 0.81,
    });
  });

  it('count classes as this model does, whatever the order of the detector', () => {
    const turned = { ...found, classIndex: 1, probabilities: [0.16, 0.64] };
    expect(weighClasses(turned, shares, [1, 0], { trust: 0.5 })).toEqual(
      weighClasses(found, shares, [0, 1], { trust: 0.5 }),
    );
  });

  it('leave the class to the second look where the detector knows other classes', () => {
    const oneClass = { ...found, probabilities: [0.64] };
    const named = weighClasses(oneClass, shares, [0, -1], { trust: 0.5 });
    expect(named).toHaveLength(1);
    expect(named[0]).toMatchObject({ classIndex: 1 });
    expect(named[0]?.score).toBeCloseTo(Math.sqrt(0.64 * 0.81));
  });

  it('are scores from 0 to 1 whatever the numbers, the surest first', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, share, share, (score, a, b, c, trust) => {
        const named = weighClasses({ ...found, score, probabilities: [a, b] }, [b, c, a], [0, 1], { trust });
        expect(named[0]?.score).toBeGreaterThanOrEqual(named.at(-1)?.score ?? 1);
        for (const one of named) {
          expect(one.score).toBeGreaterThanOrEqual(0);
          expect(one.score).toBeLessThanOrEqual(1);
          expect([0, 1]).toContain(one.classIndex);
        }
      }),
    );
  });
});
