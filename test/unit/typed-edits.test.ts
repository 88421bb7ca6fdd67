/** Numbers and words that are typed: exact where that is possible, inside the image in any case, one undo step each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeLineLengthPx, placeBox, placeLineEnd, setAttribute } from '../../src/editor/typed-edits.ts';
import { formatPx, parseNumber } from '../../src/renderer/features/annotate/typed-field.tsx';
import { driveEditor, makeBox, makeDocument, makeImage, pickRecords } from '../helpers/editor-driver.ts';

const size = { widthPx: 640, heightPx: 480 };
const lined = makeBox('a', { head: { x: 110, y: 110 }, tail: { x: 140, y: 150 } });

test('whatever number is typed, the box keeps its size inside the image', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('x' as const, 'y' as const, 'w' as const, 'h' as const),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (field, value) => {
        const { x, y, w, h } = placeBox(lined, field, value, size, 1);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(w, h)).toBeGreaterThanOrEqual(1);
        expect(x + w).toBeLessThanOrEqual(size.widthPx);
        expect(y + h).toBeLessThanOrEqual(size.heightPx);
      },
    ),
  );
});

test('left and top take the line along, width and height leave it where it is', () => {
  expect(placeBox(lined, 'x', 120.5, size, 1)).toMatchObject({ x: 120.5, w: 80, head: { x: 130.5, y: 110 } });
  expect(placeBox(lined, 'h', 20, size, 1)).toMatchObject({ y: 100, h: 20, tail: { x: 140, y: 150 } });
  expect(placeLineEnd(lined, 'head', { x: -5, y: 600 }, size).head).toEqual({ x: 0, y: 480 });
  expect(computeLineLengthPx(lined)).toBe(50);
  expect(computeLineLengthPx(makeBox('b'))).toBeUndefined();
});

test('numbers are read with point or comma and written without dust', () => {
  expect(['12.5', ' 12,5 ', '-3', '', 'fish', '1e400'].map(parseNumber)).toEqual([
    ...[12.5, 12.5, -3, undefined, undefined, undefined],
  ]);
  expect([12, 12.5, 12.015625, 0.1 + 0.2].map(formatPx)).toEqual(['12', '12.5', '12.02', '0.3']);
});

describe('what is written from fields', () => {
  const start = () =>
    driveEditor({
      document: makeDocument({
        image: makeImage('one', { state: 'labelled' }),
        boxes: [lined, makeBox('b', { locked: true })],
      }),
    });

  test('is one gesture, undone whole; writing what is there already is none', () => {
    const d = start();
    const before = pickRecords(d.editor);
    d.editor.write('Type place', { boxes: [placeBox(lined, 'w', 33, size, 1)] });
    d.editor.write('Type place', { boxes: d.editor.getSnapshot().boxes });
    expect(d.gestures.map(({ label }) => label)).toEqual(['Type place']);
    expect(d.box()?.w).toBe(33);
    d.press('Ctrl+Z');
    expect(pickRecords(d.editor)).toEqual(before);
  });

  test('leaves locked boxes and those of other images as they are', () => {
    const d = start();
    d.editor.write('Change sex', {
      boxes: [...d.editor.getSnapshot().boxes, makeBox('elsewhere')].map((box) =>
        setAttribute(box, 'sex', 'f'),
      ),
    });
    expect(d.editor.getSnapshot().boxes.map(({ id, attributes }) => [id, attributes])).toEqual([
      ['a', { sex: 'f' }],
      ['b', {}],
    ]);
  });

  test('of a photograph names only what it changes, and comes back with undo', () => {
    const d = start();
    d.editor.write('Change note', { image: { note: 'blurred' } });
    d.editor.write('Change flags', { image: { flags: ['ask'] } });
    expect(d.editor.getSnapshot().image).toMatchObject({ note: 'blurred', flags: ['ask'] });
    expect(d.gestures.map(({ diffs }) => diffs[0]?.after)).toEqual([
      { id: 'one', state: 'labelled', note: 'blurred' },
      { id: 'one', state: 'labelled', flags: ['ask'] },
    ]);
    d.press('Ctrl+Z');
    d.press('Ctrl+Z');
    expect(d.editor.getSnapshot().image).toMatchObject({ note: null, flags: null, state: 'labelled' });
  });
});
