/** Camera, hit test, keys: the arithmetic under the hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actualSizeCamera,
  fitCamera,
  isPixelated,
  panBy,
  toImage,
  toView,
  zoomAt,
} from '../../src/editor/camera.ts';
import { commands } from '../../src/editor/commands/list.ts';
import { listConflicts, matchesChord } from '../../src/editor/keymap.ts';
import { createSpatialGrid } from '../../src/editor/spatial-grid.ts';
import { driveEditor, makeBox, makeDocument, noKeys } from '../helpers/editor-driver.ts';

const size = { widthPx: 4000, heightPx: 3000 };
const viewport = { widthView: 900, heightView: 700, dpr: 2 };

describe('camera', () => {
  test('zooming keeps the point under the cursor while the image stays in reach', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 600 }),
        fc.integer({ min: 200, max: 500 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (x, y, factor) => {
          const camera = fitCamera(size, viewport);
          const before = toImage(camera, { x, y });
          const after = toView(zoomAt(camera, { x, y }, factor, size, viewport), before);
          expect(after.x).toBeCloseTo(x, 6);
          expect(after.y).toBeCloseTo(y, 6);
        },
      ),
    );
  });

  test('100 % is one image pixel on one device pixel, 400 % shows squares', () => {
    const camera = actualSizeCamera(fitCamera(size, viewport), size, viewport);
    expect(camera.scale).toBe(0.5);
    expect([isPixelated(camera, viewport), isPixelated({ ...camera, scale: 2 }, viewport)]).toEqual([
      false,
      true,
    ]);
  });

  test('the image can never be pushed out of sight', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        (dx, dy) => {
          const camera = panBy(fitCamera(size, viewport), dx, dy, size, viewport);
          const end = toView(camera, { x: size.widthPx, y: size.heightPx });
          expect(Math.min(end.x, end.y)).toBeGreaterThan(40);
          expect(camera.xView).toBeLessThan(viewport.widthView - 40);
          expect(camera.yView).toBeLessThan(viewport.heightView - 40);
        },
      ),
    );
  });

  test('a fitted image stays fitted when the window changes, a zoomed one keeps its middle', () => {
    const d = driveEditor();
    d.editor.setViewport({ widthView: 500, heightView: 400, dpr: 1 });
    expect(d.editor.getSnapshot()).toMatchObject({
      isFitted: true,
      camera: fitCamera({ widthPx: 640, heightPx: 480 }, { widthView: 500, heightView: 400, dpr: 1 }),
    });
    d.press('+');
    const before = toImage(d.editor.getSnapshot().camera, { x: 250, y: 200 });
    d.editor.setViewport({ widthView: 800, heightView: 600, dpr: 1 });
    const after = toImage(d.editor.getSnapshot().camera, { x: 400, y: 300 });
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
  });
});

test('the grid finds exactly the boxes that touch an area', () => {
  const shape = fc.record({
    x: fc.double({ min: -50, max: 700, noNaN: true }),
    y: fc.double({ min: -50, max: 500, noNaN: true }),
    w: fc.double({ min: 0.5, max: 600, noNaN: true }),
    h: fc.double({ min: 0.5, max: 400, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 40 }), shape, fc.nat(), (boxes, area, gone) => {
      const grid = createSpatialGrid(640, 480);
      boxes.forEach((box, index) => {
        grid.put(String(index), box);
      });
      grid.delete(String(gone));
      const wanted = boxes.flatMap((box, index) =>
        index !== gone &&
        box.x <= area.x + area.w &&
        area.x <= box.x + box.w &&
        box.y <= area.y + area.h &&
        area.y <= box.y + box.h
          ? [String(index)]
          : [],
      );
      expect(grid.query(area).sort()).toEqual(wanted.sort());
    }),
  );
});

test('with 5,000 boxes a pointer move costs well under a frame', () => {
  const boxes = Array.from({ length: 5000 }, (_, i) =>
    makeBox(`b${i}`, { x: (i % 100) * 6, y: Math.floor(i / 100) * 9, w: 30, h: 20 }),
  );
  const d = driveEditor({ document: makeDocument({ boxes }) });
  const started = performance.now();
  for (let i = 0; i < 500; i++) d.move({ x: (i * 7) % 640, y: (i * 5) % 480 });
  expect((performance.now() - started) / 500).toBeLessThan(8);
});

describe('keys', () => {
  test('no two commands share a chord', () => {
    expect(listConflicts(commands)).toEqual([]);
  });

  test('letters go by what is typed, digits by where the key is, signs by what they are', () => {
    const key = (more: object) => ({
      type: 'keydown' as const,
      key: '',
      code: '',
      isRepeat: false,
      ...noKeys,
      ...more,
    });
    expect(matchesChord('A', key({ key: 'a', code: 'KeyQ' }))).toBe(true);
    expect(matchesChord('Q', key({ key: 'a', code: 'KeyQ' }))).toBe(false);
    expect(matchesChord('S', key({ key: 'ы', code: 'KeyS' }))).toBe(true);
    expect(matchesChord('1', key({ key: '&', code: 'Digit1' }))).toBe(true);
    expect(matchesChord('[', key({ key: '[', code: 'Digit5', ctrl: true, alt: true }))).toBe(true);
    expect(matchesChord('Ctrl+Z', key({ key: 'z', code: 'KeyZ', meta: true }))).toBe(true);
    expect(matchesChord('Z', key({ key: 'z', code: 'KeyZ', ctrl: true }))).toBe(false);
    expect(matchesChord('Ctrl+Shift+Z', key({ key: 'Z', code: 'KeyZ', ctrl: true, shift: true }))).toBe(true);
    expect(matchesChord('+', key({ key: '+', code: 'Equal', shift: true }))).toBe(true);
  });

  test('boxes are hidden while H is held, and shown again even when the window loses the focus meanwhile', () => {
    const d = driveEditor({ document: makeDocument({ boxes: [makeBox('a')] }) });
    const press = { key: 'h', code: 'KeyH', isRepeat: false, ...noKeys };
    d.editor.dispatch({ type: 'keydown', ...press });
    expect(d.editor.getSnapshot().isHidden).toBe(true);
    d.editor.dispatch({ type: 'cancel' });
    expect(d.editor.getSnapshot().isHidden).toBe(false);
  });

  test('Space lends the pan tool for a drag and gives the box tool back', () => {
    const d = driveEditor({ settings: { toolId: 'box' } });
    const space = { key: ' ', code: 'Space', isRepeat: false, ...noKeys };
    d.editor.dispatch({ type: 'keydown', ...space });
    const before = d.editor.getSnapshot().camera;
    d.editor.dispatch({ type: 'pointerdown', atView: { x: 100, y: 100 }, button: 0, ...noKeys });
    d.editor.dispatch({ type: 'pointermove', atView: { x: 130, y: 90 }, button: 0, ...noKeys });
    d.editor.dispatch({ type: 'pointerup', atView: { x: 130, y: 90 }, button: 0, ...noKeys });
    d.editor.dispatch({ type: 'keyup', ...space });
    expect(d.editor.getSnapshot()).toMatchObject({
      boxes: [],
      camera: { xView: before.xView + 30, yView: before.yView - 10 },
      tool: { id: 'box', cursor: 'crosshair' },
    });
  });
});
