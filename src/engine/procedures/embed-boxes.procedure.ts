/** Vectors of boxes, to sort crops by likeness; photographs without stored features are left unknown, so that it is quick. */
import { openBackbone } from '../backbones/backbone-library.ts';
import { checkCanvas } from '../backbones/load-backbone.ts';
import { embedBoxes as computeVectors } from '../features/embed-boxes.ts';
import { openFeatureStore } from '../features/feature-store.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import type { Procedure } from './procedure.ts';

export const embedBoxes: Procedure<'embedBoxes'> = async (input, { signal }) => {
  const backbone = await openBackbone(input.backbone);
  checkCanvas(backbone, input.canvas);
  const store = await openFeatureStore({ featuresDir: input.featuresDir, backbone, canvas: input.canvas });
  try {
    return await computeVectors(input.images, store, () => throwIfCancelled(signal));
  } finally {
    await store.close();
  }
};
