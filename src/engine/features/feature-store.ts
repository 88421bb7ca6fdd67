/**
 * Feature maps on disk, computed once and read for ever: `features/<backbone-hash>-<W>x<H>/` holds `store.json`, half-float shards of
 * at most 64 MB and an append-only index. A record is all taps of one copy of one photograph, NHWC, one after another, of fixed size.
 * A record exists when its index line does, and the line is written after the record's bytes have reached the disk.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import { entryKey, INDEX_FILE, type IndexEntry, parseIndex } from './feature-index.ts';
import { type FeatureKey, type FeatureSource, type TapShape, tapLength, tapShapes } from './feature-types.ts';
import { halfToFloat } from './half.ts';
import { ShardFiles } from './shard-files.ts';

const STORE_FORMAT = 1;
const BYTES_PER_VALUE = 2;
/** Newest records whose bytes are checked against their checksum when a store opens: those a power cut could have caught. */
const CHECKED_AT_OPEN = 4;

/** What a store needs to know about a backbone. */
export interface StoreBackbone {
  readonly hash: string;
  readonly taps: Parameters<typeof tapShapes>[0];
}

interface StoreHeader {
  readonly format: number;
  readonly backbone: string;
  readonly canvas: Canvas;
  readonly taps: readonly TapShape[];
}

/** The folder of a backbone's features inside a project's `features/`. */
export function storeFolder(featuresDir: string, backboneHash: string, canvas: Canvas): string {
  return path.join(featuresDir, `${backboneHash.slice(0, 16)}-${canvas.widthPx}x${canvas.heightPx}`);
}

/** An open store. Reading is safe while one writer appends. */
export class FeatureStore implements FeatureSource {
  readonly dir: string;
  readonly canvas: Canvas;
  readonly taps: readonly TapShape[];
  /** Bytes of one record. */
  readonly recordBytes: number;
  /** Index lines that could not be read when the store was opened, and records whose bytes were not what the index says. */
  readonly dropped: number;
  readonly #entries: Map<string, IndexEntry>;
  readonly #files: ShardFiles;

  constructor(dir: string, header: StoreHeader, entries: Map<string, IndexEntry>, dropped: number) {
    this.dir = dir;
    this.canvas = header.canvas;
    this.taps = header.taps;
    this.recordBytes = header.taps.reduce((sum, tap) => sum + tapLength(tap), 0) * BYTES_PER_VALUE;
    this.dropped = dropped;
    this.#entries = entries;
    this.#files = new ShardFiles(dir);
  }

  /** Shards held open now. */
  get openShards(): number {
    return this.#files.openCount;
  }

  /** Number of records. */
  get size(): number {
    return this.#entries.size;
  }

  has(key: FeatureKey): boolean {
    return this.#entries.has(entryKey(key.hash, key.variant));
  }

  shape(tap: string): TapShape {
    const found = this.taps.find((candidate) => candidate.name === tap);
    if (found !== undefined) return found;
    throw new AppError({
      code: 'features/no-tap',
      message: `The backbone has no tap named "${tap}", so these features cannot be read.`,
      hint: `Choose one of: ${this.taps.map((candidate) => candidate.name).join(', ')}.`,
      details: { tap },
    });
  }

  async read(keys: readonly FeatureKey[], tap: string, into?: Float32Array): Promise<Float32Array> {
    const length = tapLength(this.shape(tap));
    const out = into ?? new Float32Array(keys.length * length);
    if (out.length < keys.length * length)
      throw new RangeError('The array given is too short for these keys');
    await Promise.all(
      keys.map(async (key, i) => {
        halfToFloat(await this.readHalf(key, tap), out, i * length);
      }),
    );
    return out;
  }

  async readHalves(keys: readonly FeatureKey[], tap: string, into: Uint16Array): Promise<Uint16Array> {
    const { startBytes, length } = this.#tapPlace(tap);
    const bytesOf = (i: number): Uint8Array =>
      new Uint8Array(into.buffer, into.byteOffset + i * length * BYTES_PER_VALUE, length * BYTES_PER_VALUE);
    await Promise.all(keys.map((key, i) => this.#readBytes(key, bytesOf(i), startBytes)));
    return into;
  }

  /** One feature map as stored. Throws `features/missing` for an absent key, `features/damaged` when its bytes are gone. */
  async readHalf(key: FeatureKey, tap: string): Promise<Uint16Array> {
    const { startBytes, length } = this.#tapPlace(tap);
    const half = new Uint16Array(length);
    await this.#readBytes(key, new Uint8Array(half.buffer), startBytes);
    return half;
  }

  /** All taps as stored, one after another, in one read. Throws what {@link FeatureStore.readHalf} throws. */
  async readRecord(key: FeatureKey): Promise<Uint8Array> {
    const record = new Uint8Array(this.recordBytes);
    await this.#readBytes(key, record, 0);
    return record;
  }

  async #readBytes(key: FeatureKey, into: Uint8Array, startBytes: number): Promise<void> {
    const entry = this.#entries.get(entryKey(key.hash, key.variant));
    if (entry === undefined) {
      throw new AppError({
        code: 'features/missing',
        message: 'The features of a photograph were asked for before they were computed.',
        hint: 'Compute the features again; those already there are kept.',
        details: { ...key },
      });
    }
    if (!(await this.#files.read(entry.shard, into, entry.slot * this.recordBytes + startBytes))) {
      this.#entries.delete(entryKey(key.hash, key.variant));
      throw new AppError({
        code: 'features/damaged',
        message:
          'Stored features of a photograph are cut short on disk. Photographs and labels are not affected.',
        hint: 'Compute the features again: only what is missing is computed.',
        details: { ...key, shard: entry.shard },
      });
    }
  }

  /** Makes a record known to this process once the writer has written its bytes. */
  add(entry: IndexEntry): void {
    this.#entries.set(entryKey(entry.hash, entry.variant), entry);
  }

  /** Closes all files. The store may not be read afterwards. */
  async close(): Promise<void> {
    await this.#files.close();
  }

  #tapPlace(tap: string): { startBytes: number; length: number } {
    let start = 0;
    for (const candidate of this.taps) {
      if (candidate.name === tap)
        return { startBytes: start * BYTES_PER_VALUE, length: tapLength(candidate) };
      start += tapLength(candidate);
    }
    throw new RangeError(`No tap ${this.shape(tap).name}`);
  }
}

/**
 * Opens the store of a backbone on a canvas, creating it where absent. What a stopped write left behind (torn index line, shard shorter
 * than the index says) is left out and computed again. Throws `features/other-store` when the folder holds something else.
 */
export async function openFeatureStore(options: {
  featuresDir: string;
  backbone: StoreBackbone;
  canvas: Canvas;
}): Promise<FeatureStore> {
  const dir = storeFolder(options.featuresDir, options.backbone.hash, options.canvas);
  const header: StoreHeader = {
    format: STORE_FORMAT,
    backbone: options.backbone.hash,
    canvas: options.canvas,
    taps: tapShapes(options.backbone.taps, options.canvas),
  };
  await mkdir(dir, { recursive: true });
  await ensureHeader(dir, header);
  const { entries, torn } = parseIndex(await readIndex(dir));
  const recordBytes = header.taps.reduce((sum, tap) => sum + tapLength(tap), 0) * BYTES_PER_VALUE;
  const lost = await dropUnbacked(dir, entries, recordBytes);
  return new FeatureStore(dir, header, entries, torn + lost);
}

async function readIndex(dir: string): Promise<string> {
  try {
    return await readFile(path.join(dir, INDEX_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

async function ensureHeader(dir: string, header: StoreHeader): Promise<void> {
  const file = path.join(dir, 'store.json');
  const wanted = JSON.stringify(header);
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) {
    const draft = `${file}.${process.pid}.tmp`;
    await writeFile(draft, wanted, { flush: true });
    await rename(draft, file);
    return;
  }
  if (found === wanted) return;
  throw new AppError({
    code: 'features/other-store',
    message:
      'The feature folder of this project was written for another backbone, canvas or version. Nothing was changed.',
    hint: `Move the folder ${dir} away; the features are computed again.`,
    details: { dir },
  });
}

/** Removes entries whose bytes are not on disk; returns how many. */
async function dropUnbacked(
  dir: string,
  entries: Map<string, IndexEntry>,
  recordBytes: number,
): Promise<number> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(dir)) {
    if (name.endsWith('.f16')) sizes.set(name, (await stat(path.join(dir, name))).size);
  }
  let lost = 0;
  for (const [key, entry] of entries) {
    if ((entry.slot + 1) * recordBytes <= (sizes.get(entry.shard) ?? 0)) continue;
    entries.delete(key);
    lost++;
  }
  const files = new ShardFiles(dir);
  const bytes = new Uint8Array(recordBytes);
  for (const [key, entry] of [...entries].slice(-CHECKED_AT_OPEN)) {
    const whole = await files.read(entry.shard, bytes, entry.slot * recordBytes);
    if (whole && crc32(bytes) === entry.crc) continue;
    entries.delete(key);
    lost++;
  }
  await files.close();
  return lost;
}
