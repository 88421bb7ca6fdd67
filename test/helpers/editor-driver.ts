/** Drives a headless editor as a hand would: points in image pixels, keys by name, a clock that only moves when told. */
import type { Gesture } from '../../src/core/diffs.ts';
import type { Point } from '../../src/core/geometry.ts';
import type { BoxRecord, ClassRecord, ImageRecord, PredictionRecord } from '../../src/core/records.ts';
import { toView } from '../../src/editor/camera.ts';
import { createEditor } from '../../src/editor/editor.ts';
import type { Editor, EditorOptions, ImageDocument, Modifiers } from '../../src/editor/types.ts';

export const noKeys: Modifiers = { shift: false, alt: false, ctrl: false, meta: false };

export function makeImage(id: string, more: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id,
    path: `${id}.jpg`,
    hash: id,
    rawWidthPx: 640,
    rawHeightPx: 480,
    orientation: 1,
    widthPx: 640,
    heightPx: 480,
    capturedAtMs: null,
    group: null,
    split: null,
    state: 'unseen',
    problem: null,
    ...more,
  };
}

export function makeBox(id: string, more: Partial<BoxRecord> = {}): BoxRecord {
  return {
    id,
    imageId: 'one',
    classId: 'ALB',
    x: 100,
    y: 100,
    w: 80,
    h: 60,
    source: 'person',
    modelId: null,
    score: null,
    attributes: {},
    head: null,
    tail: null,
    ...more,
  };
}

export function makePrediction(id: string, more: Partial<PredictionRecord> = {}): PredictionRecord {
  return {
    id,
    modelId: 'model',
    imageId: 'one',
    classId: 'YFT',
    x: 300,
    y: 200,
    w: 90,
    h: 50,
    score: 0.8,
    probabilities: [],
    status: 'pending',
    boxId: null,
    head: null,
    tail: null,
    ...more,
  };
}

export const fishClasses: readonly ClassRecord[] = ['ALB', 'YFT', 'SHARK'].map((name, position) => ({
  id: name,
  name,
  color: '#0072b2',
  key: String(position + 1),
  scientificName: null,
  position,
}));

export function makeDocument(more: Partial<ImageDocument> = {}): ImageDocument {
  return { image: makeImage('one'), boxes: [], classes: fishClasses, predictions: [], ...more };
}

export interface Driver {
  readonly editor: Editor;
  readonly gestures: Gesture[];
  readonly needed: string[];
  /** Pointer events at a point of the image. */
  down(at: Point, more?: Partial<Modifiers> & { button?: number }): void;
  move(at: Point, more?: Partial<Modifiers>): void;
  up(at: Point, more?: Partial<Modifiers> & { button?: number }): void;
  drag(from: Point, to: Point, more?: Partial<Modifiers>): void;
  click(at: Point, more?: Partial<Modifiers>): void;
  /** A key press by its chord, such as `Ctrl+Shift+Z`; says whether it was used. */
  press(chord: string): boolean;
  /** Lets time pass. */
  wait(elapsedMs: number): void;
  box(index?: number): { x: number; y: number; w: number; h: number } | undefined;
}

/** Creates an editor on a 1000 × 800 canvas with a driver around it. */
export function driveEditor(options: Partial<EditorOptions> = {}): Driver {
  const gestures: Gesture[] = [];
  const needed: string[] = [];
  const tasks = new Map<number, { task: () => void; dueMs: number }>();
  let nowMs = 0;
  let counter = 0;
  const editor = createEditor({
    document: makeDocument(),
    newId: () => `id-${++counter}`,
    nowMs: () => nowMs,
    schedule: (task, delayMs) => {
      const id = ++counter;
      tasks.set(id, { task, dueMs: nowMs + delayMs });
      return () => void tasks.delete(id);
    },
    onGesture: (gesture) => {
      gestures.push(gesture);
      return undefined;
    },
    onNeedImage: (imageId) => void needed.push(imageId),
    ...options,
  });
  editor.setViewport({ widthView: 1000, heightView: 800, dpr: 1 });
  const pointer = (
    type: 'pointerdown' | 'pointermove' | 'pointerup',
    at: Point,
    more: Partial<Modifiers> & { button?: number },
  ) =>
    editor.dispatch({ type, atView: toView(editor.getSnapshot().camera, at), button: 0, ...noKeys, ...more });
  const driver: Driver = {
    editor,
    gestures,
    needed,
    down: (at, more = {}) => void pointer('pointerdown', at, more),
    move: (at, more = {}) => void pointer('pointermove', at, more),
    up: (at, more = {}) => void pointer('pointerup', at, more),
    drag(from, to, more = {}) {
      driver.down(from, more);
      driver.move({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, more);
      driver.move(to, more);
      driver.up(to, more);
    },
    click(at, more = {}) {
      driver.down(at, more);
      driver.up(at, more);
    },
    press(chord) {
      const parts = chord.split('+');
      const key = parts.at(-1) ?? '';
      const code = /^[0-9]$/.test(key)
        ? `Digit${key}`
        : /^[a-z]$/i.test(key)
          ? `Key${key.toUpperCase()}`
          : key === ' '
            ? 'Space'
            : key;
      const input = {
        key,
        code,
        isRepeat: false,
        shift: parts.includes('Shift'),
        ctrl: parts.includes('Ctrl'),
        alt: parts.includes('Alt'),
        meta: false,
      };
      const isUsed = editor.dispatch({ type: 'keydown', ...input });
      editor.dispatch({ type: 'keyup', ...input });
      return isUsed;
    },
    wait(elapsedMs) {
      nowMs += elapsedMs;
      for (const [id, { task, dueMs }] of [...tasks]) {
        if (dueMs > nowMs) continue;
        tasks.delete(id);
        task();
      }
    },
    box(index = 0) {
      const box = editor.getSnapshot().boxes[index];
      return box && { x: box.x, y: box.y, w: box.w, h: box.h };
    },
  };
  return driver;
}

/** What undo must bring back: the records, in an order that does not depend on the way there. */
export function pickRecords(editor: Editor): unknown {
  const { boxes, predictions, image } = editor.getSnapshot();
  const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id);
  return { boxes: [...boxes].sort(byId), predictions: [...predictions].sort(byId), state: image?.state };
}
