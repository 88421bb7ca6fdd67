/** Vectors of photographs for the audit; features are computed where the store lacks them. */
import { openBackbone } from '../backbones/backbone-library.ts';
import { checkCanvas } from '../backbones/load-backbone.ts';
import { embedImages } from '../features/embed.ts';
import { ensureFeatures } from '../features/ensure-features.ts';
import { openFeatureStore } from '../features/feature-store.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import type { Procedure } from './procedure.ts';

export const embed: Procedure<'embed'> = async (input, { signal, onProgress }) => {
  const backbone = await openBackbone(input.backbone);
  checkCanvas(backbone, input.canvas);
  const store = await openFeatureStore({ featuresDir: input.featuresDir, backbone, canvas: input.canvas });
  try {
    const { failed } = await ensureFeatures({
      images: input.images.map(({ image }) => image),
      store,
      backbone,
      signal,
      onProgress,
    });
    let done = 0;
    const { whole, background } = await embedImages(input.images, store, () => {
      throwIfCancelled(signal);
      done += 1;
      onProgress({
        phase: 'Comparing photographs',
        done,
        total: input.images.length,
        unit: 'images',
        etaMs: null,
      });
    });
    return { whole, background, failed };
  } finally {
    await store.close();
  }
};
