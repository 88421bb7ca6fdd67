/** The sample project: seeded, labelled inside its pictures, and skewed by boat as the lesson's data are. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { JobProgress } from '../../src/core/jobs.ts';
import { createRandom } from '../../src/core/random.ts';
import { boats } from '../../src/main/sample/boats.ts';
import { generateSample, type SampleManifest, sampleClasses } from '../../src/main/sample/sample.ts';
import { drawSampleScene } from '../../src/main/sample/scene.ts';

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

async function makeSample(
  seed: number,
  images: number,
): Promise<{ manifest: SampleManifest; hashes: string[]; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'catchlight-sample-'));
  folders.push(folder);
  const manifest = await generateSample({ outDir: folder, seed, images });
  const names = (await readdir(folder)).sort();
  const hashes = await Promise.all(
    names.map(async (name) =>
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex'),
    ),
  );
  return { manifest, hashes, folder };
}

test('the same seed draws the same bytes and the same labels, another seed draws others', async () => {
  const [first, again, other] = [await makeSample(7, 6), await makeSample(7, 6), await makeSample(8, 6)];
  expect(first.hashes).toHaveLength(6);
  expect(new Set(first.hashes).size).toBe(6);
  expect(again.hashes).toEqual(first.hashes);
  expect(again.manifest).toEqual(first.manifest);
  expect(other.hashes).not.toEqual(first.hashes);
});

test('every picture is a JPEG of the size its record tells, and no half-written file stays behind', async () => {
  const { manifest, folder } = await makeSample(3, 4);
  const names = await readdir(folder);
  expect(names.sort()).toEqual(manifest.images.map((image) => image.fileName).sort());
  for (const image of manifest.images) {
    const facts = await sharp(join(folder, image.fileName)).metadata();
    expect([facts.format, facts.width, facts.height]).toEqual(['jpeg', image.widthPx, image.heightPx]);
  }
});

test('boxes lie inside the picture and are large enough to be seen', () => {
  const names = new Set<string>(sampleClasses.map((one) => one.name));
  let seen = 0;
  for (const boat of boats) {
    for (let i = 0; i < 15; i++) {
      for (const fish of drawSampleScene(boat, createRandom(i)).fish) {
        seen++;
        expect(names.has(fish.className)).toBe(true);
        expect(fish.box.x).toBeGreaterThanOrEqual(0);
        expect(fish.box.y).toBeGreaterThanOrEqual(0);
        expect(fish.box.x + fish.box.w).toBeLessThanOrEqual(boat.widthPx + 1e-6);
        expect(fish.box.y + fish.box.h).toBeLessThanOrEqual(boat.heightPx + 1e-6);
        expect(Math.min(fish.box.w, fish.box.h)).toBeGreaterThan(12);
      }
    }
  }
  expect(seen).toBeGreaterThan(200);
});

test('the drawn box holds the drawn fish: pixels change inside it and nowhere far outside', async () => {
  const boat = boats[5];
  if (boat === undefined) throw new Error('the sample has twelve boats');
  let checked = 0;
  for (let seed = 0; seed < 40 && checked < 3; seed++) {
    const scene = drawSampleScene(boat, createRandom(seed));
    const fish = scene.fish[0];
    if (scene.fish.length !== 1 || fish === undefined) continue;
    checked++;
    const only = scene.svg.replace(/^(<svg[^>]*>).*?(<g transform.*?<\/g>).*$/s, '$1$2</svg>');
    const { data, info } = await sharp(Buffer.from(only))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const span = { left: info.width, top: info.height, right: 0, bottom: 0 };
    for (let i = 3, pixel = 0; i < data.length; i += 4, pixel++) {
      if ((data[i] ?? 0) < 200) continue;
      const [x, y] = [pixel % info.width, Math.floor(pixel / info.width)];
      span.left = Math.min(span.left, x);
      span.right = Math.max(span.right, x + 1);
      span.top = Math.min(span.top, y);
      span.bottom = Math.max(span.bottom, y + 1);
    }
    expect(Math.abs(span.left - fish.box.x)).toBeLessThan(5);
    expect(Math.abs(span.top - fish.box.y)).toBeLessThan(5);
    expect(Math.abs(span.right - fish.box.x - fish.box.w)).toBeLessThan(5);
    expect(Math.abs(span.bottom - fish.box.y - fish.box.h)).toBeLessThan(5);
  }
  expect(checked).toBe(3);
});

test('a boat is known by its pixel size and catches its own mix of fish, some pictures are empty and some are heaps', () => {
  const sizes = new Set(boats.map((boat) => `${boat.widthPx}x${boat.heightPx}`));
  expect(sizes.size).toBe(12);
  const counts = boats.flatMap((boat) =>
    Array.from({ length: 20 }, (_, i) => drawSampleScene(boat, createRandom(i * 31)).fish.length),
  );
  expect(counts.filter((n) => n === 0).length).toBeGreaterThan(10);
  expect(counts.filter((n) => n >= 6).length).toBeGreaterThan(10);
  const main = boats.map((boat) => Object.entries(boat.catch).sort((a, b) => b[1] - a[1])[0]?.[0]);
  expect(new Set(main).size).toBeGreaterThan(4);
});

test('progress counts every picture once and never falls', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catchlight-sample-'));
  folders.push(folder);
  const said: JobProgress[] = [];
  let clockMs = 0;
  const now = (): number => (clockMs += 1000);
  await generateSample({
    outDir: folder,
    seed: 1,
    images: 3,
    onProgress: (progress) => said.push(progress),
    now,
  });
  expect(said.map((progress) => progress.done)).toEqual([1, 2, 3]);
  expect(said.every((progress) => progress.total === 3 && progress.unit === 'images')).toBe(true);
  expect(said.at(-1)?.etaMs).toBe(0);
});

test('cancelling stops the drawing with a plain error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catchlight-sample-'));
  folders.push(folder);
  const stop = new AbortController();
  const work = generateSample({
    outDir: folder,
    seed: 1,
    images: 40,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(work).rejects.toMatchObject({ code: 'job/cancelled' });
  expect((await readdir(folder)).length).toBeLessThan(20);
});
