/** A project of many images, made of rows alone: for stories about size, which need no pixels. */
import type { HostApi } from '../../src/contract/host-api.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { makeBox } from './test-host.ts';

export interface ManyImages {
  readonly images: number;
  /** Boxes of each image; they take the classes in turn. */
  readonly boxes: number;
  readonly classes: number;
}

/** Adds them to the project that is open, whose first image is the pattern, and opens it again. Ids are `many-0`, `tag-0` and so on. */
export async function addManyImages(api: HostApi, { images, boxes, classes }: ManyImages): Promise<void> {
  const dir = (await api.currentProject())?.path ?? '';
  const [pattern] = (await api.listImages({ filter: {}, offset: 0, limit: 1 })).items;
  await api.closeProject();
  const db = openProjectDatabase(dir, { create: false, nowMs: 0 });
  const image = db.images.find(pattern?.id ?? '');
  if (image === undefined) throw new Error('The project needs an image to go by.');
  db.transaction(() => {
    for (let i = 0; i < classes; i += 1)
      db.classes.insert({
        ...{ id: `tag-${i}`, name: `Tag ${i}`, color: '#888888', key: null, scientificName: null },
        position: 10 + i,
      });
    for (let i = 0; i < images; i += 1) {
      const id = `many-${i}`;
      const state = boxes === 0 ? 'unseen' : 'labelled';
      db.images.insert({ ...image, id, path: `many/${i}.jpg`, hash: id.padEnd(64, '0'), state });
      for (let n = 0; n < boxes; n += 1)
        db.boxes.insert(
          makeBox({ id: `box-${i}-${n}`, imageId: id, classId: `tag-${(i + n) % classes}`, x: 2 + (n % 40) }),
        );
    }
  });
  db.close();
  await api.openProject({ path: dir });
}
