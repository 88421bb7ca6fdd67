/** Maps of a batch for a net: half floats where the source has such, which are half the memory to move. */
import { allocateAligned, allocateAlignedHalves } from '../backends/aligned.ts';
import type { Numbers } from '../backends/half-tensor.ts';
import { type FeatureKey, type FeatureSource, tapLength } from './feature-types.ts';

export type NumberKind = 'floats' | 'halves';

/** Room that native TensorFlow reads where it lies. */
export function makeRoom(length: number, kind: NumberKind): Numbers {
  return kind === 'floats' ? allocateAligned(length) : allocateAlignedHalves(length);
}

/** One tap of photographs, `[keys.length, heightCells, widthCells, channels]`, in what `room` gives. Throws what `source.read` throws. */
export async function readMaps(
  source: FeatureSource,
  keys: readonly FeatureKey[],
  tap: string,
  room: (length: number, kind: NumberKind) => Numbers = makeRoom,
): Promise<Numbers> {
  const into = room(
    keys.length * tapLength(source.shape(tap)),
    source.readHalves === undefined ? 'floats' : 'halves',
  );
  if (into instanceof Float32Array) return await source.read(keys, tap, into);
  return (await source.readHalves?.(keys, tap, into)) ?? into;
}
