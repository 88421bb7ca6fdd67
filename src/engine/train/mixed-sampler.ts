/** Batches mixed of several streams in fixed shares, each stream in a seeded order of its own (lesson 7's MixIterator). */
import { createRandom } from '../../core/random.ts';
import { createVisitOrder, type SampleChoice, type Sampler } from './sampler.ts';

export interface Stream {
  /** Names its order: adding a stream moves no other. */
  readonly name: string;
  /** Part of each batch, 0..1; all together 1. */
  readonly share: number;
  /** The images it draws from, by their index. */
  readonly images: readonly number[];
  /** Copies there are of each of `images`. */
  readonly copies: readonly number[];
  /** Visits of each of `images` an epoch of the stream, whole numbers ≥ 1. */
  readonly visits: readonly number[];
}

/**
 * A pure function of seed and step, as every sampler here: each place of the endless row of visits belongs to one stream, so that every
 * batch is full, and a share that is no whole number of photographs is kept on average. `streams`: at least one, each with images. An epoch
 * is one of the first stream.
 */
export function createMixedSampler(options: {
  readonly seed: number;
  readonly batchImages: number;
  readonly streams: readonly Stream[];
}): Sampler {
  const { batchImages, streams } = options;
  const root = createRandom(options.seed);
  const orders = streams.map((stream) => createVisitOrder(stream, root.fork(`stream/${stream.name}`)));
  const choose = (visit: number): SampleChoice => {
    // The last stream takes its share of all places, the one before its share of those left, and so on.
    let place = visit;
    let left = 1;
    for (let s = streams.length - 1; s > 0; s--) {
      const { share, images } = streams[s] as Stream;
      const taken = countTaken(place, share / left);
      if (countTaken(place + 1, share / left) > taken) return pick(s, images, taken);
      place -= taken;
      left -= share;
    }
    return pick(0, (streams[0] as Stream).images, place);
  };
  const pick = (s: number, images: readonly number[], at: number): SampleChoice => {
    const { image, copy } = (orders[s] as (typeof orders)[number]).at(at);
    return { image: images[image] as number, copy };
  };
  return {
    epochVisits: Math.max(1, Math.round((orders[0]?.epochVisits ?? 1) / (streams[0]?.share ?? 1))),
    batch: (step) => Array.from({ length: batchImages }, (_, i) => choose(step * batchImages + i)),
  };
}

/** Places of the first `places` that a share of them takes. The margin keeps 16 of 60 at 16 where the share is a hair less in binary. */
function countTaken(places: number, share: number): number {
  return Math.floor(places * share + 1e-6);
}
