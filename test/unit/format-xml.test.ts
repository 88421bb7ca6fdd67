import { describe, expect, it } from 'vitest';
import { cvatFormat } from '../../src/formats/cvat.format.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { vocFormat } from '../../src/formats/voc.format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const voc = (objects: string, head = '<filename>a.jpg</filename>') =>
  treeOf({ 'Annotations/a.xml': `<annotation>${head}${objects}</annotation>` });
const object = (corners: readonly (number | string)[], rest = '') =>
  `<object><name>cod</name>${rest}<bndbox><xmin>${corners[0]}</xmin><ymin>${corners[1]}</ymin><xmax>${corners[2]}</xmax><ymax>${corners[3]}</ymax></bndbox></object>`;
const place = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) => [x, y, w, h];

const project: ExportInput = {
  projectName: 'Reef & <deck>',
  classes: [{ id: 'c', name: 'cod "A" & b', color: '#112233', key: null, scientificName: null, position: 0 }],
  images: [makeImage('deck 1/a&b.jpg', { state: 'labelled', split: 'valid' }), makeImage('new.jpg')],
  boxes: [
    {
      ...makeBox('deck 1/a&b.jpg', 'c', { x: 10.25, y: 0, w: 4.5, h: 480 }, 'b1'),
      attributes: { occluded: true, net: 'gill <2>', count: 3 },
      source: 'model',
    },
  ],
  nowMs: 0,
};
const textOf = (files: Record<string, Uint8Array>, name: string) => new TextDecoder().decode(files[name]);

describe('reading Pascal VOC', () => {
  it('takes whole numbers as pixels counted from 1, both ends included, and says so', async () => {
    const back = await vocFormat.read(
      voc(object([1, 1, 640, 480]) + object([5, 6, 5, 6])),
      lookupOf('a.jpg'),
    );
    expect(back.boxes.map(place)).toEqual([
      [0, 0, 640, 480],
      [4, 5, 1, 1],
    ]);
    expect(back.report.notes.join()).toContain('origin=zero-based');
  });

  it('takes a corner at 0 or between pixels as the sign of edges from 0, for every box', async () => {
    for (const sign of [0, 2.5]) {
      const back = await vocFormat.read(
        voc(object([10, 20, 30, 40]) + object([sign, 3, 9, 9])),
        lookupOf('a.jpg'),
      );
      expect(place(back.boxes[0] ?? { x: 0, y: 0, w: 0, h: 0 })).toEqual([10, 20, 20, 20]);
    }
    const told = await vocFormat.read(voc(object([10, 20, 30, 40])), lookupOf('a.jpg'), {
      origin: 'zero-based',
    });
    expect(told.boxes.map(place)).toEqual([[10, 20, 20, 20]]);
  });

  it('does not believe a path that leads to other folders, and tells equal names apart by their folder', async () => {
    const back = await vocFormat.read(
      voc(
        object([1, 1, 9, 9]),
        '<folder>b</folder><filename>a.jpg</filename><path>C:\\x\\Annotations\\a.xml</path>',
      ),
      lookupOf('a/a.jpg', 'b/a.jpg'),
    );
    expect(back.images.map(({ path }) => path)).toEqual(['b/a.jpg']);
  });

  it('keeps what an object says of itself, and reports objects without a box', async () => {
    const flags =
      '<truncated>1</truncated><difficult>0</difficult><pose>Left</pose><attributes><attribute><name>net</name><value>gill</value></attribute></attributes>';
    const back = await vocFormat.read(
      voc(`${object([1, 1, 9, 9], flags)}<object><name>cod</name></object>`),
      lookupOf('a.jpg'),
    );
    expect(back.boxes[0]?.attributes).toEqual({ truncated: true, pose: 'Left', net: 'gill' });
    expect(back.report).toMatchObject({ boxes: 1, seen: { images: 1, boxes: 2 } });
  });

  it('goes on with the other files when one is broken, and names it', async () => {
    const files = treeOf({
      'a.xml': `<annotation><filename>a.jpg</filename>${object([1, 1, 9, 9])}</annotation>`,
      'b.xml': '<annotation><filename>b.jpg</filename><object>',
    });
    const back = await vocFormat.read(files, lookupOf('a.jpg', 'b.jpg'));
    expect(back.report.boxes).toBe(1);
    expect(back.report.skipped).toMatchObject([{ what: 'b.xml', images: 1 }]);
  });
});

describe('XML of strangers', () => {
  const laughs = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, i) => `<!ENTITY a${i + 1} "&a${i || ''};&a${i || ''};">`).join('')}]>`;
  const cases: Record<string, [string, string]> = {
    'a billion laughs': [
      `${laughs}<annotation><filename>&a30;</filename></annotation>`,
      'format/xml-entities',
    ],
    'an entity that reads a file': [
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation><filename>&e;</filename></annotation>',
      'format/xml-entities',
    ],
    'a million nested elements': [`<annotation>${'<a>'.repeat(1_000_000)}`, 'format/xml-depth'],
    'half a document': ['<annotation><filename>a.jpg</filename>', 'format/not-xml'],
    'an unknown entity': ['<annotation><filename>&nope;</filename></annotation>', 'format/not-xml'],
  };
  for (const [title, [text, code]] of Object.entries(cases)) {
    it(`refuses ${title}`, async () => {
      await expect(vocFormat.read(treeOf({ 'a.xml': text }), lookupOf('a.jpg'))).rejects.toMatchObject({
        code,
      });
    });
  }

  it('reads UTF-16, Latin-1 as declared, a byte order mark and CRLF', async () => {
    const text = `<annotation>\r\n<filename>tête.jpg</filename>\r\n${object([1, 1, 9, 9])}</annotation>`;
    const utf16 = new Uint8Array(
      new Uint16Array([0xfeff, ...Array.from(text, (c) => c.charCodeAt(0))]).buffer,
    );
    const latin = Uint8Array.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, (c) =>
      c.charCodeAt(0),
    );
    for (const bytes of [utf16, latin, new TextEncoder().encode(`\uFEFF${text}`)]) {
      const back = await vocFormat.read(treeOf({ 'a.xml': bytes }), lookupOf('tête.jpg'));
      expect(back.report).toMatchObject({ images: 1, boxes: 1 });
    }
  });
});

describe('writing Pascal VOC', () => {
  it('holds a box in the smallest whole pixels from 1, never outside the image', async () => {
    const files = await drainExport(vocFormat.write(project));
    const xml = textOf(files, 'Annotations/deck_1/a&b.xml');
    expect(xml).toContain(
      '<xmin>11</xmin>\n      <ymin>1</ymin>\n      <xmax>15</xmax>\n      <ymax>480</ymax>',
    );
    expect(xml).toContain('<name>cod &quot;A&quot; &amp; b</name>');
    expect(textOf(files, 'ImageSets/Main/val.txt')).toBe('deck_1/a&b\n');
  });

  it('writes edges from 0 when asked, which our own import reads without being told', async () => {
    const result = vocFormat.write(project, { origin: 'zero-based' });
    expect(result.report.notes.join()).toContain('edges counted from 0');
    const back = await vocFormat.read(treeOf(await drainExport(result)), lookupOf(...project.images));
    expect(back.boxes.map(place)).toEqual([[10.25, 0, 4.5, 480]]);
    expect(back.boxes[0]?.attributes).toEqual({ occluded: true, net: 'gill <2>', count: 3 });
  });

  it('tells the depth of each file, and colour where a file cannot be asked', async () => {
    const depthOf = async (more: Partial<ExportInput>) =>
      /<depth>(\d)<\/depth>/.exec(
        textOf(await drainExport(vocFormat.write({ ...project, ...more })), 'Annotations/deck_1/a&b.xml'),
      )?.[1];
    expect(await depthOf({})).toBe('3');
    expect(await depthOf({ channelsOf: async ({ path }) => (path === 'deck 1/a&b.jpg' ? 1 : 4) })).toBe('1');
    expect(await depthOf({ channelsOf: async () => undefined })).toBe('3');
  });

  it('leaves out what nobody has looked at, and counts it', () => {
    expect(vocFormat.write(project).report).toMatchObject({ images: 1, seen: { images: 2 } });
  });
});

describe('CVAT', () => {
  const images = (content: string) =>
    treeOf({ 'annotations.xml': `<annotations><version>1.1</version>${content}</annotations>` });

  it('reads boxes with attributes, and makes upright boxes of all that encloses an area', async () => {
    const back = await cvatFormat.read(
      images(`<meta><task><labels><label><name>eel</name></label><label><name>cod</name></label></labels></task></meta>
        <image id="7" name="a.jpg" subset="Validation" width="640" height="480">
          <box label="cod" source="manual" occluded="1" xtl="10.50" ytl="20.00" xbr="30.50" ybr="60.00" z_order="0"><attribute name="net">gill</attribute></box>
          <box label="cod" occluded="0" xtl="100" ytl="100" xbr="120" ybr="140" rotation="90.0"/>
          <polygon label="cod" points="1.0,2.0;5.0,2.0;3.0,9.5"/>
          <ellipse label="cod" cx="50" cy="60" rx="10" ry="5"/>
          <mask label="cod" rle="1,2" left="5" top="6" width="7" height="8"/>
          <points label="cod" points="1,1"/><polyline label="cod" points="1,1;2,2"/><tag label="cod"/>
        </image>`),
      lookupOf('a.jpg'),
    );
    expect(back.boxes.map((box) => place(box).map((v) => Math.round(v * 100) / 100))).toEqual([
      [10.5, 20, 20, 40],
      [90, 110, 40, 20],
      [1, 2, 4, 7.5],
      [40, 55, 20, 10],
      [5, 6, 7, 8],
    ]);
    expect(back.boxes[0]?.attributes).toEqual({ occluded: true, net: 'gill' });
    expect(back.classes.map(({ name }) => name)).toEqual(['eel', 'cod']);
    expect(back.images).toMatchObject([{ split: 'valid', state: 'labelled' }]);
    expect(back.report).toMatchObject({ boxes: 5, seen: { images: 1, boxes: 7 } });
  });

  it('says what it does not keep of a shape: that a model made it, and what it lies above', async () => {
    const back = await cvatFormat.read(
      images(`<image id="0" name="a.jpg" width="640" height="480">
        <box label="cod" source="auto" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4" z_order="2"/>
        <box label="cod" source="manual" occluded="0" xtl="5" ytl="6" xbr="7" ybr="8" z_order="0"/></image>`),
      lookupOf('a.jpg'),
    );
    expect(back.report.notes).toEqual([
      '1 boxes were made by a model in CVAT; all count as imported here.',
      '1 boxes lay above others in CVAT (z_order); their order was not kept.',
    ]);
  });

  it('turns the tracks of a video into boxes of its frames, where the project has them', async () => {
    const back = await cvatFormat.read(
      images(`<track id="4" label="cod"><box frame="0" outside="0" xtl="1" ytl="2" xbr="3" ybr="4"/>
        <box frame="1" outside="1" xtl="1" ytl="2" xbr="3" ybr="4"/><box frame="9" outside="0" xtl="1" ytl="2" xbr="3" ybr="4"/></track>`),
      lookupOf('film/frame_000000.PNG'),
    );
    expect(back.boxes).toMatchObject([{ x: 1, y: 2, w: 2, h: 2, attributes: { track: 4 } }]);
    expect(back.report.seen).toEqual({ images: 2, boxes: 2 });
  });

  it('takes an image without boxes as empty, unless told otherwise', async () => {
    const files = images('<image id="0" name="a.jpg" width="640" height="480"></image>');
    expect((await cvatFormat.read(files, lookupOf('a.jpg'))).images).toMatchObject([{ state: 'empty' }]);
    const unseen = await cvatFormat.read(files, lookupOf('a.jpg'), { withoutBoxes: 'unseen' });
    expect(unseen.images).toMatchObject([{ state: null }]);
  });

  it('writes two decimals, declares every attribute, and marks accepted suggestions', async () => {
    const xml = textOf(await drainExport(cvatFormat.write(project)), 'annotations.xml');
    expect(xml).toContain('source="auto" occluded="1" xtl="10.25" ytl="0.00" xbr="14.75" ybr="480.00"');
    expect(xml).toContain('<name>net</name>');
    expect(xml).toContain('<attribute name="net">gill &lt;2&gt;</attribute>');
    expect(xml.match(/<image /g)).toHaveLength(2);
  });
});
