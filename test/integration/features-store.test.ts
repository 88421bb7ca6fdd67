import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Backbone, checkCanvas, loadBackbone } from '../../src/engine/backbones/load-backbone.ts';
import { computeFeatures, streamFeatures } from '../../src/engine/features/compute-features.ts';
import { ensureFeatures } from '../../src/engine/features/ensure-features.ts';
import { type FeatureStore, openFeatureStore } from '../../src/engine/features/feature-store.ts';
import { FeatureWriter } from '../../src/engine/features/feature-writer.ts';
import { closeSharedPool } from '../../src/engine/features/shared-pool.ts';
import { FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import type { EngineImage } from '../../src/engine/messages.ts';
import { drawHalves, drawMany } from '../helpers/drawn-photographs.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

/** Set to a number of bytes to let the disk be full after them. */
const disk = vi.hoisted(() => ({ bytesLeft: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const open: typeof real.open = async (file, flags, mode) => {
    const handle = await real.open(file, flags, mode);
    const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
    const limited = async (...args: unknown[]) => {
      disk.bytesLeft -= (args[0] as Uint8Array).byteLength;
      if (disk.bytesLeft < 0)
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      return await write(...args);
    };
    return Object.assign(handle, { write: limited });
  };
  return { ...real, open };
});

const canvas = { widthPx: 64, heightPx: 64 };
let folder: string;
let featuresDir: string;
let backbone: Backbone;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-features-'));
  backbone = await loadBackbone(await writeTinyBackbone(path.join(folder, 'backbone')));
});

beforeEach(() => {
  featuresDir = path.join(folder, `features-${count++}`);
});

afterAll(async () => {
  await closeSharedPool();
  await rm(folder, { recursive: true, force: true });
});

const openStore = (): Promise<FeatureStore> => openFeatureStore({ featuresDir, backbone, canvas });
const plainKeys = (images: readonly EngineImage[]) => images.map(({ hash }) => ({ hash, variant: 'plain' }));

/** The mean colour of one cell, 0..255. */
function cellColour(map: Float32Array, cellsWide: number, x: number, y: number): number[] {
  return [...map.subarray((y * cellsWide + x) * 3, (y * cellsWide + x) * 3 + 3)].map((value) =>
    Math.round(value * 255),
  );
}

describe('features of photographs', () => {
  it('are the cells of the upright, letterboxed photograph, rows first, and mirrored for the mirrored copy', async () => {
    const image = await drawHalves(folder, 'halves.png', 128, 64);
    const store = await openStore();
    const result = await ensureFeatures({ images: [image], variants: [PLAIN, FLIP], store, backbone });
    expect(result).toMatchObject({ computed: 2, reused: 0, failed: [] });
    expect(result.imagesPerS).toBeGreaterThan(0);
    const plain = await store.read([{ hash: image.hash, variant: 'plain' }], 's8');
    const flip = await store.read([{ hash: image.hash, variant: 'flip' }], 's8');
    expect(store.shape('s8')).toEqual({ name: 's8', stride: 8, heightCells: 8, widthCells: 8, channels: 3 });
    expect(cellColour(plain, 8, 0, 0)).toEqual([114, 114, 114]);
    expect(cellColour(plain, 8, 0, 4)).toEqual([200, 0, 0]);
    expect(cellColour(plain, 8, 7, 4)).toEqual([0, 0, 100]);
    expect(cellColour(flip, 8, 0, 4)).toEqual([0, 0, 100]);
    expect(cellColour(flip, 8, 7, 4)).toEqual([200, 0, 0]);
    await store.close();
  });

  it('follow the orientation that the camera wrote down', async () => {
    const { file } = await drawHalves(folder, 'lying.png');
    const turned = path.join(folder, 'turned.jpg');
    await sharp(file)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toFile(turned);
    const [maps] = await collect([{ id: 't', file: turned, hash: 't', widthPx: 64, heightPx: 64 }]);
    const map = maps?.get('s32') as Float32Array;
    // Turned a quarter to the right, the red left half lies on top.
    expect(cellColour(map, 2, 1, 0)[0]).toBeGreaterThan(180);
    expect(cellColour(map, 2, 0, 1)[2]).toBeGreaterThan(80);
  });

  it('of a drawn copy show what its zoom, shift and colour factors say', async () => {
    const image = await drawHalves(folder, 'zoomed.png');
    const store = await openStore();
    const near = {
      id: 'near',
      flip: false,
      zoom: 2,
      shiftXFrac: 0.25,
      shiftYFrac: 0,
      rotationDeg: 0,
      gain: [0.5, 1, 2],
    } as const;
    const far = { ...PLAIN, id: 'far', zoom: 0.5 };
    await ensureFeatures({ images: [image], variants: [near, far], store, backbone });
    const close = await store.read([{ hash: image.hash, variant: 'near' }], 's8');
    // Scaled to 128 pixels and moved 16 to the right, the photograph's middle lies at 48 of 64.
    expect(cellColour(close, 8, 0, 0)).toEqual([100, 0, 0]);
    expect(cellColour(close, 8, 5, 7)).toEqual([100, 0, 0]);
    expect(cellColour(close, 8, 7, 7)).toEqual([0, 0, 200]);
    const small = await store.read([{ hash: image.hash, variant: 'far' }], 's8');
    expect(cellColour(small, 8, 1, 4)).toEqual([114, 114, 114]);
    expect(cellColour(small, 8, 2, 4)).toEqual([200, 0, 0]);
    await store.close();
  });

  it('of a turned copy lie where the turn puts them, and its corners show what lay beside the canvas', async () => {
    const image = await drawHalves(folder, 'turned-copy.png');
    const store = await openStore();
    // Twice as large as the canvas, so that no padding can turn into it.
    const turn = { ...PLAIN, id: 'quarter', zoom: 2, rotationDeg: 90 };
    const variants = [
      turn,
      { ...turn, id: 'slant', rotationDeg: 30 },
      { ...turn, id: 'mirrored', rotationDeg: 30, flip: true },
    ];
    await ensureFeatures({ images: [image], variants, store, backbone });
    const read = (variant: string) => store.read([{ hash: image.hash, variant }], 's8');
    const quarter = await read('quarter');
    // A quarter to the right: what was left lies on top.
    for (const x of [0, 3, 7]) {
      expect(cellColour(quarter, 8, x, 0)).toEqual([200, 0, 0]);
      expect(cellColour(quarter, 8, x, 7)).toEqual([0, 0, 100]);
    }
    const [slant, mirrored] = [await read('slant'), await read('mirrored')];
    for (const [x, y, colour] of [
      [0, 0, [200, 0, 0]],
      [7, 7, [0, 0, 100]],
      [4, 0, [200, 0, 0]],
      [3, 7, [0, 0, 100]],
    ] as const) {
      expect(cellColour(slant, 8, x, y)).toEqual(colour);
      expect(cellColour(mirrored, 8, 7 - x, y)).toEqual(colour);
    }
    await store.close();
  });

  it('come from grey, 16-bit and see-through photographs too', async () => {
    const flat = (channels: 3 | 4, alpha?: number) => ({
      width: 64,
      height: 64,
      channels,
      background: { r: 90, g: 90, b: 90, ...(alpha === undefined ? {} : { alpha }) },
    });
    const files = ['grey.png', 'deep.png', 'clear.png'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    await sharp({ create: flat(3) })
      .greyscale()
      .toColourspace('b-w')
      .png()
      .toFile(files[0]);
    await sharp({ create: flat(3) })
      .toColourspace('rgb16')
      .png()
      .toFile(files[1]);
    await sharp({ create: flat(4, 1) })
      .png()
      .toFile(files[2]);
    const images = files.map((file, i) => ({ id: `${i}`, file, hash: `${i}`, widthPx: 64, heightPx: 64 }));
    for (const maps of await collect(images)) {
      expect(cellColour(maps?.get('s16') as Float32Array, 4, 2, 2)).toEqual([90, 90, 90]);
    }
  });

  it('are fed as the manifest says: mean, deviation, range and colour order', async () => {
    const other = await loadBackbone(
      await writeTinyBackbone(path.join(folder, 'bgr'), {
        mean: [10, 20, 30],
        std: [2, 4, 5],
        scale: '0..255',
        colour: 'BGR',
      }),
    );
    const frame = new Uint8Array(64 * 64 * 3);
    for (let i = 0; i < frame.length; i += 3) frame.set([100, 60, 50], i);
    const [maps] = await computeFeatures({ backbone: other, canvas, frames: [frame] });
    const map = maps?.get('s32') as Float32Array;
    expect([...map.slice(0, 3)]).toEqual([(50 - 10) / 2, (60 - 20) / 4, (100 - 30) / 5]);
  });

  it('are computed once: a second job finds them, in any order, many keys at a time', async () => {
    const images = await drawMany(folder, 20, 64);
    const first = await openStore();
    await ensureFeatures({ images, store: first, backbone });
    await first.close();
    const again = await openStore();
    expect(await ensureFeatures({ images, store: again, backbone })).toMatchObject({
      computed: 0,
      reused: 20,
    });
    const order = [...images].reverse();
    const maps = await again.read(plainKeys(order), 's32');
    expect(Array.from({ length: 20 }, (_, i) => Math.round((maps[i * 12] as number) * 255))).toEqual(
      Array.from({ length: 20 }, (_, i) => 19 - i),
    );
    const into = new Float32Array(maps.length);
    expect(await again.read(plainKeys(order), 's32', into)).toBe(into);
    await again.close();
  });

  it('stream in the order asked for, from the store where it has them, without being stored', async () => {
    const images = await drawMany(folder, 12, 64);
    const store = await openStore();
    await ensureFeatures({ images: images.slice(0, 5), store, backbone });
    const greys: number[] = [];
    for await (const item of streamFeatures({ backbone, canvas, images, store })) {
      if ('maps' in item) greys.push(Math.round((item.maps.get('s32')?.[0] as number) * 255));
    }
    expect(greys).toEqual(images.map((_, i) => i));
    expect(store.size).toBe(5);
    await store.close();
  });
});

async function collect(images: readonly EngineImage[]) {
  const all = [];
  for await (const item of streamFeatures({ backbone, canvas, images })) {
    if ('error' in item) throw item.error;
    all.push(item.maps);
  }
  return all;
}

describe('photographs that cannot be read', () => {
  it('are faults of their own with a reason, and the others are computed', async () => {
    const good = await drawMany(folder, 3, 128);
    const noise = await sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    const bad: Record<string, Uint8Array> = {
      'image/truncated': noise.subarray(0, noise.length / 3),
      'image/not-an-image': Buffer.from('these are field notes, not a photograph'),
      'image/too-large': hugePng(30_000),
    };
    const images = [...good];
    for (const [code, bytes] of Object.entries(bad)) {
      const file = path.join(folder, `${code.slice(6)}.jpg`);
      await writeFile(file, bytes);
      images.splice(1, 0, { id: code, file, hash: code, widthPx: 400, heightPx: 400 });
    }
    images.push({
      id: 'image/missing',
      file: path.join(folder, 'gone.jpg'),
      hash: 'gone',
      widthPx: 8,
      heightPx: 8,
    });
    const store = await openStore();
    const result = await ensureFeatures({ images, store, backbone });
    expect(result.computed).toBe(3);
    const codes = result.failed.map(({ imageId, error }) => `${imageId} ${error.code}`).sort();
    expect(codes).toEqual([...Object.keys(bad), 'image/missing'].sort().map((code) => `${code} ${code}`));
    for (const { error } of result.failed) expect(error.hint).not.toBe('');
    await store.close();
  });
});

/** A PNG whose header promises `side` × `side` pixels and that holds none. */
function hugePng(side: number): Uint8Array {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', Buffer.alloc(0))]);
}

describe('a store that was cut short', () => {
  async function filled(): Promise<{ images: EngineImage[]; dir: string }> {
    const images = await drawMany(folder, 20, 64);
    const store = await openStore();
    await ensureFeatures({ images, store, backbone });
    await store.close();
    return { images, dir: store.dir };
  }

  it('drops the torn last line of its index and goes on', async () => {
    const { images, dir } = await filled();
    const index = path.join(dir, 'index.tsv');
    const text = await readFile(index, 'utf8');
    await truncate(index, text.trimEnd().length - 3);
    const store = await openStore();
    expect(store.size).toBe(19);
    expect(store.dropped).toBe(1);
    expect(await ensureFeatures({ images, store, backbone })).toMatchObject({ computed: 1, reused: 19 });
    await store.close();
    const whole = await openStore();
    expect(whole.size).toBe(20);
    await whole.close();
  });

  it('drops records whose bytes are not on disk, and those whose bytes are not what was written', async () => {
    const { images, dir } = await filled();
    const shard = path.join(dir, (await readdir(dir)).find((name) => name.endsWith('.f16')) as string);
    const { size } = await stat(shard);
    await truncate(shard, size - 10);
    const bytes = await readFile(shard);
    bytes[size - Math.round(1.5 * (size / 20))] = 77;
    await writeFile(shard, bytes);
    const store = await openStore();
    expect(store.size).toBe(18);
    expect(await ensureFeatures({ images, store, backbone })).toMatchObject({ computed: 2, reused: 18 });
    await store.close();
  });

  it('is not taken for another backbone, canvas or version', async () => {
    const { dir } = await filled();
    await appendFile(path.join(dir, 'store.json'), ' ');
    await expect(openStore()).rejects.toMatchObject({ code: 'features/other-store' });
  });

  it('tells what is missing instead of giving zeros', async () => {
    const store = await openStore();
    await expect(store.read([{ hash: 'nobody', variant: 'plain' }], 's8')).rejects.toMatchObject({
      code: 'features/missing',
    });
    await expect(store.read([], 's64')).rejects.toMatchObject({ code: 'features/no-tap' });
    await store.close();
  });
});

describe('a disk that is full', () => {
  it('stops the job and leaves a store that reads and goes on later', async () => {
    const images = await drawMany(folder, 40, 64);
    const store = await openStore();
    disk.bytesLeft = store.recordBytes * 25;
    await expect(ensureFeatures({ images, store, backbone })).rejects.toMatchObject({ code: 'disk/full' });
    await store.close();
    disk.bytesLeft = Number.POSITIVE_INFINITY;
    const later = await openStore();
    expect(later.dropped).toBe(0);
    const kept = later.size;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(40);
    expect(await ensureFeatures({ images, store: later, backbone })).toMatchObject({
      computed: 40 - kept,
      reused: kept,
    });
    await later.close();
  });
});

describe('a job that is stopped', () => {
  it('keeps what it had computed', async () => {
    const images = await drawMany(folder, 60, 64);
    const store = await openStore();
    const controller = new AbortController();
    const job = ensureFeatures({
      images,
      store,
      backbone,
      signal: controller.signal,
      onProgress: ({ done }) => done >= 10 && controller.abort(),
    });
    await expect(job).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(store.size).toBeGreaterThanOrEqual(10);
    expect(store.size).toBeLessThan(60);
    await store.close();
  });
});

describe('shards', () => {
  it('end before 64 MB and are never shared by two writers', async () => {
    const store = await openFeatureStore({
      featuresDir,
      backbone: { hash: backbone.hash, taps: [{ name: 's8', stride: 8, channels: 4000 }] },
      canvas: { widthPx: 512, heightPx: 256 },
    });
    const record = new Uint8Array(store.recordBytes);
    const writers = [new FeatureWriter(store), new FeatureWriter(store)];
    for (let i = 0; i < 6; i++) {
      record.fill(i);
      await writers[i % 2]?.append({ hash: `h${i}`, variant: 'plain' }, record);
    }
    for (const writer of writers) await writer.close();
    for (const name of (await readdir(store.dir)).filter((each) => each.endsWith('.f16'))) {
      expect((await stat(path.join(store.dir, name))).size).toBeLessThanOrEqual(64 * 1024 * 1024);
    }
    const half = await store.readHalf({ hash: 'h4', variant: 'plain' }, 's8');
    expect(half[5]).toBe(0x0404);
    await store.close();
  });
});

describe('a backbone', () => {
  it('is refused when its file is not the one its manifest names', async () => {
    const dir = await writeTinyBackbone(path.join(folder, 'tampered'));
    await appendFile(path.join(dir, 'tiny.onnx'), 'x');
    await expect(loadBackbone(dir)).rejects.toMatchObject({ code: 'backbone/checksum' });
  });

  it('is missed by name when it is not there, and its manifest must be understood', async () => {
    await expect(loadBackbone(path.join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'backbone/not-found',
    });
    const dir = await writeTinyBackbone(path.join(folder, 'strange'));
    await writeFile(path.join(dir, 'manifest.json'), '{"id": 5}');
    await expect(loadBackbone(dir)).rejects.toMatchObject({ code: 'backbone/bad-manifest' });
  });

  it('is refused when ONNX Runtime cannot run it', async () => {
    const dir = await writeTinyBackbone(path.join(folder, 'no-net'), { name: 'another_input' });
    const broken = await loadBackbone(dir);
    const frame = new Uint8Array(64 * 64 * 3);
    await expect(
      computeFeatures({ backbone: { ...broken, hash: 'other' }, canvas, frames: [frame] }),
    ).rejects.toMatchObject({
      code: 'backbone/unusable',
    });
  });

  it('works on canvases of its own multiple only', () => {
    expect(() => checkCanvas(backbone, { widthPx: 640, heightPx: 384 })).not.toThrow();
    expect(() => checkCanvas(backbone, { widthPx: 640, heightPx: 360 })).toThrow(/640 × 360/);
  });

  it('embedded in the studio is found and whole', async () => {
    const embedded = await loadBackbone();
    expect(embedded.taps.map((tap) => tap.name)).toEqual(expect.arrayContaining(['s8', 's16']));
  });
});
