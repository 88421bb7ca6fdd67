/** Editing of boxes that are there: several at once, in line, copied, locked, above and below, on this image and on others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeSpreadOffsets } from '../../src/editor/arrange.ts';
import { driveEditor, makeBox, makeDocument, makeImage, pickRecords } from '../helpers/editor-driver.ts';

const labelled = makeImage('one', { state: 'labelled' });
const three = [
  makeBox('a', { x: 100, y: 100, w: 80, h: 60 }),
  makeBox('b', { x: 300, y: 150, w: 40, h: 30 }),
  makeBox('c', { x: 500, y: 300, w: 60, h: 90 }),
];
const start = (boxes = three) => driveEditor({ document: makeDocument({ image: labelled, boxes }) });
const other = (boxes = [] as typeof three, size = {}) =>
  makeDocument({ image: makeImage('two', size), boxes: boxes.map((box) => ({ ...box, imageId: 'two' })) });
type D = ReturnType<typeof start>;
const places = (d: D) => d.editor.getSnapshot().boxes.map(({ x, y, w, h }) => [x, y, w, h]);
const ids = (d: D) => d.editor.getSnapshot().boxes.map(({ id }) => id);

describe('alignment', () => {
  test.each([
    ['left', [100, 100, 100], [100, 150, 300]],
    ['centre', [290, 310, 300], [100, 150, 300]],
    ['right', [480, 520, 500], [100, 150, 300]],
    ['top', [100, 300, 500], [100, 100, 100]],
    ['middle', [100, 300, 500], [215, 230, 200]],
    ['bottom', [100, 300, 500], [330, 360, 300]],
    ['spreadAcross', [100, 320, 500], [100, 150, 300]],
    ['spreadDown', [100, 300, 500], [100, 215, 300]],
  ])('%s of three boxes is one undo step', (end, xs, ys) => {
    const d = start();
    const before = pickRecords(d.editor);
    d.press('Ctrl+A');
    d.editor.run(`align.${end}`);
    expect(d.editor.getSnapshot().boxes.map(({ x }) => x)).toEqual(xs);
    expect(d.editor.getSnapshot().boxes.map(({ y }) => y)).toEqual(ys);
    expect(d.gestures).toHaveLength(1);
    d.press('Ctrl+Z');
    expect(pickRecords(d.editor)).toEqual(before);
  });

  test('one box alone is brought into line with the image', () => {
    const d = start();
    d.editor.select(['b']);
    d.editor.run('align.bottom');
    d.editor.run('align.centre');
    expect(places(d)[1]).toEqual([300, 450, 40, 30]);
  });

  test('spreading leaves the outermost where they are and makes all gaps equal', () => {
    const middle = (one?: { x: number; w: number }): number => (one?.x ?? 0) + (one?.w ?? 0) / 2;
    const box = fc.record({
      x: fc.integer({ min: 0, max: 500 }),
      y: fc.constant(0),
      w: fc.integer({ min: 1, max: 60 }),
      h: fc.constant(10),
    });
    fc.assert(
      fc.property(fc.array(box, { minLength: 3, maxLength: 8 }), (boxes) => {
        const offsets = computeSpreadOffsets(boxes, 'x');
        const order = boxes.map((_, i) => i).sort((a, b) => middle(boxes[a]) - middle(boxes[b]));
        const moved = order.map((i) => ({
          x: (boxes[i]?.x ?? 0) + (offsets[i]?.x ?? 0),
          w: boxes[i]?.w ?? 0,
        }));
        const gaps = moved.slice(1).map((one, i) => one.x - (moved[i]?.x ?? 0) - (moved[i]?.w ?? 0));
        const wanted = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
        for (const gap of gaps) expect(gap).toBeCloseTo(wanted, 1);
        expect([offsets[order[0] ?? 0]?.x, offsets[order.at(-1) ?? 0]?.x]).toEqual([0, 0]);
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});

describe('copies', () => {
  test('are pasted beside the original, again beside that, and each paste is one step', () => {
    const d = start([three[0] ?? makeBox('a')]);
    d.press('Tab');
    d.press('Ctrl+C');
    expect(d.editor.getSnapshot().notice).toEqual({ code: 'box/copied', values: { n: 1 } });
    d.press('Ctrl+V');
    d.press('Ctrl+V');
    expect(places(d)).toEqual([
      [100, 100, 80, 60],
      [110, 110, 80, 60],
      [120, 120, 80, 60],
    ]);
    expect(d.gestures.map(({ label }) => label)).toEqual(['Paste box', 'Paste box']);
  });

  test('of an accepted suggestion are a person’s: they do not claim a model’s score', () => {
    const d = start([
      makeBox('a', { source: 'model', modelId: 'm', score: 0.9, locked: true, confirmedAs: 'cod' }),
    ]);
    d.press('Tab');
    d.press('Ctrl+D');
    const copy = d.editor.getSnapshot().boxes[1];
    expect(copy).toMatchObject({ source: 'person', modelId: null, score: null, x: 110, y: 110 });
    expect(copy).not.toHaveProperty('locked');
    expect(copy).not.toHaveProperty('confirmedAs');
  });

  test('go to the same place on another image, cut at its edge, without those that lie outside', () => {
    const d = start();
    d.press('Ctrl+A');
    d.press('Ctrl+C');
    d.editor.open(other([], { widthPx: 320, heightPx: 240 }));
    d.press('Ctrl+V');
    expect(places(d)).toEqual([
      [100, 100, 80, 60],
      [300, 150, 20, 30],
    ]);
    expect(d.editor.getSnapshot().image?.state).toBe('labelled');
    d.editor.open(makeDocument({ image: makeImage('three', { widthPx: 50, heightPx: 50 }) }));
    d.press('Ctrl+V');
    expect(d.editor.getSnapshot().notice?.code).toBe('box/no-room');
    expect(d.gestures).toHaveLength(1);
  });

  test('of a class that is gone get the class in hand', () => {
    const d = start();
    d.editor.select(['a']);
    d.press('Ctrl+X');
    expect(ids(d)).toEqual(['b', 'c']);
    d.editor.open({ ...other(), classes: [{ ...makeDocument().classes[1] } as never] });
    d.press('Ctrl+V');
    expect(d.editor.getSnapshot().boxes[0]?.classId).toBe('YFT');
  });
});

describe('the boxes of the image before', () => {
  test('come again with Shift+R, only those that are not there, and undo takes them back', () => {
    const d = start();
    d.editor.open(other([three[1] ?? makeBox('b')]));
    d.press('Shift+R');
    expect(places(d)).toEqual([
      [300, 150, 40, 30],
      [100, 100, 80, 60],
      [500, 300, 60, 90],
    ]);
    d.press('Shift+R');
    expect(d.editor.getSnapshot().notice?.code).toBe('box/all-there');
    d.press('Ctrl+Z');
    expect(places(d)).toHaveLength(1);
  });

  test('are those of the last image that had any, as they were left', () => {
    const d = start();
    d.press('Shift+R');
    expect(d.editor.getSnapshot().notice?.code).toBe('box/none-before');
    d.editor.select(['a']);
    d.press('Delete');
    d.editor.open(other());
    d.editor.open(makeDocument({ image: makeImage('three') }));
    d.press('Shift+R');
    expect(places(d)).toEqual([
      [300, 150, 40, 30],
      [500, 300, 60, 90],
    ]);
  });
});

describe('a locked box', () => {
  const lockA = () => {
    const d = start();
    d.editor.select(['a']);
    d.press('K');
    return d;
  };

  test('is neither moved, resized, classed nor deleted, and the editor says why', () => {
    const d = lockA();
    const before = pickRecords(d.editor);
    for (const chord of ['ArrowLeft', 'Ctrl+ArrowLeft', '3', 'Delete', 'Ctrl+X']) {
      d.editor.dismissNotice();
      d.press(chord);
      expect(d.editor.getSnapshot().notice).toEqual({ code: 'box/locked', values: { n: 1 } });
    }
    d.drag({ x: 180, y: 160 }, { x: 200, y: 200 });
    d.drag({ x: 140, y: 130 }, { x: 200, y: 200 });
    expect(pickRecords(d.editor)).toEqual(before);
    expect(d.gestures).toHaveLength(1);
  });

  test('stays when all others are deleted, moved together or marked, until K frees it', () => {
    const d = lockA();
    d.drag({ x: 80, y: 80 }, { x: 350, y: 200 });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['b']);
    d.press('Ctrl+Delete');
    expect(ids(d)).toEqual(['a']);
    d.editor.select(['a']);
    d.press('K');
    expect(d.editor.getSnapshot().boxes[0]).toEqual(three[0]);
    d.press('Delete');
    expect(ids(d)).toEqual([]);
  });

  test('is what the others are brought into line with, and stays itself', () => {
    const d = lockA();
    d.editor.select(['a', 'b']);
    d.editor.run('align.left');
    expect(places(d).slice(0, 2)).toEqual([
      [100, 100, 80, 60],
      [100, 150, 40, 30],
    ]);
  });

  test('lets what lies under it be grabbed', () => {
    const d = start([makeBox('under'), makeBox('over', { x: 120, y: 110, w: 20, h: 20, locked: true })]);
    d.drag({ x: 130, y: 120 }, { x: 150, y: 140 });
    expect(places(d)[0]).toEqual([120, 120, 80, 60]);
  });
});

describe('what lies above', () => {
  const big = makeBox('big', { x: 50, y: 50, w: 300, h: 300 });
  const small = makeBox('small', { x: 100, y: 100, w: 50, h: 50 });

  test('is grabbed first once it was brought to the front, and the order is saved', () => {
    const d = start([big, small]);
    d.click({ x: 120, y: 120 });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['small']);
    d.editor.select(['big']);
    d.press('Ctrl+]');
    expect(ids(d)).toEqual(['small', 'big']);
    d.click({ x: 600, y: 20 });
    d.click({ x: 120, y: 120 });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['big']);
    d.press('Ctrl+[');
    expect(ids(d)).toEqual(['big', 'small']);
    expect(d.gestures.map(({ diffs }) => diffs.length)).toEqual([1, 1]);
    d.press('Ctrl+Z');
    d.press('Ctrl+Z');
    expect(d.editor.getSnapshot().boxes).toEqual([big, small]);
  });

  test('is passed one at a time: the next that overlaps, in both directions, and nothing where there is none', () => {
    const away = makeBox('away', { x: 500, y: 400, w: 20, h: 20 });
    const over = makeBox('over', { x: 120, y: 120, w: 90, h: 90 });
    const d = start([big, away, small, over]);
    d.editor.select(['big']);
    d.press('Ctrl+}');
    expect(ids(d)).toEqual(['away', 'small', 'big', 'over']);
    d.press('Ctrl+}');
    expect(ids(d)).toEqual(['away', 'small', 'over', 'big']);
    d.press('Ctrl+}');
    expect(d.editor.getSnapshot().notice).toMatchObject({ code: 'box/on-top' });
    d.press('Ctrl+{');
    expect(ids(d)).toEqual(['away', 'small', 'big', 'over']);
    d.press('Ctrl+{');
    expect(ids(d)).toEqual(['away', 'big', 'small', 'over']);
    d.press('Ctrl+{');
    expect(d.editor.getSnapshot().notice).toMatchObject({ code: 'box/at-bottom' });
    expect(d.gestures).toHaveLength(4);
    for (let i = 0; i < 4; i += 1) d.press('Ctrl+Z');
    expect(d.editor.getSnapshot().boxes).toEqual([big, away, small, over]);
  });

  test('keeps the order of all others, whatever lies at one height and however many go together', () => {
    const place = fc.record({
      x: fc.nat(400),
      y: fc.nat(300),
      z: fc.option(fc.integer({ min: -2, max: 2 })),
    });
    const step = fc.tuple(fc.constantFrom(1 as const, -1 as const), fc.array(fc.nat(7), { minLength: 1 }));
    fc.assert(
      fc.property(fc.array(place, { minLength: 8, maxLength: 8 }), fc.array(step), (places, steps) => {
        const boxes = places.map(({ x, y, z }, i) =>
          makeBox(`b${i}`, { x, y, w: 150, h: 120, ...(z === null ? {} : { z }) }),
        );
        const d = start(boxes);
        for (const [direction, chosen] of steps) {
          const picked = [...new Set(chosen.map((i) => `b${i}`))];
          const before = ids(d).filter((id) => !picked.includes(id));
          const mine = ids(d).filter((id) => picked.includes(id));
          d.editor.select(picked);
          d.press(direction > 0 ? 'Ctrl+}' : 'Ctrl+{');
          expect(ids(d).filter((id) => !picked.includes(id))).toEqual(before);
          expect(ids(d).filter((id) => picked.includes(id))).toEqual(mine);
        }
        for (let depth = d.editor.undoDepth(); depth > 0; depth -= 1) d.editor.undo();
        expect(d.editor.getSnapshot().boxes.map(({ id, z }) => [id, z])).toEqual(
          start(boxes)
            .editor.getSnapshot()
            .boxes.map(({ id, z }) => [id, z]),
        );
      }),
    );
  });
});
