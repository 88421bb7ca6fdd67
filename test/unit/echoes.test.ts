/** Batches in which copies that were just drawn stand beside some that earlier steps learnt from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFeatureStore } from '../../src/engine/features/feature-store.ts';
import { FreshSource } from '../../src/engine/features/fresh-source.ts';
import { PLAIN } from '../../src/engine/features/variants.ts';
import { countKept, listVisits } from '../../src/engine/train/echoes.ts';
import { createSampler } from '../../src/engine/train/sampler.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';

const STEPS = 120;
const plans = fc.record({
  batchImages: fc.integer({ min: 1, max: 32 }),
  echoes: fc.integer({ min: 1, max: 8 }),
});
const listSteps = (plan: { batchImages: number; echoes: number }): number[][] =>
  Array.from({ length: STEPS }, (_, step) => listVisits(step, plan));

describe('data echoing', () => {
  it('fills every batch, never with one copy twice, and skips no visit', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const steps = listSteps(plan);
        for (const visits of steps) {
          expect(visits).toHaveLength(plan.batchImages);
          expect(new Set(visits).size).toBe(plan.batchImages);
        }
        const seen = [...new Set(steps.flat())].sort((a, b) => a - b);
        expect(seen).toEqual(seen.map((_, i) => i));
      }),
      { numRuns: 60 },
    );
  });

  it('learns from a copy at most as often as it is told, and in the long run from nearly as few as that allows', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const uses = new Map<number, number>();
        for (const visit of listSteps(plan).flat()) uses.set(visit, (uses.get(visit) ?? 0) + 1);
        expect(Math.max(...uses.values())).toBeLessThanOrEqual(plan.echoes);
        const { batchImages } = plan;
        const echoes = Math.min(plan.echoes, batchImages);
        const fresh = Math.max(...listVisits(1000, plan)) - Math.max(...listVisits(999, plan));
        expect(fresh).toBe(batchImages - (echoes - 1) * Math.floor(batchImages / echoes));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a sampler without echoes as it was', () => {
    expect(listSteps({ batchImages: 3, echoes: 1 })[7]).toEqual([21, 22, 23]);
    expect(countKept({ batchImages: 8, echoes: 1 })).toBe(0);
  });

  it('shows every photograph alike often, also where an epoch is shorter than the way back', () => {
    const images = 5;
    const ones = new Array<number>(images).fill(1);
    const options = { seed: 3, images, copies: ones.map(() => 9), visits: ones, batchImages: 4, echoes: 3 };
    const sampler = createSampler(options);
    const seen = new Array<number>(images).fill(0);
    for (let step = 0; step < 200; step++)
      for (const { image } of sampler.batch(step)) seen[image] = (seen[image] ?? 0) + 1;
    expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(40);
    // Taken up anywhere, it is the same.
    expect(createSampler(options).batch(150)).toEqual(sampler.batch(150));
  });

  it('wants no copy again that is not among those kept', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const kept: number[] = [];
        const known = new Set<number>();
        for (const visits of listSteps(plan)) {
          for (const visit of visits) {
            if (known.has(visit)) expect(kept).toContain(visit);
            else {
              known.add(visit);
              kept.push(visit);
            }
          }
          kept.splice(0, Math.max(0, kept.length - countKept(plan)));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('copies that nobody stores', () => {
  it('are computed once where they are echoed, as long as they are among the last ones, and anew where not', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-echo-'));
    const backbone = convBackbone();
    const canvas = { widthPx: 64, heightPx: 64 };
    const image = await drawHalves(folder, 'a.png');
    const store = await openFeatureStore({ featuresDir: path.join(folder, 'features'), backbone, canvas });
    try {
      const kept = { image, variant: { ...PLAIN, id: 'kept' }, isEchoed: true };
      const passing = { image, variant: { ...PLAIN, id: 'passing' } };
      const find = ({ variant }: { variant: string }) =>
        variant.startsWith('passing') ? passing : { ...kept, variant: { ...PLAIN, id: variant } };
      const source = new FreshSource({ store, backbone, find, kept: 2 });
      const tap = backbone.taps[0]?.name ?? '';
      const read = (variant: string) => source.read([{ hash: image.hash, variant }], tap);
      const first = await read('kept');
      await read('passing');
      await rm(image.file);
      expect(await read('kept')).toEqual(first);
      await expect(read('passing')).rejects.toMatchObject({ code: 'image/missing' });
      // Two that cannot be computed do not push out what is there: they are forgotten at once.
      await expect(read('kept-2')).rejects.toMatchObject({ code: 'image/missing' });
      expect(await read('kept')).toEqual(first);
    } finally {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
