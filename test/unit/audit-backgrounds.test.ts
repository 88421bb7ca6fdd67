/** Backgrounds by colours and by what a backbone sees: which photograph is most like which. */
import { describe, expect, it } from 'vitest';
import { joinSeenBackgrounds } from '../../src/core/audit/backgrounds.ts';
import { toUnitVectors, type VectorTable } from '../../src/core/audit/near-vectors.ts';
import { createRandom } from '../../src/core/random.ts';

const count = 40;
const length = 6;

/** A vector for each row that leans towards its place, one of two. */
function lean(placeOf: (row: number) => number, strength: number, seed: number): VectorTable {
  const random = createRandom(seed);
  const values = new Float32Array(count * length);
  for (let row = 0; row < count; row++)
    for (let d = 0; d < length; d++)
      values[row * length + d] = random.gaussian() + (d === 0 ? strength * (placeOf(row) === 0 ? 1 : -1) : 0);
  return toUnitVectors({ values, length, count });
}

/** How often the row most like a row is of the same place. */
function countAlike({ values, length: n }: VectorTable, placeOf: (row: number) => number): number {
  const dot = (i: number, j: number): number =>
    Array.from({ length: n }, (_, d) => (values[i * n + d] as number) * (values[j * n + d] as number)).reduce(
      (sum, product) => sum + product,
      0,
    );
  return Array.from({ length: count }, (_, i) => i).filter((i) => {
    const others = Array.from({ length: count }, (_, j) => j).filter((j) => j !== i);
    const nearest = others.reduce((best, j) => (dot(i, j) > dot(i, best) ? j : best));
    return placeOf(nearest) === placeOf(i);
  }).length;
}

const place = (row: number): number => row % 2;

describe('backgrounds', () => {
  it('that colours do not tell apart are told apart by what a backbone sees of them', () => {
    const colours = lean(() => 0, 0, 1);
    const { values } = lean(place, 4, 2);
    const joined = joinSeenBackgrounds(colours, { length, values, known: new Uint8Array(count).fill(1) });
    expect(countAlike(colours, place)).toBeLessThan(30);
    expect(countAlike(joined as VectorTable, place)).toBeGreaterThan(34);
  });

  it('keep their colours where the backbone saw too little of a photograph, or of nearly all', () => {
    const colours = lean(place, 4, 1);
    const { values } = lean(() => 0, 0, 2);
    const known = new Uint8Array(count).fill(1);
    known[3] = 0;
    const joined = joinSeenBackgrounds(colours, { length, values: values.slice(), known }) as VectorTable;
    const row = [...joined.values.subarray(3 * joined.length, 4 * joined.length)];
    expect(row.slice(length)).toEqual(new Array(length).fill(0));
    row.slice(0, length).forEach((value, d) => {
      expect(value).toBeCloseTo(colours.values[3 * length + d] as number, 6);
    });
    expect(joinSeenBackgrounds(colours, { length, values, known: new Uint8Array(count) })).toBe(colours);
    expect(joinSeenBackgrounds(null, { length, values, known })).toBeNull();
  });
});
