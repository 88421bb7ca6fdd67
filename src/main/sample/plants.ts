/** What can be planted in the sample to see whether an audit finds it: a leak of any strength, and copies. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Random } from '../../core/random.ts';
import { type Boat, boats } from './boats.ts';
import type { SampleClassName } from './fish-shapes.ts';
import type { SampleImage } from './sample.ts';

/** The boats with their catches mixed: at 1 as they are, at 0 all alike, in between in proportion. Throws RangeError outside 0..1. */
export function levelBoats(leak: number): readonly Boat[] {
  if (!(leak >= 0 && leak <= 1)) throw new RangeError(`the strength of the leak is 0..1, not ${leak}`);
  // The very same objects, so that a sample without wishes is drawn byte for byte as ever.
  if (leak === 1) return boats;
  const shares = boats.reduce((sum, boat) => sum + boat.share, 0);
  const common = new Map<SampleClassName, number>();
  let [empty, heap] = [0, 0];
  for (const boat of boats) {
    const part = boat.share / shares;
    empty += boat.emptyFrac * part;
    heap += boat.heapFrac * part;
    for (const [name, share] of shareOut(boat)) common.set(name, (common.get(name) ?? 0) + share * part);
  }
  const mix = (own: number, of: number): number => leak * own + (1 - leak) * of;
  return boats.map((boat) => {
    const own = new Map(shareOut(boat));
    return {
      ...boat,
      catch: Object.fromEntries([...common].map(([name, share]) => [name, mix(own.get(name) ?? 0, share)])),
      emptyFrac: mix(boat.emptyFrac, empty),
      heapFrac: mix(boat.heapFrac, heap),
    };
  });
}

function shareOut(boat: Boat): [SampleClassName, number][] {
  const total = Object.values(boat.catch).reduce((sum, share) => sum + share, 0);
  return Object.entries(boat.catch).map(([name, share]) => [name as SampleClassName, share / total]);
}

/** Copies of pictures that are drawn already, each of another one, in turn: the same bytes, saved at quality 60, brightened by 8 %. */
export async function plantCopies(
  images: readonly SampleImage[],
  count: number,
  random: Random,
  outDir: string,
): Promise<SampleImage[]> {
  const originals = random.shuffle(images).slice(0, count);
  const copies: SampleImage[] = [];
  for (const [i, original] of originals.entries()) {
    const bytes = await readFile(join(outDir, original.fileName));
    const saved =
      i % 3 === 0
        ? bytes
        : i % 3 === 1
          ? await sharp(bytes).jpeg({ quality: 60 }).toBuffer()
          : await sharp(bytes).modulate({ brightness: 1.08 }).jpeg({ quality: 85 }).toBuffer();
    const fileName = `img_${String(images.length + i + 1).padStart(5, '0')}.jpg`;
    const path = join(outDir, fileName);
    await writeFile(`${path}.part`, saved);
    await rename(`${path}.part`, path);
    copies.push({ ...original, fileName, copyOf: original.fileName });
  }
  return copies;
}
