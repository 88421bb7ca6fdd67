/** What a job of drawing costs a person's hands: the claim of bench/effort, held by the tests. */
import { describe, expect, it } from 'vitest';
import { makeJob } from '../../bench/effort/job.ts';
import { playJob } from '../../bench/effort/ours.ts';
import { cheapest, peers } from '../../bench/effort/peers.ts';
import { totalOf } from '../../bench/effort/tally.ts';

describe('a job of 50 images with 200 boxes of three classes', () => {
  const job = makeJob();

  it('is what it says', () => {
    expect(job).toHaveLength(50);
    expect(job.flat()).toHaveLength(200);
    expect(new Set(job.flat().map(({ classIndex }) => classIndex))).toEqual(new Set([0, 1, 2]));
  });

  it('takes one gesture a box, one key an image and one a change of class', () => {
    const ours = playJob(job);
    expect(ours.gestures).toBe(200);
    expect(ours.presses).toBe(totalOf(ours));
  });

  it('takes fewer gestures and keys than any of the other tools in the cheapest of its ways', () => {
    const ours = totalOf(playJob(job));
    for (const { name, ways } of peers)
      expect([name, totalOf(cheapest(ways(job)).effort)]).toSatisfy(
        ([, theirs]: [string, number]) => theirs > ours,
      );
  });
});
