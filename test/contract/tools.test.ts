/** The same promises for every tool in tools/list.ts: cancel leaves no trace, a gesture is one step, zoom does not matter, chaos breaks nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxTool } from '../../src/editor/tools/box.tool.ts';
import { tools } from '../../src/editor/tools/list.ts';
import type { EditorInput, ToolId } from '../../src/editor/types.ts';
import {
  type Driver,
  driveEditor,
  makeBox,
  makeDocument,
  makePrediction,
  noKeys,
  pickRecords,
} from '../helpers/editor-driver.ts';

const size = { widthPx: 640, heightPx: 480 };
const start = () =>
  makeDocument({
    boxes: [
      makeBox('a', { head: { x: 110, y: 110 }, tail: { x: 170, y: 150 } }),
      makeBox('b', { x: 420, y: 300, w: 200, h: 120 }),
    ],
    predictions: [makePrediction('p', { head: { x: 310, y: 210 }, tail: { x: 380, y: 240 } })],
  });
const driveTool = (toolId: ToolId): Driver => driveEditor({ document: start(), settings: { toolId } });

const modifiers = fc.record({
  shift: fc.boolean(),
  alt: fc.boolean(),
  ctrl: fc.boolean(),
  meta: fc.constant(false),
});
// Half of the points lie on things worth grabbing: corners, insides and heads of the boxes of `start`.
const point = fc.oneof(
  fc.record({ x: fc.integer({ min: -40, max: 1040 }), y: fc.integer({ min: -40, max: 840 }) }),
  fc.constantFrom(
    { x: 228, y: 234 },
    { x: 288, y: 279 },
    { x: 470, y: 340 },
    { x: 606, y: 415 },
    { x: 700, y: 560 },
    { x: 182, y: 203 },
    { x: 485, y: 355 },
  ),
);
const pointerInput: fc.Arbitrary<EditorInput> = fc
  .tuple(
    fc.constantFrom('pointerdown', 'pointermove', 'pointermove', 'pointerup', 'doubleclick'),
    point,
    fc.constantFrom(0, 0, 0, 1, 2),
    modifiers,
  )
  .map(([type, atView, button, keys]) => ({ type, atView, button, ...keys }) as EditorInput);
const wheelInput: fc.Arbitrary<EditorInput> = fc
  .tuple(point, fc.integer({ min: -300, max: 300 }), modifiers)
  .map(([atView, deltaYView, keys]) => ({ type: 'wheel', atView, deltaXView: 0, deltaYView, ...keys }));
const chord = fc.constantFrom(
  ...[
    'W',
    'V',
    'L',
    'Shift+L',
    'Shift+Z',
    'Ctrl+A',
    'Ctrl+C',
    'Ctrl+X',
    'Ctrl+V',
    'Ctrl+D',
    'Shift+R',
    'K',
    'Ctrl+]',
    'Ctrl+[',
    '1',
    '2',
    'Delete',
    'Ctrl+Delete',
    'Ctrl+Z',
    'Ctrl+Y',
    'ArrowLeft',
    'Shift+ArrowDown',
    'Ctrl+ArrowRight',
    'Ctrl+Shift+ArrowUp',
  ],
  ...[
    'Tab',
    'Shift+Tab',
    'Enter',
    'X',
    'U',
    'S',
    'Shift+Enter',
    'N',
    'Q',
    'F',
    'Ctrl+0',
    '+',
    '-',
    'P',
    'O',
    'H',
    '[',
    ']',
    'Z',
    'Escape',
    ' ',
  ],
);
const unkeyed = fc.constantFrom(
  ...['left', 'centre', 'right', 'top', 'middle', 'bottom', 'spreadAcross', 'spreadDown'].map(
    (end) => `align.${end}`,
  ),
);
type Act = { input: EditorInput } | { chord: string } | { command: string } | { waitMs: number };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: pointerInput.map((input) => ({ input })) },
  { weight: 1, arbitrary: wheelInput.map((input) => ({ input })) },
  { weight: 3, arbitrary: chord.map((text) => ({ chord: text })) },
  { weight: 1, arbitrary: unkeyed.map((command) => ({ command })) },
  { weight: 1, arbitrary: fc.constantFrom(100, 500).map((waitMs) => ({ waitMs })) },
);

function play(d: Driver, entry: Act): void {
  if ('input' in entry) d.editor.dispatch(entry.input);
  else if ('chord' in entry) d.press(entry.chord);
  else if ('command' in entry) d.editor.run(entry.command);
  else d.wait(entry.waitMs);
}

function expectSound(d: Driver): void {
  for (const { x, y, w, h } of d.editor.getSnapshot().boxes) {
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(x + w).toBeLessThanOrEqual(size.widthPx);
    expect(y + h).toBeLessThanOrEqual(size.heightPx);
    expect(Math.min(w, h)).toBeGreaterThanOrEqual(1);
  }
}

describe.each(tools.map((tool) => [tool.id, tool] as const))('the %s tool', (id, tool) => {
  test('reaches each state it names, and cancel from there leaves the document as it was', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(pointerInput, { minLength: 1, maxLength: 12 }), (inputs) => {
        const d = driveTool(id);
        let before = pickRecords(d.editor);
        for (const input of inputs) {
          d.editor.dispatch(input);
          const { tool: current, isGesturing } = d.editor.getSnapshot();
          if (current.id === id) reached.add(current.state);
          if (!isGesturing) before = pickRecords(d.editor);
        }
        const count = d.gestures.length;
        d.editor.dispatch({ type: 'cancel' });
        expect(pickRecords(d.editor)).toEqual(before);
        expect(d.gestures).toHaveLength(count);
        expect(d.editor.getSnapshot().tool).toMatchObject({ id, state: tool.initial.name });
      }),
      { seed: 7, numRuns: 400 },
    );
    expect([...reached].sort()).toEqual([...tool.stateNames].sort());
  });

  test('every gesture is one undo step', () => {
    fc.assert(
      fc.property(fc.array(pointerInput, { minLength: 1, maxLength: 30 }), (inputs) => {
        const d = driveTool(id);
        const states = [pickRecords(d.editor)];
        for (const input of inputs) {
          const count = d.gestures.length;
          d.editor.dispatch(input);
          expect(d.gestures.length - count).toBeLessThanOrEqual(1);
          if (d.gestures.length > count) states.push(pickRecords(d.editor));
        }
        d.editor.flush();
        for (const expected of states.reverse()) {
          expect(pickRecords(d.editor)).toEqual(expected);
          d.editor.undo();
        }
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  test('does the same at any zoom, pan and device pixel ratio', () => {
    const camera = fc.record({
      zoom: fc.integer({ min: -800, max: 800 }),
      at: point,
      dpr: fc.constantFrom(1, 1.25, 2, 3),
    });
    fc.assert(
      fc.property(camera, modifiers, ({ zoom, at, dpr }, keys) => {
        const [plain, zoomed] = [driveTool(id), driveTool(id)];
        zoomed.editor.setViewport({ widthView: 1000, heightView: 800, dpr });
        zoomed.editor.dispatch({ type: 'wheel', atView: at, deltaXView: 0, deltaYView: zoom, ...noKeys });
        for (const d of [plain, zoomed]) d.drag({ x: 140, y: 130 }, { x: 260, y: 290 }, keys);
        const shapes = (d: Driver) => d.editor.getSnapshot().boxes.map(({ x, y, w, h }) => [x, y, w, h]);
        expect(shapes(zoomed)).toEqual(shapes(plain));
      }),
      { seed: 9, numRuns: 100 },
    );
  });
});

test('whatever people do, boxes stay inside the image and undoing everything brings back the start', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const d = driveTool('select');
      const before = pickRecords(d.editor);
      for (const entry of acts) {
        play(d, entry);
        expectSound(d);
      }
      d.editor.flush();
      const after = pickRecords(d.editor);
      let steps = 0;
      while (d.editor.undo().kind === 'applied') steps += 1;
      expect(pickRecords(d.editor)).toEqual(before);
      for (let i = 0; i < steps; i++) d.editor.redo();
      expect(pickRecords(d.editor)).toEqual(after);
    }),
    { seed: 10, numRuns: 150 },
  );
});

test('the draft of the box tool is a real record of the document, so every view shows it', () => {
  const d = driveTool(boxTool.id);
  d.down({ x: 10, y: 10 });
  d.move({ x: 50, y: 50 });
  expect(d.editor.getSnapshot().boxes).toHaveLength(3);
});
