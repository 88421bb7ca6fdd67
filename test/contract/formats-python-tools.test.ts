/** The checks that trainers and upload tools make of their own accord, run on what we wrote. Without their Python packages each block is skipped and says so. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ExportInput, ExportResult } from '../../src/formats/format.ts';
import { kaggleDatasetFormat } from '../../src/formats/kaggle-dataset.format.ts';
import { yoloFormat } from '../../src/formats/yolo.format.ts';
import { packExport } from '../../src/main/host/transfer/pack-export.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, makeImage } from '../helpers/file-trees.ts';
import { findPython, runPython } from '../helpers/python.ts';

const size = { widthPx: 96, heightPx: 64 };
/** Starting Python and its packages takes long on a busy machine. */
const SLOW = 180_000;

/** Six photographs over two splits: one without fish, one with two boxes, edges and accents. */
const project: ExportInput = {
  projectName: 'Reef survey',
  classes: ['cod', 'red snapper', 'Ähre: "1"'].map((name, position) => ({
    id: `c${position}`,
    name,
    color: '#336699',
    key: null,
    scientificName: null,
    position,
  })),
  images: ['a.jpg', 'tête 2.jpg', 'images/b.jpg', 'labels/b.jpg', 'c.JPG', 'empty.jpg'].map((name, i) =>
    makeImage(name, {
      ...size,
      split: i % 2 === 0 ? 'train' : 'valid',
      state: name === 'empty.jpg' ? 'empty' : 'reviewed',
    }),
  ),
  boxes: [
    makeBox('a.jpg', 'c0', { x: 0, y: 0, w: 96, h: 64 }, 'b0'),
    makeBox('a.jpg', 'c2', { x: 90.5, y: 60.25, w: 5.5, h: 3.75 }, 'b1'),
    makeBox('tête 2.jpg', 'c1', { x: 10, y: 20, w: 30.125, h: 11 }, 'b2'),
    makeBox('images/b.jpg', 'c1', { x: 1, y: 2, w: 3, h: 4 }, 'b3'),
    makeBox('labels/b.jpg', 'c0', { x: 40, y: 30, w: 20, h: 10 }, 'b4'),
    makeBox('c.JPG', 'c2', { x: 0.5, y: 0.5, w: 1, h: 1 }, 'b5'),
  ],
  nowMs: 0,
};

const photograph = await sharp({
  create: { width: size.widthPx, height: size.heightPx, channels: 3, background: '#123456' },
})
  .jpeg()
  .toBuffer();

async function withFolder<T>(use: (dir: string) => T | Promise<T>): Promise<T> {
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-tools-'));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function writeBelow(dir: string, name: string, bytes: Uint8Array): string {
  const file = path.join(dir, ...name.split('/'));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

async function writeExport(dir: string, result: ExportResult): Promise<string[]> {
  const files = await drainExport(result);
  for (const [name, bytes] of Object.entries(files)) writeBelow(dir, name, bytes);
  return Object.keys(files);
}

const ultralytics = findPython(['ultralytics']);
/** Offline, its settings in a folder of the test: it sends nothing and keeps nothing. */
const readWithUltralytics = `
import json, logging, os, sys
logging.disable(logging.CRITICAL)
from ultralytics import settings
settings.update({'sync': False})
from ultralytics.data.dataset import YOLODataset
from ultralytics.data.utils import check_det_dataset
data = check_det_dataset(os.path.join(sys.argv[1], 'data.yaml'), autodownload=False)
rows = []
for split in ('train', 'val'):
    for one in YOLODataset(img_path=data[split], data=data, task='detect', imgsz=64, augment=False, cache=False, prefix='').labels:
        h, w = one['shape']
        name = os.path.relpath(one['im_file'], sys.argv[1]).replace(os.sep, '/')
        boxes = [[data['names'][int(c)], (x - bw / 2) * w, (y - bh / 2) * h, bw * w, bh * h]
                 for [c], (x, y, bw, bh) in zip(one['cls'].tolist(), one['bboxes'].tolist())]
        rows.append([split, name, boxes])
print(json.dumps(sorted(rows)))
`;

describe.skipIf(ultralytics === undefined)("Ultralytics' own check of data sets", () => {
  it(
    'passes wherever it is started from, drops no image, and sees every box',
    async () => {
      const rows = (await withFolder((dir) =>
        withFolder(async (settings) => {
          const result = yoloFormat.write(project);
          await writeExport(dir, result);
          for (const copy of result.copies) writeBelow(dir, copy.path, photograph);
          const env = { YOLO_CONFIG_DIR: settings, YOLO_OFFLINE: 'true', YOLO_AUTOINSTALL: 'false' };
          return runPython(ultralytics ?? '', readWithUltralytics, [dir], env);
        }),
      )) as [split: string, name: string, boxes: [string, number, number, number, number][]][];
      const { copies } = yoloFormat.write(project);
      expect(rows.map(([, name]) => name).sort()).toEqual(copies.map((copy) => copy.path).sort());
      const nameOf = new Map(project.classes.map(({ id, name }) => [id, name]));
      for (const { imageId, path: name } of copies) {
        const found = rows.find((row) => row[1] === name);
        const image = project.images.find(({ id }) => id === imageId);
        expect(found?.[0]).toBe(image?.split === 'valid' ? 'val' : 'train');
        const wanted = project.boxes.filter((box) => box.imageId === imageId);
        const key = (row: readonly [string, ...number[]]) =>
          `${row[0]} ${row.slice(1).map((v) => Number(v).toFixed(2).replace('-0.00', '0.00'))}`;
        // It keeps its numbers in single precision and drops rows that repeat.
        expect(found?.[2].map(key).sort()).toEqual(
          wanted.map(({ classId, x, y, w, h }) => key([nameOf.get(classId) ?? '', x, y, w, h])).sort(),
        );
      }
    },
    SLOW,
  );
});

const kaggle = findPython(['kaggle']);
/** The client's own way to create a data set, up to the first byte that it would send. */
const checkWithKaggle = `
import json, os, sys
from requests.exceptions import HTTPError
from kaggle.api.kaggle_api_extended import KaggleApi
class Sent(Exception):
    pass
class Offline(KaggleApi):
    def dataset_status(self, dataset):
        raise HTTPError('there is none of that name')
    def upload_files(self, request, resources, folder, *rest):
        names = [one for one in os.listdir(folder) if os.path.isfile(os.path.join(folder, one))]
        raise Sent({
            'title': request.title, 'slug': request.slug, 'owner': request.owner_slug, 'license': request.license_name,
            'subtitle': request.subtitle, 'private': request.is_private,
            'resources': sorted(one['path'] for one in resources), 'files': sorted(names),
        })
api = Offline()
api.config_values[api.CONFIG_NAME_USER] = 'nobody'
try:
    api.dataset_create_new(sys.argv[1], quiet=True, dir_mode='skip')
    print(json.dumps('nothing was sent'))
except Sent as sent:
    print(json.dumps(sent.args[0]))
except Exception as refused:
    print(json.dumps({'refused': str(refused)}))
`;

describe.skipIf(kaggle === undefined)("the Kaggle client's own check of a bundle", () => {
  const pack = (labels = 'coco,yolo', change?: (dir: string) => void): Promise<unknown> =>
    withFolder((dir) =>
      withFolder(async (photographs) => {
        const result = kaggleDatasetFormat.write(project, { owner: 'reef-people', labels });
        const written = await writeExport(dir, result);
        if (result.packing === undefined) throw new Error('the bundle says nothing of its archives');
        await packExport(dir, written, {
          packing: result.packing,
          photographs: result.copies.map(({ path: name }) => ({
            name,
            file: writeBelow(photographs, name, photograph),
          })),
          signal: new AbortController().signal,
          onFile: () => undefined,
        });
        change?.(dir);
        // Names of nobody: the client refuses to be made without any.
        const env = { KAGGLE_USERNAME: 'nobody', KAGGLE_KEY: 'none', KAGGLE_CONFIG_DIR: photographs };
        return runPython(kaggle ?? '', checkWithKaggle, [dir], env);
      }),
    );

  it(
    'passes: title, slug, subtitle, one licence, and every resource is there, none in a folder that it skips',
    async () => {
      const sent = (await pack()) as { title: string; owner: string; resources: string[]; files: string[] };
      expect(sent).toMatchObject({ owner: 'reef-people', private: true });
      expect(sent.title).toContain('Reef survey');
      expect(sent.resources.length).toBeGreaterThan(2);
      for (const resource of sent.resources) expect(sent.files).toContain(resource);
      expect(sent.files).toContain('yolo.zip');
      // Of labels that are archives alone, the manifest must lie beside them.
      const archives = (await pack('voc,labelme')) as typeof sent;
      expect(archives.resources).toEqual(
        ['catchlight-manifest.json', 'images.zip', 'labelme.zip', 'voc.zip'].sort(),
      );
    },
    SLOW,
  );

  it(
    'is one that refuses: a resource that is gone stops it',
    async () => {
      const refused = await pack('coco', (dir) => rmSync(path.join(dir, 'images.zip')));
      expect(refused).toMatchObject({ refused: expect.stringContaining('images.zip') as string });
    },
    SLOW,
  );
});
