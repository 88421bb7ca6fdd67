/** The contest's own leak, as far as box files without photographs show it: what boxes allow of the size, and the least that the size must tell. */
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BoxedPhotograph,
  computeInformation,
  leastInformation,
  readBoxFiles,
  testFitting,
} from '../../scripts/ncfm-sizes.ts';
import { describeWithShared } from '../helpers/shared-data.ts';

describe('the least that a size tells', () => {
  const photographs = fc.array(
    fc.record({
      className: fc.constantFrom('ALB', 'BET', 'YFT'),
      /** The true size, which nobody sees, and what the boxes allow besides. */
      size: fc.nat(9),
      others: fc.uniqueArray(fc.nat(9), { maxLength: 9 }),
    }),
    { minLength: 2, maxLength: 40 },
  );
  it('is never more than what the true sizes tell, whatever boxes leave open', () => {
    fc.assert(
      fc.property(photographs, fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 9 }), (drawn, chosen) => {
        const sizes = new Set(chosen);
        const boxed = drawn.map(
          ({ className, size, others }): BoxedPhotograph => ({
            className,
            fitting: [...new Set([size, ...others])].sort((a, b) => a - b),
          }),
        );
        const share = drawn.filter(({ size }) => sizes.has(size)).length / drawn.length;
        const least = leastInformation(boxed, sizes, share);
        const true_ = computeInformation(drawn.map(({ className, size }) => [className, String(size)]));
        if (share === 0 || share === 1) expect(least).toBeNull();
        else expect(least ?? 9).toBeLessThanOrEqual(true_ + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('is all of it where boxes leave nothing open, and nothing where they leave everything open', () => {
    const of = (className: string, fitting: number[]): BoxedPhotograph => ({ className, fitting });
    const told = [of('ALB', [0]), of('ALB', [0]), of('YFT', [2]), of('YFT', [2])];
    expect(leastInformation(told, new Set([2]), 0.5)).toBeCloseTo(1, 9);
    const open = told.map(({ className }) => of(className, [0, 2]));
    expect(leastInformation(open, new Set([2]), 0.5)).toBeCloseTo(0, 9);
    expect(leastInformation(told, new Set([2]), 0.1)).toBeNull();
  });
});

describeWithShared('the box files of the fisheries contest', (shared) => {
  it('give the class away by the sizes that hold their boxes, and more than chance', () => {
    const photographs = readBoxFiles(path.join(shared, 'ncfm-boxes', 'jkjung-avt'));
    expect(photographs.length).toBeGreaterThan(3700);
    const figure = testFitting(photographs, 1);
    expect(figure?.isFound).toBe(true);
    expect(figure?.gainInterval?.low).toBeGreaterThan(0.01);
    expect(figure?.gainBits).toBeGreaterThan(figure?.shuffledGainBits ?? 9);
    expect(figure?.accuracyInterval?.low).toBeGreaterThan((figure?.majority ?? 1) - 0.02);
  }, 120_000);
});
