/** Labels through the editor: drawing, moving, resizing, classes, nudging, deleting, and what that says about the image. */
import { describe, expect, test } from 'vitest';
import {
  driveEditor,
  makeBox,
  makeDocument,
  makeImage,
  makePrediction,
  pickRecords,
} from '../helpers/editor-driver.ts';

const withBox = () =>
  driveEditor({
    document: makeDocument({ image: makeImage('one', { state: 'labelled' }), boxes: [makeBox('a')] }),
  });

describe('drawing', () => {
  test('a drag makes one box of the active class, saved once, and the image is labelled from then on', () => {
    const d = driveEditor();
    d.press('W');
    d.press('2');
    d.drag({ x: 50, y: 60 }, { x: 150, y: 160 });
    expect(d.box()).toEqual({ x: 50, y: 60, w: 100, h: 100 });
    expect(
      d.gestures.map(({ kind, label, diffs }) => [kind, label, diffs.map((diff) => diff.table)]),
    ).toEqual([['do', 'Draw box', ['boxes', 'images']]]);
    expect(d.editor.getSnapshot().boxes[0]?.classId).toBe('YFT');
    expect(d.editor.getSnapshot().image?.state).toBe('labelled');
    d.press('Ctrl+Z');
    expect(d.editor.getSnapshot()).toMatchObject({ boxes: [], image: { state: 'unseen' } });
    d.press('Ctrl+Y');
    expect(d.box()).toEqual({ x: 50, y: 60, w: 100, h: 100 });
    expect(d.gestures.map((gesture) => gesture.kind)).toEqual(['do', 'undo', 'redo']);
  });

  test('click, move, click draws the same box as a drag, and the tool stays chosen', () => {
    const d = driveEditor();
    d.press('W');
    d.click({ x: 50, y: 60 });
    d.move({ x: 120, y: 120 });
    expect(d.editor.getSnapshot().tool.state).toBe('stretching');
    expect(d.gestures).toEqual([]);
    d.click({ x: 150, y: 160 });
    expect(d.box()).toEqual({ x: 50, y: 60, w: 100, h: 100 });
    expect(d.editor.getSnapshot().tool).toMatchObject({ id: 'box', state: 'idle' });
  });

  test('Shift draws a square, Alt from the centre, and neither leaves the image', () => {
    const d = driveEditor();
    d.press('W');
    d.drag({ x: 600, y: 100 }, { x: 700, y: 130 }, { shift: true });
    expect(d.box(0)).toEqual({ x: 600, y: 100, w: 40, h: 40 });
    d.drag({ x: 20, y: 200 }, { x: 80, y: 230 }, { alt: true });
    expect(d.box(1)).toEqual({ x: 0, y: 170, w: 40, h: 60 });
  });

  test('in draw mode boxes are not grabbed unless Ctrl is held', () => {
    const d = withBox();
    d.press('W');
    d.drag({ x: 110, y: 110 }, { x: 140, y: 140 });
    expect(d.editor.getSnapshot().boxes).toHaveLength(2);
    d.press('Ctrl+Z');
    d.drag({ x: 120, y: 120 }, { x: 130, y: 125 }, { ctrl: true });
    expect(d.box()).toEqual({ x: 110, y: 105, w: 80, h: 60 });
    expect(d.editor.getSnapshot().tool.id).toBe('box');
  });

  test('Escape drops a half-drawn box, then leaves draw mode', () => {
    const d = driveEditor();
    d.press('W');
    d.down({ x: 10, y: 10 });
    d.move({ x: 90, y: 90 });
    expect(d.editor.getSnapshot().boxes).toHaveLength(1);
    d.press('Escape');
    expect(d.editor.getSnapshot()).toMatchObject({ boxes: [], tool: { id: 'box', state: 'idle' } });
    d.press('Escape');
    expect(d.editor.getSnapshot().tool.id).toBe('select');
    expect(d.gestures).toEqual([]);
  });

  test('a project without classes says so instead of drawing a nameless box', () => {
    const d = driveEditor({ document: makeDocument({ classes: [] }) });
    d.press('W');
    d.drag({ x: 10, y: 10 }, { x: 90, y: 90 });
    expect(d.editor.getSnapshot()).toMatchObject({ boxes: [], notice: { code: 'class/none' } });
  });

  test('zooming and panning in the middle of a click-move-click keep its first corner', () => {
    const d = driveEditor();
    d.press('W');
    d.click({ x: 100, y: 100 });
    d.editor.dispatch({
      type: 'wheel',
      atView: { x: 400, y: 300 },
      deltaXView: 0,
      deltaYView: -400,
      shift: false,
      alt: false,
      ctrl: false,
      meta: false,
    });
    d.down({ x: 300, y: 200 }, { button: 1 });
    d.move({ x: 310, y: 220 });
    d.up({ x: 310, y: 220 }, { button: 1 });
    d.click({ x: 200, y: 180 });
    expect(d.box()).toEqual({ x: 100, y: 100, w: 100, h: 80 });
  });
});

describe('editing', () => {
  test('dragging a box moves it and stops at the border; a handle resizes it and stops at the opposite edge', () => {
    const d = withBox();
    d.drag({ x: 140, y: 130 }, { x: -500, y: 140 });
    expect(d.box()).toEqual({ x: 0, y: 110, w: 80, h: 60 });
    d.drag({ x: 80, y: 170 }, { x: 120, y: 200 });
    expect(d.box()).toEqual({ x: 0, y: 110, w: 120, h: 90 });
    d.drag({ x: 120, y: 155 }, { x: -300, y: 155 });
    expect(d.box()).toEqual({ x: 0, y: 110, w: 1, h: 90 });
    expect(d.gestures.map((gesture) => gesture.label)).toEqual(['Move box', 'Resize box', 'Resize box']);
  });

  test('of two boxes under the pointer the smaller is selected; Shift adds another and both move together', () => {
    const small = makeBox('small', { x: 120, y: 120, w: 20, h: 20 });
    const far = makeBox('far', { x: 400, y: 300 });
    const d = driveEditor({ document: makeDocument({ boxes: [small, makeBox('big'), far] }) });
    d.click({ x: 130, y: 130 });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['small']);
    d.click({ x: 440, y: 330 }, { shift: true });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['small', 'far']);
    d.drag({ x: 440, y: 330 }, { x: 450, y: 330 });
    expect(d.editor.getSnapshot().boxes.map((box) => box.x)).toEqual([130, 100, 410]);
    d.click({ x: 600, y: 20 });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual([]);
  });

  test('a run of nudges is one undo step, ended by a pause', () => {
    const d = withBox();
    d.press('Tab');
    for (let i = 0; i < 5; i++) {
      d.press('ArrowRight');
      d.wait(100);
    }
    d.press('Shift+ArrowDown');
    expect(d.gestures).toEqual([]);
    d.wait(400);
    expect(d.box()).toEqual({ x: 105, y: 110, w: 80, h: 60 });
    d.press('Ctrl+ArrowRight');
    d.press('Ctrl+Shift+ArrowUp');
    d.press('Ctrl+Z');
    expect(d.box()).toEqual({ x: 105, y: 110, w: 80, h: 60 });
    d.press('Ctrl+Z');
    expect(d.box()).toEqual({ x: 100, y: 100, w: 80, h: 60 });
    expect(d.gestures.map((gesture) => gesture.label)).toEqual([
      'Move box',
      'Resize box',
      'Resize box',
      'Move box',
    ]);
  });

  test('arrows without a selection are left to whoever moves between images', () => {
    expect(withBox().press('ArrowRight')).toBe(false);
  });

  test('a digit changes the class of the selection, and of the next box', () => {
    const d = withBox();
    d.press('Tab');
    d.press('3');
    expect(d.editor.getSnapshot()).toMatchObject({ boxes: [{ classId: 'SHARK' }], activeClassId: 'SHARK' });
    d.press('3');
    expect(d.gestures).toHaveLength(1);
  });

  test('deleting every box is one step, makes the image unseen again, and comes back whole', () => {
    const boxes = [makeBox('a'), makeBox('b', { x: 300 })];
    const d = driveEditor({
      document: makeDocument({ image: makeImage('one', { state: 'reviewed' }), boxes }),
    });
    const before = pickRecords(d.editor);
    d.press('Ctrl+Delete');
    expect(d.editor.getSnapshot()).toMatchObject({ boxes: [], image: { state: 'unseen' } });
    d.press('Ctrl+Z');
    expect(pickRecords(d.editor)).toEqual(before);
  });

  test('"no fish" is said only of an image without boxes, and explained otherwise', () => {
    const d = withBox();
    d.press('N');
    expect(d.editor.getSnapshot()).toMatchObject({
      image: { state: 'labelled' },
      notice: { code: 'image/has-boxes' },
    });
    const empty = driveEditor();
    empty.press('N');
    expect(empty.editor.getSnapshot().image?.state).toBe('empty');
    empty.press('W');
    empty.drag({ x: 10, y: 10 }, { x: 50, y: 50 });
    expect(empty.editor.getSnapshot().image?.state).toBe('labelled');
    empty.press('Ctrl+Z');
    expect(empty.editor.getSnapshot().image?.state).toBe('empty');
  });
});

test('what is suggested for a class that was deleted is not asked, and is again once undo brought the class back', () => {
  const predictions = [makePrediction('p', { classId: 'SHARK' }), makePrediction('q', { classId: 'YFT' })];
  const d = driveEditor({ document: makeDocument({ predictions }) });
  const asked = () => d.editor.getSnapshot().openPredictions.map(({ id }) => id);
  expect(asked()).toEqual(['p', 'q']);
  const shark = d.editor.getSnapshot().classes.find(({ id }) => id === 'SHARK');
  if (shark === undefined) throw new Error('The document has sharks.');
  d.editor.applyRemote({
    ...{ id: 'gone', kind: 'do', of: null, label: 'Delete class SHARK', imageId: null, source: 'person' },
    diffs: [{ table: 'classes', id: 'SHARK', before: shark, after: null }],
  });
  expect(asked()).toEqual(['q']);
  d.press('Ctrl+Z');
  expect(asked()).toEqual(['p', 'q']);
});
