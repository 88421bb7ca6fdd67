/** Features of copies that nobody stores: drawn anew, computed when a batch asks for them, used once or a few times. */
import type { Backbone } from '../backbones/load-backbone.ts';
import type { EngineImage } from '../messages.ts';
import type { FeatureStore } from './feature-store.ts';
import { type FeatureKey, type FeatureSource, type TapShape, tapLength } from './feature-types.ts';
import { halfToFloat } from './half.ts';
import { withPool } from './shared-pool.ts';
import { CLOSE_UPS, type FeatureVariant } from './variants.ts';

/** A copy of a photograph that may be asked for. */
export interface FreshCopy {
  readonly image: EngineImage;
  readonly variant: FeatureVariant;
  /** True where it may be asked for again soon. */
  readonly isEchoed?: boolean;
}

/**
 * Reads what `store` holds and computes the rest from the photographs. Nothing computed here is stored; the last `kept` of the echoed copies stay in
 * memory, a record of all taps each. `find` tells which copy a key means.
 * Reading throws an item fault (`image/…`) for a photograph that cannot be read any more.
 */
export class FreshSource implements FeatureSource {
  readonly #store: FeatureStore;
  readonly #backbone: Backbone;
  readonly #find: (key: FeatureKey) => FreshCopy | undefined;
  readonly #kept: number;
  /** Records by key, the oldest first: those under way, and the echoed ones that are kept. */
  readonly #records = new Map<string, Promise<Uint8Array>>();

  constructor(options: {
    store: FeatureStore;
    backbone: Backbone;
    find: (key: FeatureKey) => FreshCopy | undefined;
    kept?: number;
  }) {
    this.#kept = options.kept ?? 0;
    this.#store = options.store;
    this.#backbone = options.backbone;
    this.#find = options.find;
  }

  get canvas() {
    return this.#store.canvas;
  }

  get taps(): readonly TapShape[] {
    return this.#store.taps;
  }

  shape(tap: string): TapShape {
    return this.#store.shape(tap);
  }

  has(key: FeatureKey): boolean {
    return this.#store.has(key) || this.#find(key) !== undefined;
  }

  async read(keys: readonly FeatureKey[], tap: string, into?: Float32Array): Promise<Float32Array> {
    const length = tapLength(this.shape(tap));
    const out = into ?? new Float32Array(keys.length * length);
    await Promise.all(
      keys.map(async (key, i) => {
        halfToFloat(await this.#readHalf(key, tap), out, i * length);
      }),
    );
    return out;
  }

  async readHalves(keys: readonly FeatureKey[], tap: string, into: Uint16Array): Promise<Uint16Array> {
    const length = tapLength(this.shape(tap));
    await Promise.all(
      keys.map(async (key, i) => {
        into.set(await this.#readHalf(key, tap), i * length);
      }),
    );
    return into;
  }

  async #readHalf(key: FeatureKey, tap: string): Promise<Uint16Array> {
    const copy = this.#store.has(key) ? undefined : this.#find(key);
    // The store says what is wrong with a key that nobody knows.
    if (copy === undefined) return await this.#store.readHalf(key, tap);
    return this.#cutTap(await this.#recordOf(key, copy), tap);
  }

  #recordOf(key: FeatureKey, { isEchoed = false, ...copy }: FreshCopy): Promise<Uint8Array> {
    const name = `${key.hash}/${key.variant}`;
    const known = this.#records.get(name);
    if (known !== undefined) return known;
    const record = this.#compute(copy);
    this.#records.set(name, record);
    const forget = (): void => void this.#records.delete(name);
    // Taps that are read together share one computation; a fault is told to whoever asks later, each time anew.
    record.then(isEchoed ? () => this.#forgetOldest() : forget, forget);
    return record;
  }

  #forgetOldest(): void {
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= this.#kept) return;
      this.#records.delete(oldest);
    }
  }

  async #compute({ image, variant }: FreshCopy): Promise<Uint8Array> {
    const size = { widthPx: image.widthPx, heightPx: image.heightPx };
    const { records } = await withPool(this.#backbone, (pool) =>
      pool.run({
        kind: 'file',
        file: image.file,
        image: size,
        canvas: this.canvas,
        variants: [variant],
      }),
    );
    return records[0] as Uint8Array;
  }

  #cutTap(record: Uint8Array, tap: string): Uint16Array {
    let start = 0;
    for (const candidate of this.taps) {
      const length = tapLength(candidate);
      if (candidate.name === tap)
        return new Uint16Array(record.buffer, record.byteOffset + start * 2, length);
      start += length;
    }
    throw new RangeError(`No tap ${tap}`);
  }
}

/** Finds the close-ups of `images` for a {@link FreshSource}: they are read once or twice, and kept nowhere. */
export function findCloseUps(images: readonly EngineImage[]): (key: FeatureKey) => FreshCopy | undefined {
  const byHash = new Map(images.map((image) => [image.hash, image]));
  return ({ hash, variant: id }) => {
    const image = byHash.get(hash);
    const variant = CLOSE_UPS.find((candidate) => candidate.id === id);
    return image === undefined || variant === undefined ? undefined : { image, variant };
  };
}
