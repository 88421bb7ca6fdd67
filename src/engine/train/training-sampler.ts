/** The sampler a run's schedule asks for: labelled photographs in one stream, or mixed with those that nobody labelled. */
import { AppError } from '../../core/errors.ts';
import type { WantedCopy } from '../features/background-copies.ts';
import type { FeatureVariant } from '../features/variants.ts';
import type { TrainingSchedule } from '../recipes/training-schedule.ts';
import type { TrainingItem } from './batches.ts';
import { createMixedSampler, type Stream } from './mixed-sampler.ts';
import { computeVisits, createSampler, type Sampler } from './sampler.ts';

/** How much more often the second stream shows rare classes: all classes alike. */
const SECOND_RARE_BOOST = 1;

export interface SampledRun {
  readonly seed: number;
  readonly classes: readonly unknown[];
  readonly trainItems: readonly TrainingItem[];
  readonly pseudoItems?: readonly TrainingItem[];
}

/** Images are counted through `trainItems`, then `pseudoItems`. Throws `training/no-pseudo-labels` for a mix without the latter. */
export function createTrainingSampler(
  { seed, classes, trainItems, pseudoItems = [] }: SampledRun,
  schedule: Pick<TrainingSchedule, 'batchImages' | 'rareBoost' | 'mix' | 'echoes'>,
): Sampler {
  const { batchImages, rareBoost, mix, echoes = 1 } = schedule;
  const classesOfImage = trainItems.map((item) => item.sample.boxes.map((box) => box.classIndex));
  const copies = trainItems.map((item) => item.variants.length);
  const visits = computeVisits(classesOfImage, classes.length, rareBoost);
  if (mix === undefined)
    return createSampler({ seed, images: trainItems.length, copies, visits, batchImages, echoes });
  if (pseudoItems.length === 0) throw noPseudoLabels();
  const images = trainItems.map((_, i) => i);
  const streams: Stream[] = [
    { name: 'labelled', share: 1 - mix.second - mix.pseudo, images, copies, visits },
    {
      name: 'second',
      share: mix.second,
      images,
      copies,
      visits: computeVisits(classesOfImage, classes.length, SECOND_RARE_BOOST),
    },
    {
      name: 'pseudo',
      share: mix.pseudo,
      images: pseudoItems.map((_, i) => trainItems.length + i),
      copies: pseudoItems.map((item) => item.variants.length),
      visits: pseudoItems.map(() => 1),
    },
  ];
  return createMixedSampler({ seed, batchImages, streams: streams.filter(({ share }) => share > 0) });
}

/** Steps looked ahead in a run whose end hangs on the clock: by then every copy of a photograph has most likely been asked for. */
const EPOCHS_AHEAD = 40;

/**
 * Every copy in the order in which a run of so many steps (null: as time allows) first asks for it. With a number of steps, no copy that it
 * never asks for.
 */
export function* listWanted(
  run: SampledRun,
  schedule: Pick<TrainingSchedule, 'batchImages' | 'rareBoost' | 'mix'>,
  steps: number | null,
): Generator<WantedCopy, void> {
  const items = [...run.trainItems, ...(run.pseudoItems ?? [])];
  // One of its own: it forgets the epochs behind it.
  const sampler = createTrainingSampler(run, schedule);
  const ahead = steps ?? Math.ceil((EPOCHS_AHEAD * sampler.epochVisits) / schedule.batchImages);
  for (let step = 0; step < ahead; step++) {
    for (const { image, copy } of sampler.batch(step)) {
      const { sample, variants } = items[image] as TrainingItem;
      yield { image: sample.image, variant: variants[copy] as FeatureVariant };
    }
  }
}

function noPseudoLabels(): AppError {
  return new AppError({
    code: 'training/no-pseudo-labels',
    message:
      'The plan mixes in photographs that nobody labelled, and none of them is left to learn from, so nothing was trained.',
    hint: 'Set pseudoShare to 0, or check that photographs without labels can be read.',
  });
}
