/** Two models on the same images: figures of both, the gain with its range, and where they differ. */
import { describe, expect, test } from 'vitest';
import { switchOff } from '../../src/contract/contrast.ts';
import { type Contrast, type ContrastInput, contrastInSteps, type Said } from '../../src/core/contrast.ts';
import { createRandom } from '../../src/core/random.ts';

const finish = (input: ContrastInput): Contrast => {
  const steps = contrastInSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};
const box = { x: 10, y: 10, w: 40, h: 40 };
const hit = (score: number): Said => ({ found: [{ classId: 'cod', box, score }], probabilities: null });
const nothing: Said = { found: [], probabilities: null };
const images = (n: number) =>
  Array.from({ length: n }, (_, i) => ({
    imageId: `i${i}`,
    group: `boat ${i % 10}`,
    hand: [{ classId: 'cod', box }],
  }));
const base = { classes: [{ id: 'cod', name: 'cod' }], suggestsBoxes: true, seed: 1 };
const figure = (contrast: Contrast, name: string) => contrast.figures.find((entry) => entry.name === name);

describe('a contrast', () => {
  test('of a model with itself is no gain at all, with a range of nothing', () => {
    const said = images(20).map((_, i) => (i % 3 === 0 ? nothing : hit(0.9)));
    const map50 = figure(
      finish({ ...base, images: images(20), runs: [{ first: said, second: said }] }),
      'map50',
    );
    expect(map50).toMatchObject({ gain: 0, interval: { low: 0, high: 0 } });
  });

  test('tells a clear gain by a range above 0, and turned round the same with the other sign', () => {
    const random = createRandom(5);
    const weak = images(60).map(() => (random.next() < 0.4 ? hit(0.8) : nothing));
    const strong = images(60).map((_, i) =>
      weak[i] === nothing && random.next() < 0.3 ? nothing : hit(0.8),
    );
    const there = finish({ ...base, images: images(60), runs: [{ first: weak, second: strong }] });
    const back = finish({ ...base, images: images(60), runs: [{ first: strong, second: weak }] });
    const [gain, loss] = [figure(there, 'map50'), figure(back, 'map50')];
    expect(gain?.interval?.low).toBeGreaterThan(0);
    expect(loss?.gain).toBeCloseTo(-(gain?.gain ?? 0));
    expect(loss?.interval?.high).toBeCloseTo(-(gain?.interval?.low ?? 0));
    expect(there.perClass).toMatchObject([{ classId: 'cod', gain: gain?.gain }]);
  });

  test('of several runs is their mean, and each run’s own gain is told', () => {
    const all = images(12);
    const every = all.map(() => hit(0.9));
    const none = all.map(() => nothing);
    const contrast = finish({
      ...base,
      images: all,
      runs: [
        { first: none, second: every },
        { first: every, second: every },
      ],
    });
    expect(figure(contrast, 'map50')).toMatchObject({ first: 0.5, second: 1, gain: 0.5, runs: [1, 0] });
  });

  test('lists the images where the two differ most first, and judges whole images where that is what is said', () => {
    const all = images(3);
    const sure = (right: boolean): Said => ({ found: [], probabilities: right ? [0.9, 0.1] : [0.2, 0.8] });
    const contrast = finish({
      ...base,
      suggestsBoxes: false,
      images: all,
      runs: [
        { first: [sure(true), sure(true), sure(false)], second: [sure(true), sure(false), sure(false)] },
      ],
    });
    expect(figure(contrast, 'classAcc')).toMatchObject({ first: 2 / 3, second: 1 / 3 });
    expect(figure(contrast, 'map50')?.gain).toBeNull();
    expect(contrast.images[0]).toMatchObject({
      imageId: 'i1',
      first: { right: true },
      second: { right: false },
    });
    expect(contrast.perClass).toEqual([]);
  });
});

test('a switch that is off leaves all else as it was asked, and is none where the recipe lacks it', () => {
  const request = { recipe: 'detector', parameters: { copies: 4, depth: 3 }, seed: 7, minutes: 1 };
  expect(switchOff('augmentation', request, { copies: -1, flip: true, depth: 2 })).toEqual({
    ...request,
    parameters: { copies: 0, flip: false, depth: 3 },
  });
  expect(switchOff('pseudo-labels', request, { copies: -1 })).toBeUndefined();
});
