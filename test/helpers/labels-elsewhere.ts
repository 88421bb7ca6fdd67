/** Labels of another tool, what a project holds of them, and archives taken apart: for stories of import and export. */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import type { HostApi } from '../../src/contract/host-api.ts';

export async function unzip(archive: string, dir: string): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const target = path.join(dir, ...entry.fileName.split('/'));
    mkdirSync(path.dirname(target), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
  }
}

/** Two boats, each with photographs of the same names; COCO labels of one and of a photograph that is not there. */
export function makeCoco(dir: string): string {
  const labels = path.join(dir, 'from-coco');
  mkdirSync(labels);
  const names = ['boat/1.jpg', 'boat/2.jpg', '3.jpg', 'gone.jpg'];
  writeFileSync(
    path.join(labels, 'instances.json'),
    JSON.stringify({
      info: {},
      licenses: [],
      images: names.map((file_name, i) => ({ id: i + 1, file_name, width: 64, height: 48 })),
      categories: [
        { id: 3, name: 'ALB' },
        { id: 7, name: 'yellowfin' },
      ],
      annotations: [
        { id: 1, image_id: 1, category_id: 3, bbox: [4, 4, 20.5, 10.25], area: 210, iscrowd: 0 },
        { id: 2, image_id: 2, category_id: 7, bbox: [8, 8, 16, 16], area: 256, iscrowd: 0 },
        { id: 3, image_id: 2, category_id: 3, bbox: [50, 30, 30, 30], area: 900, iscrowd: 0 },
        { id: 4, image_id: 4, category_id: 3, bbox: [1, 1, 5, 5], area: 25, iscrowd: 0 },
      ],
    }),
  );
  return labels;
}

type Row = readonly [string, string, readonly (readonly unknown[])[]];

/** Path, state and boxes of each image of the open project. */
export async function readAll(api: HostApi): Promise<Row[]> {
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: 100 });
  const nameOf = new Map((await api.listClasses()).map(({ id, name }) => [id, name]));
  const documents = await Promise.all(items.map(({ id }) => api.getImage({ id })));
  return documents.map(({ image, boxes }) => [
    image.path,
    image.state,
    boxes.map(({ classId, x, y, w, h }) => [nameOf.get(classId), x, y, w, h]),
  ]);
}
