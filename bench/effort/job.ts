/** The job that the tools are compared on: photographs, the boxes on each, and the best order to draw them in. Seeded, so that it is the same job every time. */
import type { PixelBox } from '../../src/core/geometry.ts';
import { createRandom } from '../../src/core/random.ts';

export interface JobBox extends PixelBox {
  /** Index of the class, from 0. */
  readonly classIndex: number;
}

/** One photograph, 1280 × 720 pixels, with what a person has to draw on it. */
export type JobImage = readonly JobBox[];

export const jobSize = { widthPx: 1280, heightPx: 720 } as const;
export const jobClasses = ['Yellowfin', 'Albacore', 'Shark'] as const;

/** 50 photographs with 200 boxes: each has one to seven of them, whole pixels, every class as likely as the others. */
export function makeJob(images = 50, boxes = 200, seed = 1): JobImage[] {
  const random = createRandom(seed);
  const counts = Array.from({ length: images }, () => 1);
  for (let left = boxes - images; left > 0; ) {
    const at = random.int(images);
    if ((counts[at] ?? 0) >= 7) continue;
    counts[at] = (counts[at] ?? 0) + 1;
    left -= 1;
  }
  return counts.map((count) =>
    Array.from({ length: count }, () => {
      const w = 40 + random.int(160);
      const h = 30 + random.int(90);
      return {
        x: 20 + random.int(jobSize.widthPx - w - 40),
        y: 20 + random.int(jobSize.heightPx - h - 40),
        w,
        h,
        classIndex: random.int(jobClasses.length),
      };
    }),
  );
}

/** The boxes of an image in the order that changes the class least: those of the class in hand first, then class by class. */
export function orderByClass(image: JobImage, inHand: number | null): JobBox[] {
  const rank = ({ classIndex }: JobBox): number => (classIndex === inHand ? -1 : classIndex);
  return [...image].sort((a, b) => rank(a) - rank(b));
}
