/** In which order a model looks at photographs: those a person is about to open first. Pure. */
import type { ImageState } from '../../../core/records.ts';

/**
 * Photographs that may still be asked about before complete ones, and among each the nearest to the one that is open first, the next before
 * the one before it. `images` in the order of the list; `openId` is null where none was opened yet, which begins at the start.
 */
export function orderNearest<T extends { readonly id: string; readonly state: ImageState }>(
  images: readonly T[],
  openId: string | null,
): T[] {
  const open = Math.max(
    0,
    images.findIndex(({ id }) => id === openId),
  );
  return images
    .map((image, at) => ({
      image,
      isComplete: image.state === 'reviewed' || image.state === 'empty',
      // Twice the way, half a step longer backwards.
      way: at >= open ? 2 * (at - open) : 2 * (open - at) + 1,
    }))
    .sort((a, b) => Number(a.isComplete) - Number(b.isComplete) || a.way - b.way)
    .map(({ image }) => image);
}
