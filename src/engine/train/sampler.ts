/** Which copy of which photograph each step sees: a pure function of seed and step, so that a run can be taken up anywhere. */
import { createRandom, type Random } from '../../core/random.ts';
import { listVisits } from './echoes.ts';

export interface SamplerOptions {
  readonly seed: number;
  readonly images: number;
  /** Copies there are of each image. */
  readonly copies: readonly number[];
  /** Visits of each image an epoch, whole numbers ≥ 1. */
  readonly visits: readonly number[];
  readonly batchImages: number;
  /** Steps that learn from each visit's copy; left out, one. */
  readonly echoes?: number;
}

/** One place in a batch. */
export interface SampleChoice {
  readonly image: number;
  readonly copy: number;
}

export interface Sampler {
  /** Visits an epoch. */
  readonly epochVisits: number;
  /** The batch of a step; visits run on from epoch to epoch, so every batch is full. */
  batch(step: number): SampleChoice[];
}

/** Visits of images in an endless order. */
export interface VisitOrder {
  /** Visits an epoch. */
  readonly epochVisits: number;
  at(visit: number): SampleChoice;
}

/** Epochs that are remembered: a batch may straddle two, and with echoes reach back to one before. */
const EPOCHS_KEPT = 4;

/** Each epoch is a new shuffle; the copy of each visit is drawn. A pure function of `root`. Memory: a few epochs' orders. */
export function createVisitOrder(
  options: Pick<SamplerOptions, 'copies' | 'visits'>,
  root: Random,
): VisitOrder {
  const slots = options.visits.flatMap((count, image) => new Array<number>(count).fill(image));
  const orders = new Map<number, SampleChoice[]>();
  const orderOf = (epoch: number): SampleChoice[] => {
    const known = orders.get(epoch);
    if (known !== undefined) return known;
    const random = root.fork(`epoch/${epoch}`);
    const order = random
      .shuffle(slots)
      .map((image) => ({ image, copy: random.int(Math.max(1, options.copies[image] ?? 1)) }));
    for (const old of orders.keys()) if (old <= epoch - EPOCHS_KEPT) orders.delete(old);
    orders.set(epoch, order);
    return order;
  };
  return {
    epochVisits: slots.length,
    at: (visit) => orderOf(Math.floor(visit / slots.length))[visit % slots.length] as SampleChoice,
  };
}

/** All images in one {@link createVisitOrder}. */
export function createSampler(options: SamplerOptions): Sampler {
  const order = createVisitOrder(options, createRandom(options.seed));
  const plan = { batchImages: options.batchImages, echoes: options.echoes ?? 1 };
  return {
    epochVisits: order.epochVisits,
    batch: (step) => listVisits(step, plan).map((visit) => order.at(visit)),
  };
}

/**
 * Visits an epoch of each image, so that rare classes are seen more often (repeat factor, Gupta et al. 2019, LVIS): the rarest class of
 * an image decides, `(share of the commonest class / its share)^boost`, at most 4, rounded.
 */
export function computeVisits(
  classesOfImage: readonly (readonly number[])[],
  classes: number,
  boost: number,
): number[] {
  const imagesWith = new Array<number>(classes).fill(0);
  for (const list of classesOfImage) for (const c of new Set(list)) imagesWith[c] = (imagesWith[c] ?? 0) + 1;
  const most = Math.max(1, ...imagesWith);
  return classesOfImage.map((list) => {
    const factors = list.map((c) => (most / Math.max(1, imagesWith[c] ?? 1)) ** boost);
    return Math.min(4, Math.max(1, Math.round(Math.max(1, ...factors))));
  });
}
