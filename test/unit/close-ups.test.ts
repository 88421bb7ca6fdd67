/** Close-ups add what is small, once, and whole; together they show all of a photograph. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeImage, toCanvasBox, toImageBox } from '../../src/engine/features/letterbox.ts';
import { CLOSE_UPS } from '../../src/engine/features/variants.ts';
import { joinCloseUps } from '../../src/engine/train/close-ups.ts';

const canvas = { widthPx: 576, heightPx: 448 };
const image = { widthPx: 1152, heightPx: 896 };
const placement = placeImage(image, canvas, CLOSE_UPS[0]);

const fish = (x: number, y: number, side: number, score: number, classIndex = 0) => ({
  x,
  y,
  w: side,
  h: side,
  score,
  classIndex,
  probabilities: classIndex === 0 ? [score, 0.1] : [0.1, score],
});
const join = (whole: ReturnType<typeof fish>[], close: ReturnType<typeof fish>[], most = 10) =>
  joinCloseUps(whole, [{ detections: close, placement }], 0.5, most);

test('every part of a photograph of any shape is in a close-up, half as large again', () => {
  const side = fc.integer({ min: 40, max: 6000 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(side, side, share, share, (widthPx, heightPx, across, down) => {
      const point = { x: across * widthPx, y: down * heightPx, w: 0, h: 0 };
      const seen = CLOSE_UPS.some((view) => {
        const { x, y } = toCanvasBox(placeImage({ widthPx, heightPx }, canvas, view), point);
        return x >= -1 && y >= -1 && x <= canvas.widthPx + 1 && y <= canvas.heightPx + 1;
      });
      expect(seen).toBe(true);
    }),
  );
  const whole = placeImage(image, canvas);
  expect(placement.scaleX / whole.scaleX).toBeCloseTo(1.5, 2);
});

test('a small fish that only the close-up saw is added, its score a little lower', () => {
  const found = join([fish(900, 300, 120, 0.8)], [fish(700, 500, 40, 0.5)]);
  expect(found.map(({ x, score }) => [x, score])).toEqual([
    [900, 0.8],
    [700, 0.45],
  ]);
  expect(found[1]?.probabilities).toEqual([0.45, 0.1 * 0.9]);
});

test('a fish that both saw stays once, as the surer of them saw it', () => {
  expect(join([fish(700, 500, 40, 0.3)], [fish(702, 501, 40, 0.6)]).map(({ x }) => x)).toEqual([702]);
  expect(join([fish(700, 500, 40, 0.6)], [fish(702, 501, 40, 0.6)]).map(({ x }) => x)).toEqual([700]);
});

test('what is large, or ends where the close-up ends, is left to the whole photograph', () => {
  expect(join([], [fish(700, 500, 140, 0.9)])).toEqual([]);
  // This one shows the corner below on the right: at its left and upper side the photograph goes on.
  const at = (x: number, y: number) => ({
    ...fish(0, 0, 1, 0.9),
    ...toImageBox(placement, { x, y, w: 20, h: 20 }),
  });
  expect(join([], [at(0, 100), at(100, 0)])).toEqual([]);
  expect(join([], [at(canvas.widthPx - 20, 100)])).toHaveLength(1);
});

test('no more than asked for are told, the surest of all views', () => {
  const found = join([fish(600, 300, 60, 0.2), fish(800, 300, 60, 0.7)], [fish(700, 500, 40, 0.5)], 2);
  expect(found.map(({ score }) => score)).toEqual([0.7, 0.45]);
});
