import { describe, expect, it } from 'vitest';
import type { ExportInput } from '../../src/formats/format.ts';
import { labelmeFormat } from '../../src/formats/labelme.format.ts';
import { viameFormat } from '../../src/formats/viame.format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const place = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) => [x, y, w, h];
const project: ExportInput = {
  projectName: 'Deck',
  classes: [{ id: 'c', name: 'cod, "big"', color: '#112233', key: null, scientificName: null, position: 0 }],
  images: [
    makeImage('deck/a.jpg', { state: 'labelled', flags: ['ask'] }),
    makeImage('deck/a.png', { state: 'empty' }),
  ],
  boxes: [
    {
      ...makeBox('deck/a.jpg', 'c', { x: 1.5, y: 2, w: 30, h: 40 }, 'b1'),
      head: { x: 2, y: 3 },
      tail: { x: 30, y: 41 },
      score: 0.75,
      attributes: { net: 'gill', note: 'torn, left', sure: true, 'track.sex': 'f' },
    },
  ],
  nowMs: 0,
};

describe('labelme', () => {
  const file = (shapes: unknown[], more: object = {}) =>
    treeOf({
      'deck/a.json': JSON.stringify({
        version: '5.5.0',
        flags: {},
        shapes,
        imagePath: 'a.jpg',
        imageData: null,
        imageHeight: 480,
        imageWidth: 640,
        ...more,
      }),
    });

  it('reads rectangles of two corners in any order and of four, and reduces outlines', async () => {
    const back = await labelmeFormat.read(
      file([
        {
          label: 'cod',
          points: [
            [30, 40],
            [10, 20],
          ],
          shape_type: 'rectangle',
        },
        {
          label: 'cod',
          points: [
            [10, 20],
            [30, 20],
            [30, 40],
            [10, 40],
          ],
          shape_type: 'rectangle',
        },
        {
          label: 'cod',
          points: [
            [1, 2],
            [5, 2],
            [3, 9],
          ],
        },
        {
          label: 'cod',
          points: [
            [50, 50],
            [53, 54],
          ],
          shape_type: 'circle',
        },
        { label: 'cod', points: [[50, 50]], shape_type: 'point' },
      ]),
      lookupOf('deck/a.jpg'),
    );
    expect(back.boxes.map(place)).toEqual([
      [10, 20, 20, 20],
      [10, 20, 20, 20],
      [1, 2, 4, 7],
      [45, 45, 10, 10],
    ]);
    expect(back.report).toMatchObject({ boxes: 4, seen: { images: 1, boxes: 5 } });
  });

  it('finds the photograph beside the JSON, through backslashes, and keeps what a shape says', async () => {
    const shape = {
      label: 'cod',
      points: [
        [1, 2],
        [3, 4],
      ],
      shape_type: 'rectangle',
      score: 0.5,
      group_id: 2,
      flags: { torn: true, old: false },
      kie_linking: [],
    };
    const back = await labelmeFormat.read(
      file([shape], { imagePath: '..\\deck\\a.jpg' }),
      lookupOf('deck/a.jpg', 'b/a.jpg'),
    );
    expect(back.boxes).toMatchObject([
      {
        imageId: 'deck/a.jpg',
        score: 0.5,
        attributes: { group_id: 2, torn: true, 'labelme.kie_linking': '[]' },
      },
    ]);
  });

  it('says that flags of whole images were not kept', async () => {
    const back = await labelmeFormat.read(file([], { flags: { blurred: true } }), lookupOf('deck/a.jpg'));
    expect(back.report.notes).toContain('1 images have flags as a whole, which were not kept.');
    const without = await labelmeFormat.read(file([], { flags: { blurred: false } }), lookupOf('deck/a.jpg'));
    expect(without.report.notes).toEqual([]);
  });

  it('skips a file whose photograph has another shape, and says both sizes', async () => {
    const back = await labelmeFormat.read(
      file([], { imageWidth: 480, imageHeight: 481 }),
      lookupOf('deck/a.jpg'),
    );
    expect(back.report.skipped[0]?.why).toContain('480 × 481');
  });

  it('writes one JSON an image without pixels inside; equal stems get a number', async () => {
    const files = await drainExport(labelmeFormat.write(project));
    expect(Object.keys(files).sort()).toEqual(['catchlight-manifest.json', 'deck/a-2.json', 'deck/a.json']);
    const json = JSON.parse(new TextDecoder().decode(files['deck/a.json'])) as Record<string, unknown>;
    expect(json).toMatchObject({
      imagePath: 'a.jpg',
      imageData: null,
      imageWidth: 640,
      flags: { ask: true },
      shapes: [
        {
          label: 'cod, "big"',
          points: [
            [1.5, 2],
            [31.5, 42],
          ],
          shape_type: 'rectangle',
          flags: { sure: true },
          score: 0.75,
        },
      ],
    });
    const back = await labelmeFormat.read(treeOf(files), lookupOf(...project.images));
    expect(back.boxes[0]?.attributes).toEqual(project.boxes[0]?.attributes);
  });
});

describe('VIAME CSV', () => {
  const read = (text: string, options?: object) =>
    viameFormat.read(treeOf({ 'x.csv': text }), lookupOf('1.png', '2.png'), options);

  it('reads corners, classes best first, points, attributes and notes', async () => {
    const back = await read(
      '# metadata, fps: 5\r\n3,1.png,0,10.5,20,40,60,0.9,12.5,type1,0.65,type2,0.89,(kp) head 22.5 -4,(kp) nose 1 1,(atr) colour light red,(trk-atr) tagged true,(note) a,(note) b,(poly) 1 2 3 4\r\n',
    );
    expect(back.boxes).toMatchObject([
      {
        className: 'type2',
        x: 10.5,
        y: 20,
        w: 29.5,
        h: 40,
        head: { x: 22.5, y: -4 },
        tail: null,
        score: 0.89,
        attributes: {
          'viame.confidence': 0.9,
          'viame.length': 12.5,
          'viame.classes': 'type1 0.65',
          colour: 'light red',
          'track.tagged': true,
          note: 'a\nb',
        },
      },
    ]);
    expect(back.report.notes.join()).toMatch(/outlines.*points|points.*outlines/);
    expect(back.report.notes.join()).toContain('of the film as a whole was not kept: fps: 5.');
  });

  it('tells a label (all ones) from a detection, and a track from a number', async () => {
    const back = await read(
      '0,1.png,0,1,1,5,5,1,-1,cod,1\n7,1.png,0,1,1,6,6,0.4,-1,cod,0.4\n7,2.png,1,1,1,5,5,1,-1\n',
    );
    expect(back.boxes.map(({ className, score, attributes }) => [className, score, attributes])).toEqual([
      ['cod', null, {}],
      ['cod', 0.4, { track: 7 }],
      ['unknown', null, { track: 7 }],
    ]);
    const strong = await read('0,1.png,0,1,1,5,5,1,-1,cod,1\n7,1.png,0,1,1,6,6,0.4,-1,cod,0.4\n', {
      minScore: 0.5,
    });
    expect(strong.report).toMatchObject({ boxes: 1, seen: { boxes: 2 } });
  });

  it('tells a class called “(a)” from a token by the score after it', async () => {
    const back = await read(
      '0,1.png,0,1,1,5,5,1,-1,(a),0.5,(kp) head 2 3\n1,1.png,0,1,1,6,6,1,-1,(kp) tail 4 5,(note) 7\n',
    );
    expect(back.boxes).toMatchObject([
      { className: '(a)', score: 0.5, head: { x: 2, y: 3 } },
      { className: 'unknown', tail: { x: 4, y: 5 }, attributes: { note: '7' } },
    ]);
  });

  it('reports rows without a name or with too few columns, and reads the rest', async () => {
    const back = await read('0,,12,1,1,5,5,1,-1,cod,1\n1,1.png,0,1\n2,"1.png",0,1,1,5,5,1,-1,cod,1\n');
    expect(back.report).toMatchObject({ boxes: 1, seen: { images: 1, boxes: 3 } });
  });

  it('writes what it reads: points, score, notes, commas in names; a comma in a note, where VIAME would cut it, becomes a semicolon and is counted', async () => {
    const result = viameFormat.write(project);
    expect(result.report.notes.join()).toContain('1 notes hold a comma');
    const files = await drainExport(result);
    const back = await viameFormat.read(treeOf(files), lookupOf(...project.images));
    expect(back.boxes).toMatchObject([
      {
        className: 'cod, "big"',
        score: 0.75,
        head: { x: 2, y: 3 },
        tail: { x: 30, y: 41 },
        attributes: { ...project.boxes[0]?.attributes, note: 'torn; left' },
      },
    ]);
    expect(new TextDecoder().decode(files['annotations.viame.csv'])).toContain(
      '\n0,deck/a.jpg,0,1.5,2,31.5,42,0.75,-1,',
    );
  });
});
