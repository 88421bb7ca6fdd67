/** What single tools promise beyond the contract of all: lines, marquee, zoom, and edges that are drawn to the image's border. */
import { describe, expect, test } from 'vitest';
import { computeVisibleBox } from '../../src/editor/camera.ts';
import { driveEditor, makeBox, makeDocument, makePrediction, pickRecords } from '../helpers/editor-driver.ts';

const inner = makeBox('inner', { x: 120, y: 120, w: 40, h: 30 });
const outer = makeBox('outer', { x: 100, y: 100, w: 120, h: 90 });

describe('the head–tail line', () => {
  const withBoxes = () => driveEditor({ document: makeDocument({ boxes: [outer, inner] }) });
  const linesOf = (d: ReturnType<typeof withBoxes>) =>
    d.editor.getSnapshot().boxes.map(({ id, head, tail }) => [id, head, tail]);

  test('inside a box belongs to that box, the smallest that holds both ends, in one undo step', () => {
    const d = withBoxes();
    const before = pickRecords(d.editor);
    d.press('L');
    d.drag({ x: 125, y: 125 }, { x: 155, y: 140 });
    expect(linesOf(d)).toEqual([
      ['outer', null, null],
      ['inner', { x: 125, y: 125 }, { x: 155, y: 140 }],
    ]);
    expect(d.editor.getSnapshot()).toMatchObject({ selectedBoxIds: ['inner'], tool: { id: 'line' } });
    d.press('Ctrl+Z');
    expect(pickRecords(d.editor)).toEqual(before);
  });

  test('that ends outside the small box belongs to the large one, and the small one is as it was', () => {
    const d = withBoxes();
    d.press('L');
    d.click({ x: 130, y: 130 });
    d.move({ x: 150, y: 140 });
    d.click({ x: 200, y: 170 });
    expect(linesOf(d)).toEqual([
      ['outer', { x: 130, y: 130 }, { x: 200, y: 170 }],
      ['inner', null, null],
    ]);
    expect(d.gestures.map(({ label, diffs }) => [label, diffs.length])).toEqual([['Draw head–tail line', 1]]);
  });

  test('on free water makes a box around itself as the import of point files does, cut at the image', () => {
    const d = withBoxes();
    d.press('L');
    d.drag({ x: 400, y: 300 }, { x: 500, y: 300 });
    expect(d.editor.getSnapshot().boxes.at(-1)).toMatchObject({
      ...{ x: 385, y: 285, w: 130, h: 30, classId: 'ALB' },
      ...{ head: { x: 400, y: 300 }, tail: { x: 500, y: 300 } },
    });
    d.drag({ x: 638, y: 400 }, { x: 538, y: 400 });
    expect(d.box(3)).toEqual({ x: 523, y: 385, w: 117, h: 30 });
  });

  test('with Alt makes a box of its own even inside another', () => {
    const d = withBoxes();
    d.press('L');
    d.drag({ x: 125, y: 125 }, { x: 155, y: 140 }, { alt: true });
    expect(d.editor.getSnapshot().boxes).toHaveLength(3);
    expect(d.editor.getSnapshot().boxes[1]?.head).toBeNull();
  });

  test('is turned by its ends, swapped, moved with its box, and removed', () => {
    const box = makeBox('a', { head: { x: 110, y: 130 }, tail: { x: 170, y: 130 } });
    const d = driveEditor({ document: makeDocument({ boxes: [box] }) });
    d.press('Tab');
    d.drag({ x: 110, y: 130 }, { x: 120, y: 120 });
    expect(d.editor.getSnapshot().boxes[0]).toEqual({ ...box, head: { x: 120, y: 120 } });
    d.press('Shift+L');
    expect(d.editor.getSnapshot().boxes[0]).toMatchObject({
      head: { x: 170, y: 130 },
      tail: { x: 120, y: 120 },
    });
    d.press('ArrowRight');
    expect(d.editor.getSnapshot().boxes[0]).toMatchObject({ head: { x: 171, y: 130 }, x: 101 });
    d.editor.run('line.remove');
    expect(d.editor.getSnapshot().boxes[0]).toMatchObject({ head: null, tail: null });
    expect(d.gestures.map(({ label }) => label)).toEqual([
      ...['Move head', 'Swap head and tail', 'Move box', 'Remove head–tail line'],
    ]);
  });

  test('of a suggestion is turned only by making a label of it', () => {
    const lying = makePrediction('p', { head: { x: 310, y: 220 }, tail: { x: 380, y: 230 } });
    const d = driveEditor({ document: makeDocument({ predictions: [lying] }) });
    d.drag({ x: 380, y: 230 }, { x: 370, y: 240 });
    expect(d.editor.getSnapshot()).toMatchObject({
      boxes: [{ source: 'model', head: { x: 310, y: 220 }, tail: { x: 370, y: 240 } }],
      predictions: [{ status: 'adjusted', tail: { x: 380, y: 230 } }],
    });
  });
});

describe('the marquee', () => {
  const boxes = [makeBox('a'), makeBox('b', { x: 300 }), makeBox('c', { x: 500 })];
  const start = () => driveEditor({ document: makeDocument({ boxes }) });

  test('selects what it touches, with Shift beside what was selected, and changes no record', () => {
    const d = start();
    d.drag({ x: 80, y: 80 }, { x: 310, y: 200 });
    expect(d.editor.getSnapshot()).toMatchObject({ selectedBoxIds: ['a', 'b'], marquee: null });
    d.drag({ x: 480, y: 80 }, { x: 520, y: 200 }, { shift: true });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['a', 'b', 'c']);
    expect(d.gestures).toEqual([]);
  });

  test('dropped with Escape leaves the selection as it was before', () => {
    const d = start();
    d.click({ x: 540, y: 130 });
    d.down({ x: 80, y: 80 });
    d.move({ x: 310, y: 200 });
    expect(d.editor.getSnapshot()).toMatchObject({ selectedBoxIds: ['a', 'b'], marquee: { x: 80, w: 230 } });
    d.press('Escape');
    expect(d.editor.getSnapshot()).toMatchObject({ selectedBoxIds: ['c'], marquee: null });
  });

  test('finds nothing while the labels are hidden', () => {
    const d = start();
    d.press('O');
    d.drag({ x: 80, y: 80 }, { x: 600, y: 200 });
    d.press('Ctrl+A');
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual([]);
    d.press('O');
    d.press('Ctrl+A');
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['a', 'b', 'c']);
  });
});

describe('the zoom tool', () => {
  test('fills the canvas with what was marked; a click goes nearer, with Alt farther', () => {
    const d = driveEditor();
    d.press('Shift+Z');
    d.drag({ x: 200, y: 200 }, { x: 300, y: 280 });
    const { camera, viewport } = d.editor.getSnapshot();
    const seen = computeVisibleBox(camera, viewport);
    expect([seen.x, seen.y, seen.w, seen.h].map(Math.round)).toEqual([200, 200, 100, 80]);
    d.click({ x: 250, y: 240 }, { alt: true });
    expect(d.editor.getSnapshot().camera.scale).toBeCloseTo(camera.scale / 2);
    d.click({ x: 250, y: 240 });
    expect(d.editor.getSnapshot().camera.scale).toBeCloseTo(camera.scale);
    expect(d.gestures).toEqual([]);
  });
});

describe('the border of the image', () => {
  test('draws edges that nearly touch it, unless Ctrl is held', () => {
    const d = driveEditor({ document: makeDocument({ boxes: [makeBox('a')] }) });
    d.press('Tab');
    d.drag({ x: 140, y: 130 }, { x: 43, y: 130 });
    expect(d.box()).toEqual({ x: 0, y: 100, w: 80, h: 60 });
    d.drag({ x: 40, y: 130 }, { x: 43, y: 130 }, { ctrl: true });
    d.drag({ x: 83, y: 130 }, { x: 638, y: 130 });
    expect(d.box()).toEqual({ x: 3, y: 100, w: 637, h: 60 });
    d.press('W');
    d.drag({ x: 200, y: 478 }, { x: 260, y: 300 });
    expect(d.box(1)).toEqual({ x: 200, y: 300, w: 60, h: 180 });
  });
});
