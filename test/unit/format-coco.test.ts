import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cocoFormat } from '../../src/formats/coco.format.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { createImageLookup } from '../../src/formats/image-lookup.ts';
import { arbitraryProject, makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const whole = { id: 1, image_id: 1, category_id: 1, bbox: [10, 20, 30, 40] };
const dataset = (part: object) =>
  JSON.stringify({
    images: [{ id: 1, file_name: 'a.jpg', width: 640, height: 480 }],
    categories: [{ id: 1, name: 'fish' }],
    annotations: [whole],
    ...part,
  });
const read = (json: string, ...images: Parameters<typeof lookupOf>) =>
  cocoFormat.read(treeOf({ 'labels.json': json }), lookupOf(...(images.length > 0 ? images : ['a.jpg'])));
const readAs = async (
  files: Record<string, Uint8Array>,
  name: string,
): Promise<{
  images: { id: number; file_name: string }[];
  annotations: { id: number; image_id: number; category_id: number }[];
  categories: { id: number; name: string }[];
}> => JSON.parse(new TextDecoder().decode(files[name]));

const project: ExportInput = {
  projectName: 'Reef',
  classes: ['tuna', 'shark'].map((name, position) => ({
    id: `id-${name}`,
    name,
    color: '#00aa00',
    key: null,
    scientificName: null,
    position,
  })),
  images: [
    makeImage('x/a.jpg', { split: 'train', state: 'labelled' }),
    makeImage('y/a.jpg', { split: 'valid', state: 'empty' }),
    makeImage('z.jpg'),
  ],
  boxes: [makeBox('x/a.jpg', 'id-shark', { x: 1.5, y: 2.25, w: 30.125, h: 4 }, 'b')],
  nowMs: 0,
};

describe('reading COCO', () => {
  it('maps classes by id, since official ids have gaps', async () => {
    const categories = [
      { id: 90, name: 'toothbrush' },
      { id: 3, name: 'fish' },
    ];
    const { boxes } = await read(dataset({ categories, annotations: [{ ...whole, category_id: 3 }] }));
    expect(boxes.map(({ className }) => className)).toEqual(['fish']);
  });

  it('clips boxes to the image and counts them, and skips those outside, empty or not numbers', async () => {
    const bboxes = [
      [-5, 10, 20, 20],
      [700, 10, 5, 5],
      [1, 1, 0, 5],
      [1, 1, 5, -5],
      [1, null, 5, 5],
      [1, 2, 3],
      [1e308, 1e308, 1e308, 1e308],
      ['3', '4', '5', '6'],
    ];
    const { boxes, report, images } = await read(
      dataset({ annotations: bboxes.map((bbox, i) => ({ ...whole, id: i, bbox })) }),
    );
    expect(boxes.map(({ x, y, w, h }) => [x, y, w, h])).toEqual([
      [0, 10, 15, 20],
      [3, 4, 5, 6],
    ]);
    expect(report).toMatchObject({ seen: { images: 1, boxes: 8 }, images: 1, boxes: 2, clipped: 1 });
    expect(report.skipped.map(({ why }) => why)).toEqual([
      'the box lies outside the image',
      'the box has no area',
      'the box has no area',
      'a coordinate is not a number',
      'it has no box',
      'the box lies outside the image',
    ]);
    expect(images[0]?.state).toBe('labelled');
  });

  it('reports an image that the project does not have, with its boxes, and reads the rest', async () => {
    const images = [
      { id: 1, file_name: 'a.jpg' },
      { id: 2, file_name: 'gone.jpg' },
    ];
    const annotations = [
      whole,
      { ...whole, image_id: 2 },
      { ...whole, image_id: 2 },
      { ...whole, image_id: 77 },
    ];
    const { report } = await read(dataset({ images, annotations }));
    expect(report.skipped).toEqual([
      { what: 'labels.json annotation 4', why: 'it names no image that the file lists', images: 0, boxes: 1 },
      { what: 'gone.jpg', why: 'the project has no such image', images: 1, boxes: 2 },
    ]);
    expect(report).toMatchObject({ seen: { images: 2, boxes: 4 }, images: 1, boxes: 1 });
  });

  it('does not call an image empty whose boxes were all lost', async () => {
    const { images } = await read(dataset({ annotations: [{ ...whole, bbox: [900, 900, 5, 5] }] }));
    expect(images[0]?.state).toBeNull();
  });

  it('keeps two photographs of one name in two folders apart', async () => {
    const images = [
      { id: 1, file_name: 'x/a.jpg' },
      { id: 2, file_name: 'y\\a.jpg' },
    ];
    const { boxes } = await read(
      dataset({ images, annotations: [whole, { ...whole, image_id: 2 }] }),
      'x/a.jpg',
      'y/a.jpg',
    );
    expect(boxes.map(({ imageId }) => imageId)).toEqual(['x/a.jpg', 'y/a.jpg']);
    const vague = await read(dataset({}), 'x/a.jpg', 'y/a.jpg');
    expect(vague.report.skipped).toMatchObject([{ what: 'a.jpg', images: 1, boxes: 1 }]);
  });

  it('joins class names that differ only in case or blanks, and says so', async () => {
    const categories = [
      { id: 1, name: 'Fish' },
      { id: 2, name: ' fish ' },
    ];
    const { classes, boxes, report } = await read(
      dataset({ categories, annotations: [whole, { ...whole, category_id: 2 }] }),
    );
    expect(classes.map(({ name }) => name)).toEqual(['Fish']);
    expect(boxes).toHaveLength(2);
    expect(report.notes.join()).toContain('taken as one: “Fish”');
  });

  it('names what images and classes say beyond its fields, and nothing where they say no more', async () => {
    const said = await read(
      dataset({
        licenses: [{ id: 1, name: 'CC' }],
        images: [{ id: 1, file_name: 'a.jpg', width: 640, height: 480, license: 1, flickr_url: '' }],
        categories: [{ id: 1, name: 'fish', supercategory: 'animal' }],
      }),
    );
    expect(said.report.notes).toEqual([
      'The studio has no place for what the file says beside its boxes: license of images, supercategory of classes, licenses. It was not kept.',
    ]);
    expect((await read(dataset({}))).report.notes).toEqual([]);
  });

  it('turns boxes upright when sizes show that they are on the pixels as stored', async () => {
    const photo = makeImage('a.jpg', {
      rawWidthPx: 640,
      rawHeightPx: 480,
      orientation: 6,
      widthPx: 480,
      heightPx: 640,
    });
    const stored = await read(dataset({}), photo);
    expect(stored.boxes.map(({ x, y, w, h }) => [x, y, w, h])).toEqual([[480 - 20 - 40, 10, 40, 30]]);
    // Some tools write the stored size beside upright boxes: a box that only fits upright gives them away.
    const mixed = await read(dataset({ annotations: [{ ...whole, bbox: [10, 500, 30, 40] }] }), photo);
    expect(mixed.boxes.map(({ x, y, w, h }) => [x, y, w, h])).toEqual([[10, 500, 30, 40]]);
  });

  it('scales labels of a resized copy and refuses those of another picture', async () => {
    const half = await read(dataset({}), makeImage('a.jpg', { widthPx: 1280, heightPx: 960 }));
    expect(half.boxes.map(({ x, y, w, h }) => [x, y, w, h])).toEqual([[20, 40, 60, 80]]);
    const other = await read(dataset({}), makeImage('a.jpg', { widthPx: 640, heightPx: 640 }));
    expect(other.report).toMatchObject({ images: 0, boxes: 0, seen: { images: 1, boxes: 1 } });
    expect(other.report.skipped[0]?.why).toContain('640 × 480');
  });

  it('reads results with scores, by the ids of the data set beside them or by file name', async () => {
    const results = JSON.stringify([{ image_id: 1, category_id: 1, bbox: [1, 2, 3, 4], score: 0.75 }]);
    const beside = await cocoFormat.read(
      treeOf({ 'images.json': dataset({ annotations: [] }), 'results.json': results }),
      lookupOf('a.jpg'),
    );
    expect(beside.boxes).toMatchObject([{ imageId: 'a.jpg', className: 'fish', score: 0.75, x: 1, h: 4 }]);
    expect(beside.report).toMatchObject({ seen: { images: 1, boxes: 1 }, images: 1, boxes: 1 });
    const named = await read(
      JSON.stringify([
        { image_id: 'a', category_id: 4, bbox: [1, 2, 3, 4], score: 1.5 },
        { image_id: 9, category_id: 4, bbox: [1, 2, 3, 4], score: 1 },
      ]),
    );
    expect(named.boxes).toMatchObject([
      { className: 'class 4', score: null, attributes: { 'coco.score': 1.5 } },
    ]);
    expect(named.report).toMatchObject({ seen: { images: 2, boxes: 2 }, images: 1, boxes: 1 });
  });

  it('leaves results aside when there are labels, so that guesses do not become labels', async () => {
    const results = JSON.stringify([{ image_id: 1, category_id: 1, bbox: [1, 2, 3, 4], score: 0.75 }]);
    const { boxes, report } = await cocoFormat.read(
      treeOf({ 'labels.json': dataset({}), 'results.json': results }),
      lookupOf('a.jpg'),
    );
    expect(boxes).toHaveLength(1);
    expect(report.notes.join()).toContain('1 results of a model');
  });

  it('survives keys that are names of the prototype', async () => {
    const text = `{"images":[{"id":"__proto__","file_name":"a.jpg"}],"categories":[{"id":"constructor","name":"__proto__"}],
      "annotations":[{"image_id":"__proto__","category_id":"constructor","bbox":[1,2,3,4],"__proto__":{"x":1},"attributes":{"__proto__":"y"}}]}`;
    const { boxes } = await read(text);
    expect(boxes[0]?.className).toBe('__proto__');
    expect(Object.entries(boxes[0]?.attributes ?? {})).toEqual([
      ['__proto__', 'y'],
      ['coco-json.__proto__', '{"x":1}'],
    ]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it.each([
    ['an empty file', '', 'format/empty-file'],
    ['a file cut short', dataset({}).slice(0, 80), 'format/not-json'],
    ['JSON of something else', '{"type":"FeatureCollection"}', 'format/no-labels'],
  ])('tells %s by code, with advice', async (_, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\.$/) });
  });

  it('reads a file with a byte order mark', async () => {
    expect((await read(`\uFEFF${dataset({})}`)).boxes).toHaveLength(1);
  });

  it('reads 100,000 annotations on 10,000 images in seconds', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `deck/${i}.jpg`);
    const images = names.map((file_name, id) => ({ id, file_name, width: 640, height: 480 }));
    const annotations = Array.from({ length: 100_000 }, (_, id) => ({
      ...whole,
      id,
      image_id: id % 10_000,
      bbox: [id % 600, 5, 30.5, 40],
    }));
    const startMs = performance.now();
    const { report } = await read(dataset({ images, annotations }), ...names);
    expect(report).toMatchObject({ images: 10_000, boxes: 100_000, skipped: [] });
    expect(performance.now() - startMs).toBeLessThan(25_000);
  });
});

describe('finding photographs of COCO', () => {
  it('tells equal names of two data sets apart by the split or the folder of the JSON', async () => {
    const files = treeOf({
      'train/_annotations.coco.json': dataset({}),
      'valid/_annotations.coco.json': dataset({}),
    });
    const { images } = await cocoFormat.read(files, lookupOf('valid/a.jpg', 'train/a.jpg'));
    expect(images.map(({ imageId, split }) => [imageId, split])).toEqual([
      ['train/a.jpg', 'train'],
      ['valid/a.jpg', 'valid'],
    ]);
    const official = treeOf({ 'annotations/instances_val2017.json': dataset({}) });
    const { boxes } = await cocoFormat.read(official, lookupOf('train2017/a.jpg', 'val2017/a.jpg'));
    expect(boxes.map(({ imageId }) => imageId)).toEqual(['val2017/a.jpg']);
  });

  it('joins two files of one folder that speak of the same photograph', async () => {
    const coral = dataset({ categories: [{ id: 1, name: 'coral' }] });
    const { boxes, images } = await cocoFormat.read(
      treeOf({ 'fish.json': dataset({}), 'coral.json': coral }),
      lookupOf('deck/a.jpg'),
    );
    expect(boxes.map(({ imageId, className }) => [imageId, className])).toEqual([
      ['deck/a.jpg', 'fish'],
      ['deck/a.jpg', 'coral'],
    ]);
    expect(images).toHaveLength(1);
  });

  it('takes neither of two data sets that could both mean the only photograph of that name', async () => {
    const files = treeOf({ 'p/one.json': dataset({}), 'q/two.json': dataset({}) });
    const { report } = await cocoFormat.read(files, lookupOf('deck/a.jpg'));
    expect(report).toMatchObject({ seen: { images: 2, boxes: 2 }, images: 0, boxes: 0 });
  });
});

describe('writing COCO', () => {
  it('numbers annotations, images and classes from 1, and lists images without boxes', async () => {
    const json = await readAs(await drainExport(cocoFormat.write(project)), 'annotations.json');
    expect(json.images.map(({ id, file_name }) => [id, file_name])).toEqual([
      [1, 'x/a.jpg'],
      [2, 'y/a.jpg'],
      [3, 'z.jpg'],
    ]);
    expect(json.categories.map(({ id, name }) => [id, name])).toEqual([
      [1, 'tuna'],
      [2, 'shark'],
    ]);
    expect(json.annotations).toEqual([
      {
        id: 1,
        image_id: 1,
        category_id: 2,
        bbox: [1.5, 2.25, 30.125, 4],
        area: 30.125 * 4,
        segmentation: [],
        iscrowd: 0,
      },
    ]);
  });

  it('writes a file for each split, with ids that run on', async () => {
    const files = await drainExport(
      cocoFormat.write(
        {
          ...project,
          boxes: [...project.boxes, makeBox('y/a.jpg', 'id-tuna', { x: 1, y: 1, w: 5, h: 5 }, 'c')],
        },
        { split: 'per-split' },
      ),
    );
    expect(Object.keys(files)).toEqual([
      'annotations/instances_train.json',
      'annotations/instances_val.json',
      'annotations/instances_unsplit.json',
      'catchlight-manifest.json',
    ]);
    expect((await readAs(files, 'annotations/instances_val.json')).annotations[0]?.id).toBe(2);
    const back = await cocoFormat.read(treeOf(files), createImageLookup(project.images));
    expect(back.images.map(({ imageId, split }) => [imageId, split])).toEqual([
      ['x/a.jpg', 'train'],
      ['y/a.jpg', 'valid'],
      ['z.jpg', null],
    ]);
  });

  it('keeps class numbers of an earlier export when a class has gone and another came', async () => {
    const first = await drainExport(cocoFormat.write(project));
    const [, shark] = project.classes;
    const later = [{ ...project.classes[0], id: 'id-new', name: 'cod' }, shark].filter(
      (c) => c !== undefined,
    ) as ExportInput['classes'];
    const second = await drainExport(
      cocoFormat.write({
        ...project,
        classes: later,
        previousManifest: first['catchlight-manifest.json'] ?? new Uint8Array(),
      }),
    );
    expect((await readAs(second, 'annotations.json')).categories.map(({ id, name }) => [name, id])).toEqual([
      ['cod', 3],
      ['shark', 2],
    ]);
  });

  it('can leave out images that nobody has looked at, and counts them', async () => {
    const result = cocoFormat.write(project, { unseen: 'leave-out' });
    expect(result.report).toMatchObject({ images: 2, seen: { images: 3, boxes: 1 } });
    expect((await readAs(await drainExport(result), 'annotations.json')).images).toHaveLength(2);
  });

  it('brings back points, scores and attributes, those of other tools too', async () => {
    const point = fc.record({
      x: fc.double({ min: 0, max: 12, noNaN: true }),
      y: fc.double({ min: 0, max: 12, noNaN: true }),
    });
    const key = fc.oneof(
      fc.constantFrom('id', 'bbox', 'coco.dive_track', 'coco.id', '__proto__', 'occluded'),
      fc.string(),
    );
    const value = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    );
    const extras = fc.record({
      head: fc.option(point),
      tail: fc.option(point),
      score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      attributes: fc.dictionary(key, value),
    });
    await fc.assert(
      fc.asyncProperty(arbitraryProject, fc.infiniteStream(extras), async (random, stream) => {
        fc.pre(random.boxes.length > 0);
        const boxes = random.boxes.map((box) => ({ ...box, ...stream.next().value }));
        const back = await cocoFormat.read(
          treeOf(await drainExport(cocoFormat.write({ ...random, boxes }))),
          createImageLookup(random.images),
        );
        const order = new Map(random.images.map(({ id }, i) => [id, i]));
        const expected = boxes.toSorted((a, b) => (order.get(a.imageId) ?? 0) - (order.get(b.imageId) ?? 0));
        expect(
          back.boxes.map(({ head, tail, score, attributes }) => ({
            head,
            tail,
            score,
            attributes: Object.entries(attributes).sort(),
          })),
        ).toEqual(
          expected.map(({ head, tail, score, attributes }) => ({
            head,
            tail,
            score,
            attributes: Object.entries(attributes).sort(),
          })),
        );
      }),
      { numRuns: 60 },
    );
  });
});
