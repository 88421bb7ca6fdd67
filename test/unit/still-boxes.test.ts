/** What a drag draws anew: the box in the hand, and nothing that lies still. */
import { describe, expect, it } from 'vitest';
import { createBoxSplitter } from '../../src/renderer/canvas/still-boxes.ts';
import { driveEditor, makeBox, makeDocument, makeImage } from '../helpers/editor-driver.ts';

const one = makeBox('one', { x: 20, y: 20 });
const two = makeBox('two', { x: 300, y: 300 });
const middleOf = ({ x, y, w, h }: typeof one) => ({ x: x + w / 2, y: y + h / 2 });

describe('boxes that lie still', () => {
  it('are the same list throughout a drag of another box', () => {
    const hand = driveEditor({ document: makeDocument({ boxes: [one, two] }) });
    const split = createBoxSplitter();
    const look = () => split(hand.editor.getSnapshot());
    expect(look().still).toHaveLength(2);
    const { x, y } = middleOf(one);
    hand.down({ x, y });
    hand.move({ x: x + 20, y });
    const first = look();
    expect(first.still.map(({ id }) => id)).toEqual(['two']);
    expect(first.moving.map(({ id }) => id)).toEqual(['one']);
    hand.move({ x: x + 40, y: y + 5 });
    const second = look();
    expect(second.still).toBe(first.still);
    expect(second.moving[0]?.x).toBeGreaterThan(first.moving[0]?.x ?? 0);
    hand.up({ x: x + 40, y: y + 5 });
    expect(look()).toEqual({ still: hand.editor.getSnapshot().boxes, moving: [] });
  });

  it('are told from the moved ones however many are dragged, and all again when the drag is dropped', () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      makeBox(`b${i}`, { x: 10 + i * 50, y: 20, w: 40, h: 40 }),
    );
    for (const count of [1, 3, 12]) {
      const hand = driveEditor({ document: makeDocument({ boxes: many }) });
      const split = createBoxSplitter();
      split(hand.editor.getSnapshot());
      const ids = many.slice(0, count).map(({ id }) => id);
      hand.editor.select(ids);
      hand.down({ x: 30, y: 40 });
      for (const step of [10, 20, 35]) {
        hand.move({ x: 30, y: 40 + step });
        const { still, moving } = split(hand.editor.getSnapshot());
        expect(moving.map(({ id, y }) => [id, y])).toEqual(ids.map((id) => [id, 20 + step]));
        expect(still).toEqual(many.slice(count));
        // The list of the editor has each in its place.
        expect(hand.editor.getSnapshot().boxes.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
      }
      hand.press('Escape');
      expect(split(hand.editor.getSnapshot())).toEqual({ still: many, moving: [] });
    }
  });

  it('are all but the new one while a box is drawn, and all again when it is dropped', () => {
    const hand = driveEditor({ document: makeDocument({ boxes: [one, two] }) });
    const split = createBoxSplitter();
    split(hand.editor.getSnapshot());
    hand.press('W');
    hand.down({ x: 400, y: 50 });
    hand.move({ x: 480, y: 120 });
    const drawing = split(hand.editor.getSnapshot());
    expect([drawing.still.length, drawing.moving.length]).toEqual([2, 1]);
    hand.press('Escape');
    expect(split(hand.editor.getSnapshot())).toEqual({ still: [one, two], moving: [] });
  });

  it('are those of the image that is shown', () => {
    const hand = driveEditor({ document: makeDocument({ boxes: [one, two] }) });
    const split = createBoxSplitter();
    split(hand.editor.getSnapshot());
    const other = makeBox('other', { imageId: 'next' });
    hand.editor.open(makeDocument({ image: makeImage('next'), boxes: [other] }));
    expect(split(hand.editor.getSnapshot())).toEqual({ still: [other], moving: [] });
  });
});
