/** Undo across images, saves that fail, suggestions: what keeps people's work safe. */
import { describe, expect, test } from 'vitest';
import {
  driveEditor,
  makeBox,
  makeDocument,
  makeImage,
  makePrediction,
  pickRecords,
} from '../helpers/editor-driver.ts';

const refused = { code: 'disk/full', message: 'The disk is full.', hint: '', details: {} };
const second = makeDocument({ image: makeImage('two') });

describe('history', () => {
  test('undo crosses to the image it concerns: asks for it, and follows when it opens', () => {
    const d = driveEditor({ settings: { toolId: 'box' } });
    d.drag({ x: 10, y: 10 }, { x: 60, y: 60 });
    const drawn = d.editor.getSnapshot().boxes;
    d.editor.open(second);
    expect(d.editor.undo()).toMatchObject({ kind: 'waiting', imageId: 'one' });
    expect(d.needed).toEqual(['one']);
    d.editor.open(makeDocument({ image: makeImage('one', { state: 'labelled' }), boxes: drawn }));
    expect(d.editor.getSnapshot()).toMatchObject({
      boxes: [],
      image: { state: 'unseen' },
      lastStep: { kind: 'undo', imageId: 'one' },
    });
    expect(d.gestures.at(-1)).toMatchObject({ kind: 'undo', of: d.gestures[0]?.id });
  });

  test('undo reaches back over a restart through the gestures of the project', () => {
    const first = driveEditor({ settings: { toolId: 'box' } });
    first.drag({ x: 10, y: 10 }, { x: 60, y: 60 });
    const { image, boxes } = first.editor.getSnapshot();
    if (image === null) throw new Error('the image is open');
    const later = driveEditor({ document: makeDocument({ image, boxes }), history: first.gestures });
    expect(later.editor.getSnapshot().undoLabel).toBe('Draw box');
    later.press('Ctrl+Z');
    expect(later.editor.getSnapshot().boxes).toEqual([]);
    expect(later.editor.undo()).toEqual({ kind: 'nothing' });
  });

  test('records that come late do not swallow what was drawn since they were asked for', () => {
    const d = driveEditor({ settings: { toolId: 'box' } });
    const asOf = d.editor.getRevision();
    d.drag({ x: 10, y: 10 }, { x: 60, y: 60 });
    d.editor.open(makeDocument(), { asOf });
    expect(d.box()).toEqual({ x: 10, y: 10, w: 50, h: 50 });
  });

  test('fresh records of the open image wait for the end of a drag', () => {
    const d = driveEditor({ settings: { toolId: 'box' } });
    d.down({ x: 10, y: 10 });
    d.move({ x: 60, y: 60 });
    d.editor.open(makeDocument({ boxes: [makeBox('other')] }), { asOf: d.editor.getRevision() });
    d.up({ x: 60, y: 60 });
    expect(d.editor.getSnapshot().boxes.map((box) => box.w)).toEqual([80, 50]);
  });
});

describe('saving', () => {
  test('a refused save takes back the gesture and what was built on it, and leaves the rest', async () => {
    const answers: { resolve: () => void; reject: (error: unknown) => void }[] = [];
    const onGesture = () => new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
    const boxes = [makeBox('a'), makeBox('b', { x: 300 })];
    const d = driveEditor({
      document: makeDocument({ image: makeImage('one', { state: 'labelled' }), boxes }),
      onGesture,
    });
    d.drag({ x: 140, y: 130 }, { x: 150, y: 130 });
    d.drag({ x: 340, y: 130 }, { x: 345, y: 130 });
    d.drag({ x: 150, y: 130 }, { x: 170, y: 130 });
    expect(d.editor.getSnapshot()).toMatchObject({
      save: { kind: 'saving', count: 3 },
      boxes: [{ x: 130 }, { x: 305 }],
    });
    answers[1]?.resolve();
    answers[0]?.reject(refused);
    await Promise.resolve();
    await Promise.resolve();
    expect(d.editor.getSnapshot()).toMatchObject({
      boxes: [{ x: 100 }, { x: 305 }],
      save: { kind: 'failed', error: refused, rolledBackCount: 2 },
    });
    answers[2]?.reject(refused);
    await Promise.resolve();
    await Promise.resolve();
    d.press('Ctrl+Z');
    expect(d.editor.getSnapshot().boxes.map((box) => box.x)).toEqual([100, 300]);
  });
});

describe('suggestions', () => {
  const sure = makePrediction('sure', { score: 0.9 });
  const fair = makePrediction('fair', { score: 0.6, x: 100 });
  const weak = makePrediction('weak', { score: 0.1, x: 500 });
  const withSuggestions = () => driveEditor({ document: makeDocument({ predictions: [fair, weak, sure] }) });

  test('the surest is offered first; Enter makes a label that remembers the model, and goes on', () => {
    const d = withSuggestions();
    const before = pickRecords(d.editor);
    expect(d.editor.getSnapshot().selectedPredictionId).toBe('sure');
    d.press('Enter');
    const { boxes, predictions, selectedPredictionId, image } = d.editor.getSnapshot();
    expect(boxes).toMatchObject([
      { source: 'model', modelId: 'model', score: 0.9, classId: 'YFT', x: 300, y: 200 },
    ]);
    expect(predictions.find((entry) => entry.id === 'sure')).toMatchObject({
      status: 'accepted',
      boxId: boxes[0]?.id,
    });
    expect([selectedPredictionId, image?.state]).toEqual(['fair', 'labelled']);
    d.press('X');
    expect(d.editor.getSnapshot().openPredictions).toEqual([]);
    d.press('Ctrl+Z');
    d.press('Ctrl+Z');
    expect(pickRecords(d.editor)).toEqual(before);
  });

  test('the cut decides what Shift+Enter accepts, in one step, and labels stay as they are', () => {
    const label = makeBox('mine', { x: 300, y: 200, w: 90, h: 50 });
    const d = driveEditor({ document: makeDocument({ boxes: [label], predictions: [fair, weak, sure] }) });
    for (let i = 0; i < 4; i++) d.press('[');
    expect(d.editor.getSnapshot()).toMatchObject({
      cutScore: 0.05,
      openPredictions: [{ id: 'sure' }, { id: 'fair' }, { id: 'weak' }],
    });
    d.press(']');
    d.press(']');
    d.press('Shift+Enter');
    expect(d.editor.getSnapshot().boxes.map((box) => box.score)).toEqual([null, 0.9, 0.6]);
    expect(d.editor.getSnapshot().boxes[0]).toEqual(label);
    d.press('Ctrl+Z');
    expect(d.editor.getSnapshot().boxes).toEqual([label]);
  });

  test('dragging a handle of a suggestion makes an adjusted label, and a mere click makes none', () => {
    const d = withSuggestions();
    d.click({ x: 390, y: 250 });
    expect(d.gestures).toEqual([]);
    d.drag({ x: 390, y: 250 }, { x: 400, y: 260 });
    expect(d.box()).toEqual({ x: 300, y: 200, w: 100, h: 60 });
    expect(d.editor.getSnapshot().predictions.find((entry) => entry.id === 'sure')?.status).toBe('adjusted');
    expect(d.gestures).toHaveLength(1);
  });

  test('a deleted label takes its suggestion with it: it is not offered again, until undo', () => {
    const d = withSuggestions();
    d.press('Enter');
    d.press('Tab');
    d.press('Delete');
    expect(d.editor.getSnapshot().predictions.find((entry) => entry.id === 'sure')).toMatchObject({
      status: 'rejected',
      boxId: null,
    });
    d.press('Ctrl+Z');
    expect(d.editor.getSnapshot().predictions.find((entry) => entry.id === 'sure')?.status).toBe('accepted');
  });

  test('with nothing selected Enter only selects: nothing is accepted unseen', () => {
    const d = withSuggestions();
    d.editor.selectPrediction(null);
    d.press('Enter');
    expect(d.editor.getSnapshot()).toMatchObject({ boxes: [], selectedPredictionId: 'sure' });
  });

  test('S and Shift+S walk round the open ones, U puts one aside', () => {
    const d = withSuggestions();
    d.press('S');
    expect(d.editor.getSnapshot().selectedPredictionId).toBe('fair');
    d.press('S');
    d.press('Shift+S');
    expect(d.editor.getSnapshot().selectedPredictionId).toBe('fair');
    d.press('U');
    expect(d.editor.getSnapshot().predictions.find((entry) => entry.id === 'fair')?.status).toBe('unsure');
  });
});

describe('a long history', () => {
  test('undo goes on into gestures that are handed in later, over undone and redone ones, to the very first', () => {
    const first = driveEditor({ settings: { toolId: 'box' } });
    for (let i = 0; i < 4; i++) first.drag({ x: 20 + 100 * i, y: 20 }, { x: 80 + 100 * i, y: 80 });
    first.press('Ctrl+Z');
    first.press('Ctrl+Z');
    first.press('Ctrl+Y');
    const { image, boxes } = first.editor.getSnapshot();
    if (image === null) throw new Error('the image is open');
    const log = first.gestures;
    const later = driveEditor({ document: makeDocument({ image, boxes }), history: log.slice(-2) });
    // Of what is known so far, nothing can be undone: the gestures that were undone and redone are not among it.
    expect(later.editor.undoDepth()).toBe(0);
    later.editor.extendHistory(log.slice(2, -2));
    later.editor.extendHistory(log.slice(0, 2));
    expect(later.editor.undoDepth()).toBe(3);
    while (later.editor.undo().kind === 'applied');
    expect(later.editor.getSnapshot()).toMatchObject({ boxes: [], image: { state: 'unseen' } });
    while (later.editor.redo().kind === 'applied');
    expect(later.editor.getSnapshot().boxes).toHaveLength(4);
  });
});
