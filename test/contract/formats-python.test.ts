/** Do other people's readers see what we wrote? Needs a Python with their packages; without, each block is skipped and says so. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { findFormat } from '../../src/formats/list.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, makeImage } from '../helpers/file-trees.ts';
import { findPython, runPython } from '../helpers/python.ts';

const size = { widthPx: 96, heightPx: 64 };
const splits = ['train', 'valid', 'test'] as const;
/** Starting Python and its packages takes long on a busy machine. */
const SLOW = { timeout: 180_000 };

/** Twelve photographs over three splits: blanks and accents in names, an equal name in two folders, one without fish. */
function makeProject(separator = '/'): ExportInput {
  const random = createRandom(5);
  const classes = ['cod', 'red snapper', 'Ähre'].map((name, position) => ({
    id: `c${position}`,
    name,
    color: '#336699',
    key: null,
    scientificName: null,
    position,
  }));
  const images = Array.from({ length: 12 }, (_, i) =>
    makeImage(
      (['deck/1.jpg', 'boat/1.jpg', 'boat/tête 2.jpg'][i] ?? `deck/${i}.jpg`).replace('/', separator),
      {
        ...size,
        split: splits[i % 3] ?? null,
        state: i === 11 ? 'empty' : 'reviewed',
      },
    ),
  );
  const boxes = images.slice(0, 11).flatMap((image, i) =>
    Array.from({ length: 1 + (i % 4) }, (_, n) => {
      const [x, y] = [random.range(0, 60), random.range(0, 40)];
      const box = { x, y, w: random.range(2, 96 - x), h: random.range(2, 64 - y) };
      return makeBox(image.id, random.pick(classes).id, box, `b${i}-${n}`);
    }),
  );
  return { projectName: 'Deck', classes, images, boxes, nowMs: 0 };
}

const project = makeProject();
// datumaro's YOLO reader takes folders below the split's for further splits, its VoTT reader goes by bare names.
const flatProject = makeProject('_');
const photograph = await sharp({
  create: { width: size.widthPx, height: size.heightPx, channels: 3, background: '#123456' },
})
  .jpeg()
  .toBuffer();

/** Writes the export and a photograph at each place that `copies` names, hands the folder over, and clears it away. */
async function withExport<T>(id: string, options: object, use: (dir: string) => T): Promise<T> {
  const dir = mkdtempSync(path.join(tmpdir(), `catchlight-${id}-`));
  try {
    const result = findFormat(id)?.write(id === 'yolo' || id === 'vott' ? flatProject : project, options);
    if (result === undefined) throw new Error(`${id} is not in the list`);
    const write = (name: string, bytes: Uint8Array): void => {
      const file = path.join(dir, ...name.split('/'));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    };
    for (const [name, bytes] of Object.entries(await drainExport(result))) write(name, bytes);
    for (const copy of result.copies) write(copy.path, photograph);
    return use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

type Row = [label: string, x: number, y: number, w: number, h: number];
const byNumbers = (a: Row, b: Row) => a[1] - b[1] || a[2] - b[2];
const given = project.boxes
  .map(
    ({ classId, x, y, w, h }): Row => [
      project.classes.find(({ id }) => id === classId)?.name ?? '',
      x,
      y,
      w,
      h,
    ],
  )
  .sort(byNumbers);

/** Same labels, and corners no further than `px` apart, box for box. */
function expectSameBoxes(found: readonly Row[], px: number): void {
  const open = [...found];
  for (const [label, x, y, w, h] of given) {
    const at = open.findIndex(
      (row) =>
        row[0] === label &&
        [row[1] - x, row[2] - y, row[1] + row[3] - x - w, row[2] + row[4] - y - h].every(
          (d) => Math.abs(d) <= px,
        ),
    );
    expect([label, x, y, at >= 0]).toEqual([label, x, y, true]);
    open.splice(at, 1);
  }
  expect(open).toEqual([]);
}

const datumaro = findPython(['datumaro']);
const readWithDatumaro = `
import json, logging, sys, warnings
warnings.filterwarnings('ignore')
logging.disable(logging.CRITICAL)
from datumaro.components.dataset import Dataset
from datumaro.components.annotation import Bbox
data = Dataset.import_from(sys.argv[1], sys.argv[2])
labels = [label.name for label in data.categories()[__import__('datumaro').components.annotation.AnnotationType.label]]
rows, items = [], 0
for item in data:
    items += 1
    for one in item.annotations:
        if isinstance(one, Bbox):
            rows.append([labels[one.label], *[float(v) for v in one.get_bbox()]])
print(json.dumps({'items': items, 'rows': rows}))
`;

describe.skipIf(datumaro === undefined)('datumaro reads our', () => {
  // It rounds every coordinate to two decimals.
  const cases: Record<string, [id: string, options: object, theirs: string, px: number]> = {
    COCO: ['coco', { split: 'per-split' }, 'coco_instances', 0.011],
    'YOLO of Ultralytics': ['yolo', {}, 'yolo', 0.011],
    'YOLO of Darknet': ['yolo', { layout: 'darknet' }, 'yolo', 0.011],
    // It reads VOC as edges from 0, whatever the specification says: whole pixels come out up to one off.
    'Pascal VOC': ['voc', {}, 'voc_detection', 1.001],
    'Pascal VOC with edges from 0': ['voc', { origin: 'zero-based' }, 'voc_detection', 0.011],
    'CVAT for images': ['cvat', {}, 'cvat', 0.021],
    'VoTT JSON': ['vott', {}, 'vott_json', 0.011],
  };
  for (const [title, [id, options, theirs, px]] of Object.entries(cases)) {
    it(`${title}: every image, every box, every class`, SLOW, async () => {
      const found = (await withExport(id, options, (dir) =>
        runPython(datumaro ?? '', readWithDatumaro, [dir, theirs]),
      )) as { items: number; rows: Row[] };
      expectSameBoxes(found.rows, px);
      expect(found.items).toBe(project.images.length);
    });
  }
});

const labelStudio = findPython(['label_studio_sdk']);
describe.skipIf(labelStudio === undefined)('the Label Studio SDK', () => {
  it('finds our regions valid under our labelling config', SLOW, async () => {
    const program = `
import json, sys, os
from label_studio_sdk.label_interface import LabelInterface
tasks = json.load(open(os.path.join(sys.argv[1], 'tasks.json'), encoding='utf-8'))
interface = LabelInterface(open(os.path.join(sys.argv[1], 'config.xml'), encoding='utf-8').read())
interface.validate()
bad = [task['id'] for task in tasks for one in task['annotations'] if not interface.validate_annotation(one)]
print(json.dumps({'tasks': len(tasks), 'labels': sorted(interface.get_control('label').labels), 'bad': bad}))
`;
    const found = await withExport('label-studio', {}, (dir) => runPython(labelStudio ?? '', program, [dir]));
    expect(found).toEqual({
      tasks: 12,
      labels: project.classes.map(({ name }) => name).sort(),
      bad: [],
    });
  });
});

// datumaro's LabelMe reader is for the XML of the older web tool of that name; labelme's own JSON is asked of labelme.
const labelme = findPython(['labelme._label_file']);
describe.skipIf(labelme === undefined)('labelme', () => {
  it('opens each of our files with its photograph beside it', SLOW, async () => {
    const program = `
import glob, json, os, sys
from labelme._label_file import LabelFile
rows, files = [], 0
for name in glob.glob(os.path.join(sys.argv[1], '**', '*.json'), recursive=True):
    if name.endswith('catchlight-manifest.json'): continue
    files += 1
    for shape in LabelFile(name).shapes:
        (x1, y1), (x2, y2) = shape['points']
        rows.append([shape['label'], x1, y1, x2 - x1, y2 - y1])
print(json.dumps({'files': files, 'rows': rows}))
`;
    const found = (await withExport('labelme', {}, (dir) => runPython(labelme ?? '', program, [dir]))) as {
      files: number;
      rows: Row[];
    };
    expectSameBoxes(found.rows, 1e-6);
    expect(found.files).toBe(12);
  });
});
