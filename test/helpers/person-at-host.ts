/** A person at work: the headless editor on a real host, joined as the window joins them, driven as by hand. */
import { randomUUID } from 'node:crypto';
import type { HostApi } from '../../src/contract/host-api.ts';
import type { Gesture } from '../../src/core/diffs.ts';
import { toAppErrorData } from '../../src/core/errors.ts';
import { findLastClass } from '../../src/editor/last-class.ts';
import { createSaveQueue } from '../../src/renderer/app/save-queue.ts';
import { type Driver, driveEditor } from './editor-driver.ts';

export interface Person extends Driver {
  /** Goes to an image, as the list does. */
  goTo(imageId: string): Promise<void>;
  /** Until all that was done is saved, refused, or shown. */
  settle(): Promise<void>;
}

/** Sits a person down at a project that is open, with its whole history. `send` stands for the line to the host. */
export async function sitDown(
  api: HostApi,
  imageId: string,
  send: (gesture: Gesture) => Promise<unknown> = (gesture) => api.applyGesture(gesture),
): Promise<Person> {
  const saves = createSaveQueue({ send, readError: toAppErrorData, wait: () => Promise.resolve() });
  let opening: Promise<void> = Promise.resolve();
  const open = (id: string): Promise<void> => {
    opening = opening.then(async () => {
      await saves.idle();
      const asOf = driver.editor.getRevision();
      const [document, classes] = await Promise.all([api.getImage({ id }), api.listClasses()]);
      driver.editor.open({ ...document, classes }, { asOf });
    });
    return opening;
  };
  const history = await api.listGestures({ limit: 1000 });
  const driver = driveEditor({
    document: null,
    history,
    settings: { classId: findLastClass(history) },
    newId: () => randomUUID(),
    onGesture: (gesture) => saves.save(gesture),
    onNeedImage: (id) => void open(id),
  });
  await open(imageId);
  return Object.assign(driver, {
    goTo: (id: string) => {
      driver.editor.flush();
      return open(id);
    },
    settle: async () => {
      await opening;
      await saves.idle();
      // What a save's end leads to is told a turn later.
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

/** Everything that is said of these images, in a fixed order: what undo must bring back and no fault may change. */
export async function readLabels(api: HostApi, imageIds: readonly string[]) {
  const documents = await Promise.all(imageIds.map((id) => api.getImage({ id })));
  return documents.map(({ image, boxes }) => ({
    path: image.path,
    state: image.state,
    boxes: [...boxes].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }));
}
