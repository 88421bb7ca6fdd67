/** Features of copies that nobody stores: drawn anew, computed when a batch asks for them, used once. */
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
}

/**
 * Reads what `store` holds and computes the rest from the photographs; nothing computed here is kept. `find` tells which copy a key means.
 * Reading throws an item fault (`image/…`) for a photograph that cannot be read any more.
 */
export class FreshSource implements FeatureSource {
  readonly #store: FeatureStore;
  readonly #backbone: Backbone;
  readonly #find: (key: FeatureKey) => FreshCopy | undefined;

  constructor(options: {
    store: FeatureStore;
    backbone: Backbone;
    find: (key: FeatureKey) => FreshCopy | undefined;
  }) {
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
        const copy = this.#store.has(key) ? undefined : this.#find(key);
        // The store says what is wrong with a key that nobody knows.
        const half =
          copy === undefined ? await this.#store.readHalf(key, tap) : await this.#compute(copy, tap);
        halfToFloat(half, out, i * length);
      }),
    );
    return out;
  }

  async #compute({ image, variant }: FreshCopy, tap: string): Promise<Uint16Array> {
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
    const [record] = records as [Uint8Array];
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
