/** One history over many images: whatever is done on whichever, the host never meets a record it does not expect, and undo finds its way back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Gesture } from '../../src/core/diffs.ts';
import type { BoxRecord, ImageRecord } from '../../src/core/records.ts';
import { type Driver, driveEditor, fishClasses, makeBox, makeImage } from '../helpers/editor-driver.ts';

/** What the host of a project does with gestures, kept in memory: it refuses a diff whose `before` is not what it has. */
function createStore() {
  const images = new Map<string, ImageRecord>(
    ['one', 'two', 'three'].map((id, index) => [
      id,
      makeImage(id, { state: index === 0 ? 'labelled' : 'unseen', widthPx: 640 - 200 * index }),
    ]),
  );
  const boxes = new Map<string, BoxRecord>(
    [makeBox('a'), makeBox('b', { x: 420, y: 300 })].map((box) => [box.id, box]),
  );
  return {
    apply({ diffs }: Gesture): void {
      for (const diff of diffs) {
        if (diff.table === 'boxes') {
          expect(boxes.get(diff.id) ?? null).toEqual(diff.before);
          if (diff.after === null) boxes.delete(diff.id);
          else boxes.set(diff.id, diff.after);
        } else if (diff.table === 'images' && diff.after !== null) {
          const image = images.get(diff.id);
          if (image === undefined) throw new Error('a gesture names an image that is not there');
          expect(image.state).toBe(diff.before?.state);
          images.set(diff.id, { ...image, ...diff.after });
        }
      }
    },
    open(driver: Driver, id: string): void {
      const image = images.get(id);
      if (image === undefined) throw new Error(`no image ${id}`);
      const here = [...boxes.values()].filter((box) => box.imageId === id);
      const asOf = driver.editor.getRevision();
      driver.editor.open({ image, boxes: here, classes: fishClasses, predictions: [] }, { asOf });
    },
    read: () => ({
      states: [...images.values()].map(({ id, state, note }) => [id, state, note ?? null]),
      boxes: [...boxes.values()].sort((a, b) => a.id.localeCompare(b.id)),
    }),
  };
}

const point = fc.record({ x: fc.integer({ min: -20, max: 660 }), y: fc.integer({ min: -20, max: 500 }) });
const act = fc.oneof(
  fc.record({ open: fc.constantFrom('one', 'two', 'three') }),
  fc.record({ from: point, to: point }),
  fc.record({
    chord: fc.constantFrom(
      ...['W', 'V', 'L', 'Ctrl+A', 'Ctrl+C', 'Ctrl+X', 'Ctrl+V', 'Ctrl+D', 'Shift+R', 'K', 'Ctrl+]'],
      ...['Delete', 'Ctrl+Delete', 'ArrowLeft', '2', 'N', 'Q', 'Ctrl+Z', 'Ctrl+Z', 'Ctrl+Y', 'Tab'],
    ),
  }),
  fc.record({ note: fc.constantFrom('net', 'blurred', null) }),
);

test('any work on three images can be undone to the start and done again to the end', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 50 }), (acts) => {
      const store = createStore();
      const start = store.read();
      const d = driveEditor({
        document: null,
        onGesture: (gesture) => {
          store.apply(gesture);
          return undefined;
        },
        onNeedImage: (id) => store.open(d, id),
      });
      store.open(d, 'one');
      for (const entry of acts) {
        if ('open' in entry) store.open(d, entry.open);
        else if ('chord' in entry) d.press(entry.chord);
        else if ('note' in entry) d.editor.write('Change note', { image: { note: entry.note } });
        else d.drag(entry.from, entry.to);
      }
      d.editor.flush();
      const end = store.read();
      let steps = 0;
      while (d.editor.undo().kind !== 'nothing') steps += 1;
      expect(store.read()).toEqual(start);
      // What had been undone before stays undone.
      for (let step = 0; step < steps; step++) d.editor.redo();
      expect(store.read()).toEqual(end);
    }),
    { seed: 11, numRuns: 400 },
  );
});
