/** Fills the feature store of a project for these images. */
import { openBackbone } from '../backbones/backbone-library.ts';
import { checkCanvas } from '../backbones/load-backbone.ts';
import { ensureFeatures } from '../features/ensure-features.ts';
import { openFeatureStore } from '../features/feature-store.ts';
import type { Procedure } from './procedure.ts';

export const features: Procedure<'features'> = async (input, context) => {
  const { images, featuresDir, canvas } = input;
  const backbone = await openBackbone(input.backbone);
  checkCanvas(backbone, canvas);
  const store = await openFeatureStore({ featuresDir, backbone, canvas });
  try {
    return await ensureFeatures({
      images,
      store,
      backbone,
      signal: context.signal,
      onProgress: context.onProgress,
    });
  } finally {
    await store.close();
  }
};
