/** How the verdicts of several models become one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recipeInfoSchema } from '../../src/core/learning.ts';
import { averageProbabilities, fuseBoxes, type Verdict } from '../../src/engine/ensemble/join.ts';
import { ensembleRecipes, readMembers } from '../../src/engine/ensemble/recipes.ts';
import type { EngineDetection } from '../../src/engine/messages.ts';
import { getRecipe, getRecipeCard, recipeCards } from '../../src/engine/recipes/list.ts';
import { describeRecipe, readParameters } from '../../src/engine/recipes/recipe.ts';

const box = (x: number, score: number, part: Partial<EngineDetection> = {}): EngineDetection => ({
  classIndex: 0,
  x,
  y: 0,
  w: 10,
  h: 10,
  score,
  probabilities: [score, 0],
  ...part,
});
const options = { overlap: 0.55, minScore: 0, maxDetections: 100 };
const says = (imageProbabilities: number[] | null): Verdict => ({ detections: [], imageProbabilities });

describe('probabilities of several models', () => {
  it('are averaged over those that say any', () => {
    expect(averageProbabilities([says([0.8, 0.2]), says(null), says([0.4, 0.6])])).toEqual([
      expect.closeTo(0.6, 12),
      0.4,
    ]);
    expect(averageProbabilities([says(null), says(null)])).toBeNull();
  });

  it('still sum to one, whatever the models say', () => {
    const shares = fc
      .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
      .map((list) => list.map((value) => value / list.reduce((a, b) => a + b, 0)));
    fc.assert(
      fc.property(fc.array(shares, { minLength: 1, maxLength: 6 }), (models) => {
        const mean = averageProbabilities(models.map(says)) ?? [];
        expect(mean.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('boxes of several models', () => {
  it('that mean one fish become one between them, nearer to the surer; by hand as the paper has it', () => {
    const line = { head: { x: 1, y: 5 }, tail: { x: 9, y: 5 } };
    const [fused, ...rest] = fuseBoxes([[box(0, 0.9)], [box(2, 0.6, line)]], options);
    expect(rest).toEqual([]);
    expect(fused).toMatchObject({ w: 10, h: 10, score: expect.closeTo(0.75, 9), ...line });
    expect(fused?.x).toBeCloseTo((0 * 0.9 + 2 * 0.6) / 1.5, 9);
    expect(fused?.probabilities[0]).toBeCloseTo((0.9 * 0.9 + 0.6 * 0.6) / 1.5, 9);
  });

  it('lose score by the share of models that did not see the fish, and go under the cut', () => {
    expect(fuseBoxes([[box(0, 0.9)], [], []], options)[0]?.score).toBeCloseTo(0.3, 9);
    expect(fuseBoxes([[box(0, 0.9)], [], []], { ...options, minScore: 0.31 })).toEqual([]);
  });

  it('stay apart when they lie apart or are of two kinds, and one fish keeps one name', () => {
    expect(fuseBoxes([[box(0, 0.9)], [box(50, 0.8)]], options)).toHaveLength(2);
    const other = { classIndex: 1, probabilities: [0, 0.8] };
    expect(fuseBoxes([[box(0, 0.9)], [box(5, 0.8, other)]], options)).toHaveLength(2);
    expect(fuseBoxes([[box(0, 0.9)], [box(0, 0.8, other)]], options).map((f) => f.classIndex)).toEqual([0]);
  });

  it('are inside what the models drew, sorted, with scores no higher than the surest model gave', () => {
    const any = fc.record({
      x: fc.double({ min: 0, max: 100, noNaN: true }),
      w: fc.double({ min: 1, max: 50, noNaN: true }),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      classIndex: fc.integer({ min: 0, max: 1 }),
    });
    const model = fc
      .array(any, { maxLength: 12 })
      .map((list) =>
        list.map(
          (one): EngineDetection => ({ ...box(one.x, one.score), w: one.w, classIndex: one.classIndex }),
        ),
      );
    fc.assert(
      fc.property(fc.array(model, { minLength: 2, maxLength: 4 }), (models) => {
        const fused = fuseBoxes(models, options);
        const all = models.flat();
        const top = Math.max(0, ...all.map(({ score }) => score));
        for (const [i, one] of fused.entries()) {
          expect(one.score).toBeLessThanOrEqual(top + 1e-9);
          expect(one.score).toBeLessThanOrEqual((fused[i - 1]?.score ?? 1) + 1e-12);
          expect(one.x).toBeGreaterThanOrEqual(Math.min(...all.map(({ x }) => x)) - 1e-9);
          expect(one.x + one.w).toBeLessThanOrEqual(Math.max(...all.map(({ x, w }) => x + w)) + 1e-9);
        }
      }),
    );
  });
});

describe.each(ensembleRecipes.map((recipe) => [recipe.id, recipe] as const))('the recipe %s', (_, recipe) => {
  it('is described as any other, says what it joins, and is no recipe to train', () => {
    const info = recipeInfoSchema.parse(JSON.parse(JSON.stringify(describeRecipe(recipe))));
    expect(info.joins).toBe(recipe.joins);
    expect(info.tagline.length).toBeLessThanOrEqual(34);
    for (const text of [info.summary, info.whenItFails, info.readingTheNumbers])
      expect(text.length).toBeGreaterThan(40);
    expect(getRecipeCard(recipe.id)).toBe(recipe);
    expect(recipeCards).toContain(recipe);
    expect(() => getRecipe(recipe.id)).toThrow(/no recipe/);
    expect(() => readParameters(recipe.id, recipe.parameters, { epochs: 1 })).toThrow(/epochs/);
  });
});

describe('the members of an ensemble', () => {
  it('are two or more different ids, and nothing that leads to another folder', () => {
    expect(readMembers({ members: ' a-1, b_2 ,' })).toEqual(['a-1', 'b_2']);
    for (const members of ['', 'a', 'a,a', 'a,../b', 'a,/etc', 'a,b c', 'a,..', 'a,b\\c', 'a,.'])
      expect(() => readMembers({ members }), members).toThrowError(/ensemble/i);
  });

  it('are refused whatever else is written there', () => {
    fc.assert(
      fc.property(fc.string(), (members) => {
        try {
          for (const id of readMembers({ members })) expect(id).toMatch(/^[\w-]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ensemble/members' });
        }
      }),
    );
  });
});
