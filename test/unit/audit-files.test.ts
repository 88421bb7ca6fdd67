/** What is read from files that anybody may have made, and what training makes of chains. */
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cellSide, decodeCells, imageFactsSchema } from '../../src/core/audit/image-facts.ts';
import { measurePixels } from '../../src/main/host/audit/measure-pixels.ts';
import { findJpegExif, readCamera, readTables } from '../../src/main/host/audit/read-file-facts.ts';
import { divideSamples } from '../../src/main/host/learning/divide-samples.ts';

const plain = sharp({ create: { width: 40, height: 30, channels: 3, background: '#468' } });

describe('tables and cameras', () => {
  it('are the same for the same quality, others for another, and none for a PNG', async () => {
    const at = (quality: number) => plain.clone().jpeg({ quality }).toBuffer();
    const [good, again, poor] = [
      readTables(await at(90)),
      readTables(await at(90)),
      readTables(await at(40)),
    ];
    expect(good).toMatch(/^[0-9a-f]{8}$/);
    expect(again).toBe(good);
    expect(poor).not.toBe(good);
    expect(readTables(await plain.clone().png().toBuffer())).toBeNull();
  });

  it('say who took the photograph where it says so', async () => {
    const bytes = await plain
      .clone()
      .withExif({ IFD0: { Make: 'ACME', Model: 'Deck 2' } })
      .jpeg()
      .toBuffer();
    expect(readCamera((await sharp(bytes).metadata()).exif)).toBe('ACME Deck 2');
    expect(readCamera(findJpegExif(bytes))).toBe('ACME Deck 2');
    expect(findJpegExif(await plain.clone().jpeg().toBuffer())).toBeUndefined();
    expect(readCamera(undefined)).toBeNull();
  });

  it('never fail, whatever the bytes, cut or turned', async () => {
    const bytes = await plain.clone().jpeg().toBuffer();
    fc.assert(
      fc.property(
        fc.nat(bytes.length),
        fc.nat(bytes.length - 1),
        fc.nat(255),
        fc.uint8Array(),
        (length, at, value, noise) => {
          const torn = Uint8Array.from(bytes.subarray(0, length));
          if (at < torn.length) torn[at] = value;
          for (const given of [torn, noise, Uint8Array.from([0xff, 0xd8, ...noise])]) {
            const found = readTables(given);
            expect(found === null || /^[0-9a-f]{8}$/.test(found)).toBe(true);
            for (const exif of [Buffer.from(given), findJpegExif(given)]) {
              const camera = readCamera(exif);
              expect(camera === null || camera.length <= 200).toBe(true);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what is measured on a small picture', () => {
  const pictures = fc
    .record({
      width: fc.integer({ min: 1, max: 70 }),
      height: fc.integer({ min: 1, max: 70 }),
      channels: fc.constantFrom(1, 3),
    })
    .chain((shape) => {
      const length = shape.width * shape.height * shape.channels;
      return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ ...shape, data }));
    });

  it('is the mean of each cell and edge, pixel by pixel, whatever the shape', () => {
    fc.assert(
      fc.property(pictures, ({ data, width, height, channels }) => {
        const at = (x: number, y: number, c: number): number =>
          data[(y * width + x) * channels + Math.min(c, channels - 1)] ?? 0;
        const meanOf = (x0: number, y0: number, x1: number, y1: number, c: number): number => {
          let [sum, n] = [0, 0];
          for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) [sum, n] = [sum + at(x, y, c), n + 1];
          return sum / n;
        };
        const span = (cell: number, length: number): [number, number] => {
          const from = Math.min(length - 1, Math.floor((cell * length) / cellSide));
          return [from, Math.max(from + 1, Math.floor(((cell + 1) * length) / cellSide))];
        };
        const facts = measurePixels({ data, width, height, channels });
        const cells = decodeCells(facts.cells);
        for (const [row, column] of [
          [0, 0],
          [7, 9],
          [15, 15],
        ] as const) {
          const [[top, bottom], [left, right]] = [span(row, height), span(column, width)];
          for (const c of [0, 1, 2])
            expect(cells[(row * cellSide + column) * 3 + c]).toBe(
              Math.round(meanOf(left, top, right, bottom, c)),
            );
        }
        const deepY = Math.max(1, Math.round(height / 16));
        expect(facts.border[0]).toBeCloseTo(meanOf(0, 0, width, deepY, 0), 9);
        expect(facts.border[14]).toBeCloseTo(meanOf(0, height - deepY, width, height, 1), 9);
        expect(facts.border.every(Number.isFinite) && facts.sharpness >= 0).toBe(true);
        const luma = [0.299, 0.587, 0.114].reduce((sum, k, c) => sum + k * meanOf(0, 0, width, height, c), 0);
        expect(facts.meanGrey).toBeCloseTo(luma, 3);
      }),
      { numRuns: 200 },
    );
  });
});

it('what was measured on a picture of another size is no fact any more: the file is read again', () => {
  const data = new Uint8Array(12).fill(90);
  const facts = {
    sidePx: 384,
    camera: null,
    tables: null,
    ...measurePixels({ data, width: 2, height: 2, channels: 3 }),
  };
  const { sidePx: _, ...older } = facts;
  expect(
    [facts, older, { ...facts, sidePx: 512 }].map((own) => imageFactsSchema.safeParse(own).success),
  ).toEqual([true, false, false]);
});

describe('training', () => {
  const samples = Array.from({ length: 40 }, (_, i) => ({
    id: `i${i}`,
    group: `boat ${i % 8}`,
    chain: i % 5 === 0 ? `chain ${i % 15}` : null,
    split: null,
    classIds: [i % 2 === 0 ? 'ALB' : 'YFT'],
  }));

  it('has each chain on one side, with random divisions and folds too', () => {
    for (const splitBy of ['random', 'grouped'] as const)
      for (const fold of [undefined, { index: 1, of: 3 }]) {
        const { train, valid } = divideSamples(samples, 3, splitBy, fold);
        expect(train.size + valid.size).toBe(samples.length);
        for (const own of Map.groupBy(samples, ({ chain }) => chain ?? '').values()) {
          if (own[0]?.chain === null) continue;
          expect(new Set(own.map(({ id }) => valid.has(id))).size).toBe(1);
        }
      }
  });

  it('judges every photograph once over all folds', () => {
    const judged = [0, 1, 2, 3].flatMap((index) => [
      ...divideSamples(samples, 1, 'random', { index, of: 4 }).valid,
    ]);
    expect(judged.sort()).toEqual(samples.map(({ id }) => id).sort());
  });
});
