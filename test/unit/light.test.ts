/** Looking at a photograph in another light: what each value becomes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeLocalTables, computeToneCurve, isNeutral, neutralLight } from '../../src/core/light.ts';

const light = fc.record({
  brightness: fc.double({ min: -1, max: 1, noNaN: true }),
  contrast: fc.double({ min: -1, max: 1, noNaN: true }),
  gamma: fc.double({ min: 0.2, max: 5, noNaN: true }),
  local: fc.constant(0),
});
const isRising = (values: ArrayLike<number>): boolean =>
  Array.from(values).every((value, i, all) => i === 0 || value >= (all[i - 1] ?? 0));

describe('the tone curve', () => {
  test('changes nothing when nothing is asked', () => {
    expect(isNeutral(neutralLight)).toBe(true);
    expect([...computeToneCurve(neutralLight)]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });

  test('never turns dark into light', () => {
    fc.assert(fc.property(light, (one) => isRising(computeToneCurve(one))));
  });

  test('does what its names say', () => {
    const at = (value: number, change: object) =>
      computeToneCurve({ ...neutralLight, ...change })[value] ?? 0;
    expect(at(100, { brightness: 0.2 })).toBe(151);
    expect(at(60, { gamma: 2 })).toBeGreaterThan(110);
    expect([at(0, { contrast: -1 }), at(255, { contrast: -1 })]).toEqual([128, 128]);
    expect([at(100, { contrast: 0.5 }), at(155, { contrast: 0.5 })]).toEqual([59, 196]);
  });
});

describe('local contrast', () => {
  test('keeps order and range in every tile, for any picture', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.nat(255)),
        (width, height, values) => {
          const luma = Uint8Array.from({ length: width * height }, () => values.next().value ?? 0);
          const tables = computeLocalTables(luma, width, height);
          for (let tile = 0; tile < 64; tile += 1) {
            const table = tables.subarray(tile * 256, tile * 256 + 256);
            expect(isRising(table)).toBe(true);
            expect(table[255]).toBe(255);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('spreads a dull tile, and spreads it less where the limit is lower', () => {
    const luma = Uint8Array.from({ length: 256 * 256 }, (_, i) => 100 + (i % 20));
    const spread = (clip: number): number => {
      const tables = computeLocalTables(luma, 256, 256, clip);
      return (tables[119] ?? 0) - (tables[100] ?? 0);
    };
    expect(spread(1)).toBeLessThan(45);
    expect(spread(3)).toBeGreaterThan(60);
    expect(spread(100)).toBeGreaterThan(200);
  });
});
