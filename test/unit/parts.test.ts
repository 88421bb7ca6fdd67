/** Targets, peaks and suppression: what a detector is taught and how its maps are read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeIou } from '../../src/core/geometry.ts';
import { measureChannelScale } from '../../src/engine/parts/channel-scale.layer.ts';
import { computeClassWeights } from '../../src/engine/parts/class-balance.ts';
import { type HeatLevel, makeLevelTargets } from '../../src/engine/parts/heat-targets.ts';
import { suppressOverlaps } from '../../src/engine/parts/nms.ts';
import { cutToVisible, pickPeaks } from '../../src/engine/parts/peaks.ts';
import type { CanvasBox } from '../../src/engine/recipes/recipe.ts';

const visible = { x: 0, y: 0, w: 128, h: 96 };
const level: HeatLevel = {
  name: 's8',
  stride: 8,
  heightCells: 12,
  widthCells: 16,
  minSidePx: 0,
  maxSidePx: Number.POSITIVE_INFINITY,
};
const anyBox = fc
  .record({
    x: fc.double({ min: 0, max: 100, noNaN: true }),
    y: fc.double({ min: 0, max: 70, noNaN: true }),
    w: fc.double({ min: 2, max: 120, noNaN: true }),
    h: fc.double({ min: 2, max: 90, noNaN: true }),
    classIndex: fc.integer({ min: 0, max: 2 }),
  })
  .map((box): CanvasBox => {
    const cut = cutToVisible(box, visible) ?? { x: 0, y: 0, w: 2, h: 2 };
    return { ...cut, classIndex: box.classIndex };
  });

/** What a perfect net would put out for these targets. */
function perfectOutput(targets: ReturnType<typeof makeLevelTargets>, classes: number): Float32Array {
  const heat = targets['s8/heat']?.data ?? new Float32Array();
  const box = targets['s8/box']?.data ?? new Float32Array();
  const cells = heat.length / classes;
  const out = new Float32Array(cells * (classes + 4));
  for (let cell = 0; cell < cells; cell++) {
    for (let c = 0; c < classes; c++) {
      const p = Math.min(0.999, Math.max(0.001, heat[cell * classes + c] as number));
      out[cell * (classes + 4) + c] = Math.log(p / (1 - p));
    }
    out.set(box.subarray(cell * 4, cell * 4 + 4), cell * (classes + 4) + classes);
  }
  return out;
}

describe('a detector', () => {
  test('that learnt its targets perfectly gives back any box to half a pixel', () => {
    fc.assert(
      fc.property(anyBox, (box) => {
        const targets = makeLevelTargets(level, [{ boxes: [box], ignored: [], visible }], 3);
        const values = perfectOutput(targets, 3);
        const [best] = pickPeaks({ level, classes: 3, values }, 0.9, visible);
        expect(best?.classIndex).toBe(box.classIndex);
        // Cells too far from the centre to be taught a box have a little say, too: less than half a pixel of the canvas.
        for (const side of ['x', 'y', 'w', 'h'] as const)
          expect(Math.abs((best?.[side] ?? Number.NaN) - box[side]), side).toBeLessThan(0.5);
      }),
      { numRuns: 60 },
    );
  });

  test('is taught one centre a fish, with box weights that sum to one, and nothing in the padding', () => {
    const half = { x: 0, y: 0, w: 128, h: 48 };
    const boxes = [{ x: 8, y: 4, w: 30, h: 20, classIndex: 0 }];
    const ignored = [{ x: 100, y: 0, w: 28, h: 16 }];
    const targets = makeLevelTargets(level, [{ boxes, ignored, visible: half }], 2);
    expect(targets['s8/heat']?.data.filter((value) => value === 1)).toHaveLength(1);
    expect(targets['s8/boxWeight']?.data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const seen = targets['s8/seen']?.data ?? new Float32Array();
    expect(seen.slice(6 * 16).every((value) => value === 0)).toBe(true);
    expect(seen[15]).toBe(0);
    expect(seen[0]).toBe(1);
  });

  test('keeps only the surest of suggestions that lie on one another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyBox, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 }),
        (list) => {
          const all = list.map(([box, score]) => ({ ...box, score, probabilities: [] }));
          const kept = suppressOverlaps(all, { sameClassIou: 0.5, otherClassIou: 0.8, maxDetections: 10 });
          expect(kept.length).toBeLessThanOrEqual(10);
          if (all.length > 0) expect(kept[0]?.score).toBe(Math.max(...all.map((one) => one.score)));
          kept.forEach((a, i) => {
            for (const b of kept.slice(i + 1)) {
              expect(b.score).toBeLessThanOrEqual(a.score);
              expect(computeIou(a, b)).toBeLessThanOrEqual(a.classIndex === b.classIndex ? 0.5 : 0.8);
            }
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('suggests nothing outside the photograph or of a box that is no number', () => {
    expect(cutToVisible({ x: 200, y: 0, w: 10, h: 10 }, visible)).toBeNull();
    expect(cutToVisible({ x: Number.NaN, y: 0, w: 10, h: 10 }, visible)).toBeNull();
    expect(cutToVisible({ x: -5, y: 90, w: 10, h: 10 }, visible)).toEqual({ x: 0, y: 90, w: 5, h: 6 });
  });
});

describe('balance', () => {
  test('makes rare classes weigh more, with a mean of one over all boxes', () => {
    const counts = [100, 10, 0];
    const weights = computeClassWeights(counts, 0.5);
    expect(weights[1]).toBeGreaterThan(weights[0] as number);
    const mean = counts.reduce((sum, n, c) => sum + n * (weights[c] as number), 0) / 110;
    expect(mean).toBeCloseTo(1, 5);
    expect([...computeClassWeights([0, 0], 1)]).toEqual([1, 1]);
    expect([...computeClassWeights([5, 50], 0)]).toEqual([1, 1]);
  });

  test('brings channels to a like size and leaves silent ones bounded', () => {
    const scale = measureChannelScale(Float32Array.of(2, 0, 2, 0), 2);
    expect(scale[0]).toBeCloseTo(0.5, 6);
    expect(scale[1]).toBe(100);
  });
});
