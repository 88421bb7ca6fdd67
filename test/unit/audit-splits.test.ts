/** Splits: groups and chains stay whole, classes are spread, seeds repeat, and what follows is said. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listUnits } from '../../src/core/audit/divide-units.ts';
import {
  computeFolds,
  computeSplit,
  describeSplit,
  joinSides,
  splitRequestSchema,
} from '../../src/core/audit/split-plan.ts';
import { createRandom } from '../../src/core/random.ts';
import type { Split } from '../../src/core/records.ts';

interface Drawn {
  id: string;
  group: string | null;
  chain: string | null;
  classIds: string[];
  split: Split | null;
}

function drawImages(seed: number, count = 240, groups = 12): Drawn[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const group = random.int(groups);
    return {
      id: `i${i}`,
      group: `boat ${group}`,
      chain: random.next() < 0.1 ? `chain ${group} ${random.int(3)}` : null,
      classIds: Array.from({ length: random.int(4) }, () => random.pick(['ALB', 'ALB', 'YFT', 'DOL', 'LAG'])),
      split: null,
    };
  });
}

const ask = (part: object = {}) => splitRequestSchema.parse(part);
const apply = (images: Drawn[], sides: readonly Split[]): Drawn[] =>
  images.map((image, i) => ({ ...image, split: sides[i] ?? null }));
const names = new Map([
  ['ALB', 'Albacore'],
  ['YFT', 'Yellowfin'],
  ['DOL', 'Dolphinfish'],
  ['LAG', 'Opah'],
]);

describe('a grouped split', () => {
  it('never cuts a group or a chain, and comes near the shares, for any data', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 4, max: 40 }), (seed, groups) => {
        const images = drawImages(seed, 200, groups);
        const placed = apply(images, computeSplit(images, ask({ seed })));
        const summary = describeSplit(placed, names);
        expect([summary.cutGroups, summary.cutChains, summary.unassigned]).toEqual([[], 0, 0]);
        const share = (split: Split): number => placed.filter((image) => image.split === split).length / 200;
        if (groups >= 12) expect(Math.abs(share('train') - 0.7)).toBeLessThan(0.12);
        expect(Math.min(share('train'), share('valid'), share('test'))).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it('spreads each class nearly as the sides are sized, and is the same for the same seed', () => {
    const images = drawImages(3, 600, 30);
    const sides = computeSplit(images, ask());
    expect(computeSplit(images, ask())).toEqual(sides);
    const { sides: found } = describeSplit(apply(images, sides), names);
    for (const id of names.keys()) {
      const total = found.reduce((sum, side) => sum + (side.perClass[id] ?? 0), 0);
      expect(Math.abs((found[0]?.perClass[id] ?? 0) / total - 0.7)).toBeLessThan(0.08);
    }
  });

  it('puts a rare class that two boats catch on both sides', () => {
    const images = drawImages(4, 200, 10).map((image, i) => ({
      ...image,
      classIds: i < 4 ? ['RARE'] : ['ALB'],
      group: i < 2 ? 'boat 0' : i < 4 ? 'boat 1' : image.group,
      chain: null,
    }));
    const summary = describeSplit(apply(images, computeSplit(images, ask())), new Map([['RARE', 'Rare']]));
    expect(summary.sides.filter((side) => (side.perClass.RARE ?? 0) > 0)).toHaveLength(2);
  });

  it('leaves a locked test side as it is, and says which boats are only there', () => {
    const images = drawImages(5).map(
      (image): Drawn => ({ ...image, split: image.group === 'boat 3' ? 'test' : null, chain: null }),
    );
    const placed = apply(images, computeSplit(images, ask(), true));
    expect([...new Set(placed.filter(({ split }) => split === 'test').map(({ group }) => group))]).toEqual([
      'boat 3',
    ]);
    expect(describeSplit(placed, names).sentences).toContain('Group boat 3 is only in test.');
    const oneOut = (group: string) => computeSplit(images, ask({ way: 'one-group-out', group }), true);
    expect(() => oneOut('boat 2')).toThrow('the test side is locked, so the group boat 2 cannot join it');
    expect(apply(images, oneOut('boat 3')).filter(({ split }) => split === 'test')).toHaveLength(
      images.filter(({ group }) => group === 'boat 3').length,
    );
  });
});

describe('other splits', () => {
  it('random ones cut groups, and say so, but never chains', () => {
    const images = drawImages(6);
    const summary = describeSplit(apply(images, computeSplit(images, ask({ way: 'random' }))), names);
    expect(summary.cutGroups.length).toBeGreaterThan(6);
    expect(summary.cutChains).toBe(0);
    expect(summary.sentences.join(' ')).toContain('figures say nothing about new boats');
  });

  it('one group out makes that group the test side, with no chain reaching across', () => {
    const images = drawImages(7);
    const placed = apply(images, computeSplit(images, ask({ way: 'one-group-out', group: 'boat 2' })));
    expect(placed.filter(({ group }) => group === 'boat 2').every(({ split }) => split === 'test')).toBe(
      true,
    );
    expect(describeSplit(placed, names).cutChains).toBe(0);
    expect(() => computeSplit(images, ask({ way: 'one-group-out', group: 'none' }))).toThrow(RangeError);
    expect(() => computeSplit(images, ask({ trainFrac: 0.9, validFrac: 0.5 }))).toThrow(RangeError);
  });

  it('folds hold each group in one fold, all folds have images, and every image is in one', () => {
    const images = drawImages(8);
    const folds = computeFolds(images, 5, true, 1);
    expect(new Set(folds)).toEqual(new Set([0, 1, 2, 3, 4]));
    for (const unit of listUnits(images, true)) expect(new Set(unit.map((i) => folds[i])).size).toBe(1);
  });
});

describe('new images', () => {
  const placed = [
    { id: '1', group: 'a', chain: null, split: 'train' as const },
    { id: '2', group: 'b', chain: null, split: 'train' as const },
    { id: '3', group: 'b', chain: 'c1', split: 'test' as const },
    { id: '4', group: 'a', chain: 'cut', split: 'train' as const },
    { id: '5', group: 'c', chain: 'cut', split: 'valid' as const },
  ];
  it('join the side of their chain, else of their group; where the group is on two sides nobody guesses', () => {
    const fresh = (id: string, group: string | null, chain: string | null) => ({
      id,
      group,
      chain,
      split: null,
    });
    const joined = joinSides([
      ...placed,
      fresh('by group', 'a', null),
      fresh('by chain', 'a', 'c1'),
      fresh('group on two sides', 'b', null),
      fresh('of a new group', 'new', null),
      fresh('of none', null, null),
      fresh('chain on two sides', 'a', 'cut'),
    ]);
    expect(Object.fromEntries(joined)).toEqual({
      'by group': 'train',
      'by chain': 'test',
      'chain on two sides': 'train',
    });
  });
});
