/** A feature store on disk filled with random half floats, in as many shards as a test wants. */
import { createRandom } from '../../src/core/random.ts';
import {
  type FeatureStore,
  openFeatureStore,
  type StoreBackbone,
} from '../../src/engine/features/feature-store.ts';
import type { FeatureKey } from '../../src/engine/features/feature-types.ts';
import { FeatureWriter } from '../../src/engine/features/feature-writer.ts';
import { testCanvas } from './drawn-features.ts';

/** Writes a record for each key, dealt into `shards` shards. The caller closes the store. */
export async function fillRandomStore(
  featuresDir: string,
  backbone: StoreBackbone,
  keys: readonly FeatureKey[],
  shards: number,
): Promise<FeatureStore> {
  const store = await openFeatureStore({ featuresDir, backbone, canvas: testCanvas });
  const random = createRandom(4);
  // Each writer fills shards of its own.
  for (let shard = 0; shard < shards; shard++) {
    const writer = new FeatureWriter(store);
    for (const key of keys.filter((_, i) => i % shards === shard)) {
      // Half floats from an eighth to two.
      const halves = Uint16Array.from({ length: store.recordBytes / 2 }, () => 0x3000 + random.int(0x1000));
      await writer.append(key, new Uint8Array(halves.buffer));
    }
    await writer.close();
  }
  return store;
}
