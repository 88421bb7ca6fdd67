/** Vectors of what lies around the boxes of photographs, for the leak test; nothing is stored. */
import { openBackbone } from '../backbones/backbone-library.ts';
import { embedSurroundings as computeVectors } from '../features/embed-surroundings.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import type { Procedure } from './procedure.ts';

export const embedSurroundings: Procedure<'embedSurroundings'> = async (input, { signal, onProgress }) => {
  const backbone = await openBackbone(input.backbone);
  let done = 0;
  return await computeVectors(input.images, backbone, () => {
    throwIfCancelled(signal);
    done += 1;
    const total = input.images.length;
    onProgress({ phase: 'Looking at backgrounds', done, total, unit: 'images', etaMs: null });
  });
};
