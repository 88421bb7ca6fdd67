/** The same promises for every tool in tools/list.ts: cancel leaves no trace, a gesture is one step, zoom does not matter, chaos breaks nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeVisibleBox, toView } from '../../src/editor/camera.ts';
import { commands } from '../../src/editor/commands/list.ts';
import { boxTool } from '../../src/editor/tools/box.tool.ts';
import { tools } from '../../src/editor/tools/list.ts';
import type { Camera, EditorInput, ToolId } from '../../src/editor/types.ts';
import {
  type Driver,
  driveEditor,
  makeBox,
  makeDocument,
  makeImage,
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
// Every key of every command, and every command that has none: what is added to the lists is played from then on.
const chord = fc.constantFrom(...commands.flatMap(({ keys }) => keys), 'Escape', ' ');
const unkeyed = fc.constantFrom(...commands.filter(({ keys }) => keys.length === 0).map(({ id }) => id));
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

/** What ends a gesture before its time: each must leave nothing of it. */
const waysOut: Readonly<Record<string, (d: Driver) => void>> = {
  'taking the pointer away': (d) => void d.editor.dispatch({ type: 'cancel' }),
  Escape: (d) => void d.press('Escape'),
  'choosing another tool': (d) => d.editor.setTool('pan'),
  'choosing the same tool': (d) => d.editor.setTool(d.editor.getSnapshot().tool.id),
  'choosing a box in the list': (d) => d.editor.select(['b']),
  'closing the window': (d) => d.editor.flush(),
  'going to the next image and back': (d) => {
    const { boxes, predictions, image } = d.editor.getSnapshot();
    const isOpen = d.editor.getSnapshot().isGesturing;
    d.editor.open(makeDocument({ image: makeImage('two') }));
    // What was on the image before the gesture is what the host has of it.
    const here = isOpen ? start() : { ...start(), boxes, predictions, image: image ?? start().image };
    d.editor.open(here);
  },
};

/** For each state of a tool a short sequence of inputs that leads there. */
function findWaysTo(toolId: ToolId): Map<string, EditorInput[]> {
  const found = new Map<string, EditorInput[]>();
  const samples = fc.sample(fc.array(pointerInput, { minLength: 1, maxLength: 8 }), {
    seed: 12,
    numRuns: 600,
  });
  for (const inputs of samples) {
    const d = driveTool(toolId);
    for (const [index, input] of inputs.entries()) {
      d.editor.dispatch(input);
      const { tool, isGesturing } = d.editor.getSnapshot();
      // With nothing finished on the way, the start is what every way out leads back to.
      if (d.gestures.length > 0) break;
      const known = found.get(tool.state);
      const isShorter = known === undefined || known.length > index + 1;
      if (tool.id === toolId && isShorter && (tool.state === 'idle' || isGesturing || known === undefined))
        found.set(tool.state, inputs.slice(0, index + 1));
    }
  }
  return found;
}

/** What a drag of each tool is for. The type asks every new tool to say so. */
const purposes: Record<ToolId, (d: Driver) => void> = {
  select(d) {
    d.drag({ x: 140, y: 130 }, { x: 200, y: 170 });
    expect(d.editor.getSnapshot().boxes.find(({ id }) => id === 'a')).toMatchObject({ x: 160, y: 140 });
    d.drag({ x: 280, y: 330 }, { x: 430, y: 420 });
    expect(d.editor.getSnapshot().selectedBoxIds).toEqual(['b']);
  },
  box(d) {
    d.drag({ x: 140, y: 130 }, { x: 200, y: 170 });
    expect(d.box(2)).toEqual({ x: 140, y: 130, w: 60, h: 40 });
  },
  line(d) {
    d.drag({ x: 250, y: 300 }, { x: 350, y: 330 });
    expect(d.editor.getSnapshot().boxes[2]).toMatchObject({
      head: { x: 250, y: 300 },
      tail: { x: 350, y: 330 },
    });
  },
  pan(d) {
    const { camera } = d.editor.getSnapshot();
    d.down({ x: 300, y: 240 });
    d.editor.dispatch({ type: 'pointermove', atView: moved(camera, 31, -22), button: 0, ...noKeys });
    d.editor.dispatch({ type: 'pointerup', atView: moved(camera, 31, -22), button: 0, ...noKeys });
    const after = d.editor.getSnapshot().camera;
    expect([after.scale, after.xView, after.yView]).toEqual([
      camera.scale,
      expect.closeTo(camera.xView + 31, 6),
      expect.closeTo(camera.yView - 22, 6),
    ]);
  },
  zoom(d) {
    d.drag({ x: 200, y: 150 }, { x: 320, y: 260 });
    const { camera, viewport } = d.editor.getSnapshot();
    const seen = computeVisibleBox(camera, viewport);
    expect(seen.x).toBeLessThanOrEqual(200);
    expect(seen.y).toBeLessThanOrEqual(150);
    expect(seen.x + seen.w).toBeGreaterThanOrEqual(320);
    expect(seen.y + seen.h).toBeGreaterThanOrEqual(260);
    expect(seen.w * seen.h).toBeLessThan(640 * 480);
  },
};

/** A point of the screen so far from where (300, 240) of the image lies. */
function moved(camera: Camera, dxView: number, dyView: number) {
  const { x, y } = toView(camera, { x: 300, y: 240 });
  return { x: x + dxView, y: y + dyView };
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

  test('can be left in every way from every state, and none of them leaves a trace', () => {
    const ways = findWaysTo(id);
    expect([...ways.keys()].sort()).toEqual([...tool.stateNames].sort());
    for (const [state, inputs] of ways) {
      for (const [way, leave] of Object.entries(waysOut)) {
        const d = driveTool(id);
        let before = pickRecords(d.editor);
        for (const input of inputs) {
          if (!d.editor.getSnapshot().isGesturing) before = pickRecords(d.editor);
          d.editor.dispatch(input);
        }
        const count = d.gestures.length;
        leave(d);
        const { tool: current, isGesturing, marquee } = d.editor.getSnapshot();
        expect([way, state, isGesturing, marquee, d.gestures.length]).toEqual([
          way,
          state,
          false,
          null,
          count,
        ]);
        expect(pickRecords(d.editor), `${way} out of ${state}`).toEqual(before);
        const owner = tools.find((entry) => entry.id === current.id);
        expect(current.state).toBe(owner?.initial.name);
        // What the hand does next begins anew: no half of the old gesture is left in it.
        d.editor.dispatch({ type: 'pointerup', atView: { x: 500, y: 400 }, button: 0, ...noKeys });
        expect(pickRecords(d.editor), `after ${way} out of ${state}`).toEqual(before);
      }
    }
  });

  test('does the same at any zoom, pan and device pixel ratio', () => {
    const camera = fc.record({
      zoom: fc.integer({ min: -800, max: 800 }),
      times: fc.integer({ min: 1, max: 4 }),
      at: fc.record({ x: fc.integer({ min: 400, max: 600 }), y: fc.integer({ min: 300, max: 500 }) }),
      dpr: fc.constantFrom(1, 1.25, 2, 3),
    });
    fc.assert(
      fc.property(camera, modifiers, fc.boolean(), ({ zoom, times, at, dpr }, keys, isClicked) => {
        const [plain, zoomed] = [driveTool(id), driveTool(id)];
        zoomed.editor.setViewport({ widthView: 1000, heightView: 800, dpr });
        for (let i = 0; i < times; i += 1)
          zoomed.editor.dispatch({ type: 'wheel', atView: at, deltaXView: 0, deltaYView: zoom, ...noKeys });
        const [from, to] = [
          { x: 140, y: 130 },
          { x: 260, y: 290 },
        ];
        for (const d of [plain, zoomed]) {
          if (!isClicked) d.drag(from, to, keys);
          else {
            d.click(from, keys);
            d.move(to, keys);
            d.click(to, keys);
          }
        }
        const shapes = (d: Driver) => {
          const { boxes, selectedBoxIds } = d.editor.getSnapshot();
          return [selectedBoxIds, boxes.map(({ x, y, w, h, head, tail }) => [x, y, w, h, head, tail])];
        };
        expect(shapes(zoomed)).toEqual(shapes(plain));
      }),
      { seed: 9, numRuns: 100 },
    );
  });

  test('does with a drag what it is for, wherever the camera stands', () => {
    const camera = fc.record({
      zoom: fc.integer({ min: -300, max: 300 }),
      at: fc.record({ x: fc.integer({ min: 400, max: 600 }), y: fc.integer({ min: 300, max: 500 }) }),
      dpr: fc.constantFrom(1, 1.5, 2),
    });
    fc.assert(
      fc.property(camera, ({ zoom, at, dpr }) => {
        const d = driveTool(id);
        d.editor.setViewport({ widthView: 1000, heightView: 800, dpr });
        d.editor.dispatch({ type: 'wheel', atView: at, deltaXView: 0, deltaYView: zoom, ...noKeys });
        purposes[id](d);
      }),
      { seed: 11, numRuns: 50 },
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
