/** The drawn sample as labelled photographs for the engine, without a project around it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TrainingSample } from '../src/engine/messages.ts';
import type { SampleImage, SampleManifest } from '../src/main/sample/sample.ts';

/** Each picture in `folder` with its boxes; those of which `judges` is true are for judging, the rest for learning. */
export function toSamples(
  folder: string,
  { images, classes }: SampleManifest,
  judges: (image: SampleImage, index: number) => boolean,
): Promise<TrainingSample[]> {
  return Promise.all(
    images.map(async (image, index): Promise<TrainingSample> => {
      const file = path.join(folder, image.fileName);
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      const { widthPx, heightPx, group } = image;
      return {
        image: { id: image.fileName, file, hash, widthPx, heightPx, group },
        split: judges(image, index) ? 'valid' : 'train',
        boxes: image.boxes.map(({ className, box, head, tail }) => ({
          classIndex: classes.findIndex(({ name }) => name === className),
          ...box,
          head,
          tail,
        })),
      };
    }),
  );
}

/** Every n-th boat, in the order of their names. */
export function everyNthBoat({ images }: SampleManifest, n: number): ReadonlySet<string> {
  const boats = [...new Set(images.map(({ group }) => group))].sort();
  return new Set(boats.filter((_, i) => i % n === n - 1));
}
