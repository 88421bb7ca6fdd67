import { describe, expect, it } from 'vitest';
import { csvFormat } from '../../src/formats/csv.format.ts';
import type { ExportInput, Format } from '../../src/formats/format.ts';
import { labelStudioFormat } from '../../src/formats/label-studio.format.ts';
import { megadetectorFormat } from '../../src/formats/megadetector.format.ts';
import { vottFormat } from '../../src/formats/vott.format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const place = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) =>
  [x, y, w, h].map((value) => Math.round(value * 1e6) / 1e6);
const project: ExportInput = {
  projectName: 'Deck',
  classes: [{ id: 'c', name: 'cod', color: '#112233', key: null, scientificName: null, position: 0 }],
  images: [
    makeImage('deck/ä 1.jpg', { state: 'labelled', split: 'train' }),
    makeImage('deck/empty.jpg', { state: 'empty' }),
    makeImage('new.jpg'),
  ],
  boxes: [
    {
      ...makeBox('deck/ä 1.jpg', 'c', { x: 64, y: 48, w: 320, h: 240 }, 'b1'),
      score: 0.4,
      source: 'model',
      attributes: { net: 'gill', note: 'torn' },
    },
  ],
  predictions: [
    {
      id: 'p',
      modelId: 'm',
      imageId: 'new.jpg',
      classId: 'c',
      x: 0,
      y: 0,
      w: 64,
      h: 48,
      score: 0.7,
      probabilities: [],
      status: 'pending',
      boxId: null,
      head: null,
      tail: null,
    },
  ],
  nowMs: 0,
};
const jsonOf = (files: Record<string, Uint8Array>, name: string) =>
  JSON.parse(new TextDecoder().decode(files[name])) as unknown;
/** Exports, drops the manifest, and reads what a stranger's tool would have. */
async function withoutManifest(format: Format, options?: object) {
  const { 'catchlight-manifest.json': _, ...files } = await drainExport(format.write(project));
  return format.read(treeOf(files), lookupOf(...project.images), options);
}

describe('Label Studio', () => {
  const task = (result: unknown[], more: object = {}) =>
    treeOf({
      'export.json': JSON.stringify([
        { id: 1, data: { photo: '/data/upload/3/0a1b2c3d-a.jpg' }, annotations: [{ result }], ...more },
      ]),
    });
  const region = (value: object, more: object = {}) => ({
    id: 'r',
    type: 'rectanglelabels',
    from_name: 'l',
    to_name: 'photo',
    original_width: 640,
    original_height: 480,
    image_rotation: 0,
    value: { rectanglelabels: ['cod'], rotation: 0, ...value },
    ...more,
  });

  it('reads percent of the picture, turned boxes about their corner, ellipses and polygons', async () => {
    const back = await labelStudioFormat.read(
      task([
        region({ x: 10, y: 10, width: 50, height: 50 }),
        region({ x: 50, y: 50, width: 10, height: 10, rotation: 90 }),
        region({ x: 50, y: 50, radiusX: 10, radiusY: 5, ellipselabels: ['cod'] }, { type: 'ellipselabels' }),
        region(
          {
            points: [
              [0, 0],
              [10, 0],
              [5, 20],
            ],
            polygonlabels: ['cod'],
          },
          { type: 'polygonlabels' },
        ),
        region({ x: 1, y: 1, width: 5, height: 5 }, { image_rotation: 90 }),
      ]),
      lookupOf('a.jpg'),
    );
    expect(back.boxes.map(place)).toEqual([
      [64, 48, 320, 240],
      [272, 240, 48, 64],
      [256, 216, 128, 48],
      [0, 0, 64, 96],
    ]);
    expect(back.report.skipped[0]?.why).toContain('turned in Label Studio');
  });

  it('takes predictions with their scores where nobody annotated, and only there', async () => {
    const predictions = [
      {
        model_version: 'm',
        score: 0.9,
        result: [region({ x: 0, y: 0, width: 10, height: 10 }, { score: 0.3 })],
      },
    ];
    const bare = await labelStudioFormat.read(task([], { annotations: [], predictions }), lookupOf('a.jpg'));
    expect(bare.boxes).toMatchObject([{ score: 0.3 }]);
    const annotated = await labelStudioFormat.read(task([], { predictions }), lookupOf('a.jpg'));
    expect([annotated.boxes, annotated.images[0]?.state]).toEqual([[], 'empty']);
    const weak = await labelStudioFormat.read(task([], { annotations: [], predictions }), lookupOf('a.jpg'), {
      minScore: 0.5,
    });
    expect(weak.report).toMatchObject({ boxes: 0, seen: { boxes: 1 } });
  });

  it('takes the last annotation of several, passing over cancelled ones, or all when asked', async () => {
    const one = (x: number, more: object = {}) => ({
      result: [region({ x, y: 0, width: 10, height: 10 })],
      ...more,
    });
    const files = task([], { annotations: [one(0), one(10), one(20, { was_cancelled: true })] });
    expect((await labelStudioFormat.read(files, lookupOf('a.jpg'))).boxes.map(({ x }) => x)).toEqual([64]);
    expect(
      (await labelStudioFormat.read(files, lookupOf('a.jpg'), { annotations: 'all' })).boxes,
    ).toHaveLength(2);
  });

  it('writes tasks whose names fit the config beside them, states without a manifest, and predictions apart', async () => {
    const files = await drainExport(labelStudioFormat.write(project));
    expect(jsonOf(files, 'tasks.json')).toMatchObject([
      {
        data: { image: '/data/local-files/?d=deck/%C3%A4%201.jpg' },
        annotations: [{ result: [{ from_name: 'label', to_name: 'image', original_width: 640 }] }],
      },
      { annotations: [{ result: [] }] },
      { annotations: [], predictions: [{ model_version: 'm', result: [{ score: 0.7 }] }] },
    ]);
    expect(new TextDecoder().decode(files['config.xml'])).toContain(
      '<RectangleLabels name="label" toName="image">',
    );
    const back = await withoutManifest(labelStudioFormat);
    expect(back.boxes.map(place)).toEqual([
      [64, 48, 320, 240],
      [0, 0, 64, 48],
    ]);
    expect(back.boxes[0]).toMatchObject({ score: 0.4, attributes: { net: 'gill', note: 'torn' } });
    expect(back.images.map(({ state }) => state)).toEqual(['labelled', 'empty', 'labelled']);
  });
});

describe('MegaDetector', () => {
  const results = {
    info: { format_version: '1.3' },
    detection_categories: { '1': 'animal', '3': 'vehicle' },
    classification_categories: { '0': 'cod', '7': 'eel' },
    images: [
      {
        file: 'a.jpg',
        detections: [
          {
            category: '1',
            conf: 0.9,
            bbox: [0.1, 0.2, 0.5, 0.25],
            classifications: [
              ['0', 0.2],
              ['7', 0.7],
            ],
          },
          { category: '3', conf: 0.5, bbox: [0, 0, 0.5, 0.5] },
          { category: '1', conf: 0.1, bbox: [0, 0, 0.5, 0.5] },
        ],
      },
      { file: 'b.jpg', detections: [] },
      { file: 'c.jpg', failure: 'Failure image access', detections: null },
    ],
  };
  const files = treeOf({ 'md.json': JSON.stringify(results) });

  it('reads fractions, species before kinds, leaves weak ones out, and tells empty from not examined', async () => {
    const back = await megadetectorFormat.read(files, lookupOf('a.jpg', 'b.jpg', 'c.jpg'));
    expect(back.boxes.map((box) => [box.className, box.score, ...place(box)])).toEqual([
      ['eel', 0.9, 64, 96, 320, 120],
      ['vehicle', 0.5, 0, 0, 320, 240],
    ]);
    expect(back.images.map(({ state }) => state)).toEqual(['labelled', 'empty', null]);
    expect(back.report.seen).toEqual({ images: 3, boxes: 3 });
    const kinds = await megadetectorFormat.read(files, lookupOf('a.jpg'), { species: 'ignore', minScore: 0 });
    expect(kinds.boxes.map(({ className }) => className)).toEqual(['animal', 'vehicle', 'animal']);
  });

  it('writes labels as certain, remembers the score, and says what nobody has looked at', async () => {
    const json = jsonOf(await drainExport(megadetectorFormat.write(project)), 'megadetector.json');
    expect(json).toMatchObject({
      detection_categories: { '1': 'cod' },
      images: [
        { detections: [{ category: '1', conf: 1, bbox: [0.1, 0.1, 0.5, 0.5] }] },
        { detections: [] },
        { failure: 'Nobody has looked at it' },
      ],
    });
    const back = await withoutManifest(megadetectorFormat);
    expect([back.boxes[0]?.score, back.images.map(({ state }) => state)]).toEqual([
      0.4,
      ['labelled', 'empty', null],
    ]);
  });
});

describe('VoTT', () => {
  it('tells equal names apart by the end of a path from another machine, and reads its states', async () => {
    const asset = (folder: string, state: number, regions: unknown[]) => ({
      asset: {
        id: folder,
        name: 'x y.jpg',
        path: `file:C:/Users/q/${folder}/x%20y.jpg`,
        size: { width: 640, height: 480 },
        state,
      },
      regions,
    });
    const json = {
      assets: {
        1: asset('a', 2, [
          { tags: ['cod', 'torn'], boundingBox: { left: 1.5, top: 2, width: 30, height: 40 } },
          {
            type: 'POLYGON',
            tags: ['cod'],
            points: [
              { x: 1, y: 2 },
              { x: 9, y: 4 },
            ],
          },
        ]),
        2: asset('b', 1, []),
        3: asset('c', 0, []),
      },
      tags: [{ name: 'eel' }, { name: 'cod' }],
    };
    const back = await vottFormat.read(
      treeOf({ 'p-export.json': JSON.stringify(json) }),
      lookupOf('a/x y.jpg', 'b/x y.jpg', 'c/x y.jpg'),
    );
    expect(back.boxes.map(place)).toEqual([
      [1.5, 2, 30, 40],
      [1, 2, 8, 2],
    ]);
    expect(back.boxes[0]?.attributes).toEqual({ tags: 'torn' });
    expect(back.images.map(({ path, state }) => [path, state])).toEqual([
      ['a/x y.jpg', 'labelled'],
      ['b/x y.jpg', 'empty'],
      ['c/x y.jpg', null],
    ]);
    expect(back.classes.map(({ name }) => name)).toEqual(['eel', 'cod']);
  });

  it('writes paths and states that come back without the manifest', async () => {
    const back = await withoutManifest(vottFormat);
    expect(back.boxes.map(place)).toEqual([[64, 48, 320, 240]]);
    expect(back.images.map(({ state }) => state)).toEqual(['labelled', 'empty', null]);
  });
});

describe('CSV tables', () => {
  const read = (text: string, options?: object, name = 'x.csv') =>
    csvFormat.read(treeOf({ [name]: text }), lookupOf('a.jpg', 'b.jpg'), options);

  it('finds columns by the names that tools give them', async () => {
    const tables = [
      'filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,640,480,cod,64,48,128,96\n',
      'image_path;label;x1;y1;x2;y2\r\na.jpg;cod;64;48;128;96\r\n',
      'species\timage\tx\ty\tw\th\ncod\ta.jpg\t64\t48\t64\t48\n',
      'image_id,class_name,cx,cy,width,height\na.jpg,cod,0.15,0.15,0.1,0.1\n',
      'image_id,label,bbox\na.jpg,cod,"[64, 48, 64, 48]"\n',
    ];
    for (const table of tables) {
      const back = await read(table);
      expect([table, ...back.boxes.map((box) => [box.className, ...place(box)])]).toEqual([
        table,
        ['cod', 64, 48, 64, 48],
      ]);
    }
  });

  it('reads a table without names when its columns are told, numbers as the command line gives them', async () => {
    const options = { header: 'no', image: 2, class: 1, x: 3, y: 4, x2: 5, y2: 6, box: 'size' };
    const back = await read('cod,a.jpg,1,2,30,40\neel,b.jpg,1,2,30,40\n', options);
    expect(back.boxes.map((box) => [box.className, ...place(box)])).toEqual([
      ['cod', 1, 2, 30, 40],
      ['eel', 1, 2, 30, 40],
    ]);
  });

  it('refuses a table whose columns it cannot tell, and shows its first row', async () => {
    await expect(read('kind,where\ncod,here\n')).rejects.toMatchObject({
      code: 'format/csv-columns',
      message: expect.stringContaining('kind, where') as string,
    });
  });

  it('takes 1,5 for one and a half where cells are parted by another sign', async () => {
    const back = await read(
      'image;class;xmin;ymin;xmax;ymax;score\na.jpg;cod;1,5;2;30,25;-,5;0,75\nb.jpg;cod;1.5;2;30,2,5;9;1\n',
    );
    expect(back.boxes).toMatchObject([{ x: 1.5, y: 0, w: 28.75, h: 2, score: 0.75 }]);
    expect(back.report.skipped).toMatchObject([{ why: 'a coordinate is not a number' }]);
  });

  it('keeps other columns, scores, quoted line breaks and rows that say an image is empty', async () => {
    const back = await read(
      'image,class,x1,y1,x2,y2,score,remark\na.jpg,cod,1,2,3,4,0.5,"torn,\nleft"\nb.jpg,,,,,,,\n',
    );
    expect(back.boxes).toMatchObject([{ score: 0.5, attributes: { remark: 'torn,\nleft' } }]);
    expect(back.images.map(({ state }) => state)).toEqual(['labelled', 'empty']);
  });

  it('writes a table that comes back without the manifest, in either form', async () => {
    for (const box of ['corners', 'size']) {
      const { 'catchlight-manifest.json': _, ...files } = await drainExport(
        csvFormat.write(project, { box }),
      );
      const back = await csvFormat.read(treeOf(files), lookupOf(...project.images));
      expect(back.boxes.map(place)).toEqual([[64, 48, 320, 240]]);
      expect(back.images.map(({ state, split }) => [state, split])).toEqual([
        ['labelled', 'train'],
        ['empty', null],
      ]);
    }
  });
});
