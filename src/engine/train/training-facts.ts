/** What is known of the labels before training starts. Pure. */
import { AppError } from '../../core/errors.ts';
import type { EngineImage, EngineInput } from '../messages.ts';
import { findLargest } from '../parts/image-class.ts';
import type { TrainingFacts } from '../recipes/recipe.ts';

/** What the labels say before training. Throws `training/no-images` when no image is to learn from, `training/no-classes` without classes. */
export function gatherFacts(
  input: Pick<EngineInput<'train'>, 'samples' | 'classes' | 'seed'>,
  fastBackend: boolean,
  budgetMs: number | null,
): TrainingFacts {
  if (input.classes.length === 0) {
    throw new AppError({
      code: 'training/no-classes',
      message: 'The project has no classes, so there is nothing to learn.',
      hint: 'Add a class and draw a few boxes.',
    });
  }
  const classes = input.classes.length;
  const boxesPerClass = new Array<number>(classes).fill(0);
  const samples = input.samples.filter((sample) => sample.split === 'train');
  for (const box of samples.flatMap((sample) => sample.boxes)) {
    if (boxesPerClass[box.classIndex] === undefined) throw unknownClass(box.classIndex);
    boxesPerClass[box.classIndex] = (boxesPerClass[box.classIndex] ?? 0) + 1;
  }
  if (samples.length === 0) throw noImages();
  const imagesPerClass = new Array<number>(classes + 1).fill(0);
  for (const { boxes } of samples) {
    const of = findLargest(boxes)?.classIndex ?? classes;
    imagesPerClass[of] = (imagesPerClass[of] ?? 0) + 1;
  }
  return {
    trainImages: samples.length,
    boxesPerClass,
    lines: samples.flatMap(({ boxes }) => boxes).filter(({ head, tail }) => head && tail).length,
    imagesPerClass,
    imageSizes: countSizes(samples.map((sample) => sample.image)),
    metadata: samples.flatMap(({ image }) => (image.metadata === undefined ? [] : [image.metadata])),
    seed: input.seed,
    fastBackend,
    budgetMs,
  };
}

/** Sizes by how many images have them; of equally common ones the smaller first, so that the order does not hang on that of the images. */
function countSizes(images: readonly EngineImage[]): TrainingFacts['imageSizes'] {
  const sizes = new Map<string, { widthPx: number; heightPx: number; images: number }>();
  for (const { widthPx, heightPx } of images) {
    const key = `${widthPx}x${heightPx}`;
    const known = sizes.get(key) ?? { widthPx, heightPx, images: 0 };
    sizes.set(key, { ...known, images: known.images + 1 });
  }
  return [...sizes.values()].sort(
    (a, b) => b.images - a.images || a.widthPx - b.widthPx || a.heightPx - b.heightPx,
  );
}

/** Nothing to learn from. */
export function noImages(): AppError {
  return new AppError({
    code: 'training/no-images',
    message: 'No labelled photograph is left to learn from, so nothing was trained.',
    hint: 'Draw boxes on a few photographs, or mark some as having no fish; check that they are not all set aside for validation.',
  });
}

function unknownClass(classIndex: number): AppError {
  return new AppError({
    code: 'training/unknown-class',
    message: 'A box belongs to a class that was not given, so nothing was trained.',
    hint: 'Give every box a class of the project.',
    details: { classIndex },
  });
}
