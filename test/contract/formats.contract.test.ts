import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AppError } from '../../src/core/errors.ts';
import { detectFormat, listDetections } from '../../src/formats/detect.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { createImageLookup } from '../../src/formats/image-lookup.ts';
import { formats } from '../../src/formats/list.ts';
import { arbitraryProject, makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';
import { expectCountsAddUp, expectOnlyAppErrors } from '../helpers/format-checks.ts';

/** One image with two boxes and one without. */
const example: ExportInput = {
  projectName: 'Example',
  classes: ['ALB', 'SHARK'].map((name, position) => ({
    id: name,
    name,
    color: '#112233',
    key: null,
    scientificName: null,
    position,
  })),
  images: [
    makeImage('deck/a.jpg', { state: 'labelled', split: 'train' }),
    makeImage('deck/b.jpg', { state: 'empty', split: 'valid' }),
  ],
  boxes: [
    makeBox('deck/a.jpg', 'ALB', { x: 10.25, y: 20.5, w: 100, h: 50 }, 'b1'),
    makeBox('deck/a.jpg', 'SHARK', { x: 300, y: 200, w: 64.125, h: 32 }, 'b2'),
  ],
  nowMs: 0,
};

/** Names a hostile file may bear so that each codec looks at it. */
const names = [
  'data.yaml',
  'obj.data',
  'obj.names',
  'classes.txt',
  'a.txt',
  'labels/train/a.txt',
  'train.txt',
  'annotations.json',
  'alb_labels.json',
  'instances_train.json',
  'catchlight-manifest.json',
  'x.csv',
  'a.json',
  'tasks.json',
  'labels.csv',
  'a.xml',
  'Annotations/a.xml',
  'ImageSets/Main/train.txt',
  'x.bin',
];
const hostileText = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.json(),
  fc.constantFrom(
    '',
    '\uFEFF',
    '[]',
    '{}',
    'null',
    '[null]',
    '[[]]',
    '{"images":[null],"annotations":[null],"categories":[null]}',
    '{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":1,"category_id":1,"bbox":[1e999,"NaN",null,-5]}],"categories":[{"id":1,"name":null}]}',
    '{"images":{},"annotations":{},"categories":{}}',
    '{"__proto__":{"images":[]},"images":[],"annotations":[]}',
    '[{"filename":1,"annotations":5}]',
    '[{"filename":"a.jpg","annotations":[null,5,{"class":"rect"}]}]',
    '[{"image_id":1,"bbox":[1,2]}]',
    'names: [a, b]\ntrain: .',
    'names: {0: a, x: b, -1: c}\ntrain: ../..\npath: /',
    'names: &a [*a]\ntrain: x',
    'names: {a: 1, a: 2}\nval: 3',
    'names = a\ntrain = b',
    '0 0.5 0.5 0.1 0.1\n',
    '0 nan inf 1 1\n1 2 3\n',
    '99999999999999999999 1e308 1e308 1e308 1e308',
    '\u0000\u0001\u0002',
    // XML: entities that multiply, entities that read files, depth, half documents, numbers that are none.
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><annotation><filename>&b;</filename></annotation>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotations><image name="&e;"/></annotations>',
    '<!DOCTYPE annotation SYSTEM "http://example.org/x.dtd"><annotation><filename>a.jpg</filename></annotation>',
    `<annotation>${'<a>'.repeat(5000)}`,
    '<annotation><filename>a.jpg</filename><object><name>&nope;</name></object></annotation>',
    '<annotation><filename>a.jpg</filename><size><width>-3</width></size><object><name>x</name><bndbox><xmin>nan</xmin><ymin>1e999</ymin></bndbox></object><object/></annotation>',
    '<annotation><filename>../../a.jpg</filename><object><name>x</name><bndbox><xmin>9</xmin><ymin>1</ymin><xmax>3</xmax><ymax>1e308</ymax></bndbox></object></annotation>',
    '<annotations><image name="a.jpg" width="NaN" height="-1"><box label="" xtl="x"/><polygon label="f" points="1,2;a,b"/><mask label="m"/><cuboid label="c"/></image><image/></annotations>',
    '<annotations><track label="f" id="1"><box frame="3" xtl="1" ytl="1" xbr="1e308" ybr="-1e308"/></track></annotations>',
    '{"shapes":[null,{"label":"f","points":[[1,2],["x"]]},{"label":5},{"label":"f","shape_type":"circle","points":[[0,0],[1e308,1e308]]}],"imagePath":"..\\\\a.jpg"}',
    '{"shapes":{},"imagePath":7}',
    '[{"data":{"image":"a.jpg"},"annotations":[{"result":[null,{"type":"rectanglelabels","value":{"x":"1","y":null,"width":1e999,"height":-5,"rotation":1e308,"rectanglelabels":[5]}},{"type":"polygonlabels","value":{"points":[[1],null],"polygonlabels":["f"]}}]},7]},{"data":null},3]',
    '[{"data":{"image":"/data/local-files/?d=%E0%A4%A.jpg"},"predictions":[{"score":"x","result":{}}],"annotations":{}}]',
    '{"detection_categories":{"1":5},"images":[{"file":"a.jpg","detections":[null,{"category":9,"conf":"x","bbox":[1,"a",null,-1],"classifications":[[null]]}]},{"file":3},null]}',
    '{"assets":{"x":{"asset":{"name":"a.jpg","path":"file:%E0%A4%A","size":{"width":-1}},"regions":[{"tags":["f"],"boundingBox":{"left":"x","width":1e308}},{"tags":5},null,{"tags":["f"],"points":[{}]}]},"y":null}}',
    '{"asset":{"name":7},"regions":[]}',
    'filename,class,xmin,ymin,xmax,ymax\na.jpg,f,1,2,nan,1e999\na.jpg,f\n,f,1,1,2,2\n"a.jpg,f\n',
    'image;bbox\na.jpg;[1, 2, x]\na.jpg;[1,2,3,4]\n',
    '0,a.jpg,0,1,2,3,4,1,-1\n0,,7,1,2,3,4,1,-1,f,1\n"x,1\n1,a.jpg,0,nan,1e999,,-5,2,x,f,g,(kp) head,(kp) head a b,(atr)',
    '# 1: Detection or Track-id\n0,"a.jpg',
    `${'['.repeat(5000)}`,
  ),
);
const hostileFiles = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(hostileText, fc.uint8Array({ maxLength: 100 })),
  { minKeys: 1, maxKeys: 5 },
);

const known = lookupOf('a.jpg', 'b/a.jpg', 'deck/a.jpg');

/** Those of the options that a format has: unknown ones are refused. */
function knownOptions(schema: z.ZodType, options: Record<string, unknown>): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(properties, name)));
}

for (const format of formats) {
  describe(`the format ${format.id}`, () => {
    it('says what it is, what it loses and what can be chosen, each option with an example that works, and has a page', () => {
      expect(format.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const sentence of [format.description, ...format.loses]) expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect([
        format.title.length > 0,
        format.extensions.length > 0,
        format.loses.length > 0,
        format.canImport || format.canExport,
      ]).toEqual([true, true, true, true]);
      for (const options of [format.options, format.importOptions]) {
        expect(options.safeParse({}).success).toBe(true);
        const schema = z.toJSONSchema(options, { io: 'input' });
        expect(schema).toMatchObject({ type: 'object' });
        for (const [name, option] of Object.entries(schema.properties ?? {})) {
          const { description, examples = [] } = option as { description?: string; examples?: unknown[] };
          expect([name, typeof description, examples.length > 0]).toEqual([name, 'string', true]);
          for (const example of examples)
            expect([name, options.safeParse({ [name]: example }).success]).toEqual([name, true]);
        }
      }
      expect(existsSync(new URL(`../../docs/formats/${format.id}.md`, import.meta.url))).toBe(true);
    });

    it('refuses what it cannot do, and options it does not know the values of, by code', async () => {
      if (!format.canImport)
        await expect(format.read(treeOf({}), lookupOf())).rejects.toMatchObject({
          code: 'format/export-only',
        });
      if (!format.canExport)
        expect(() => format.write(example)).toThrowError(
          expect.objectContaining({ code: 'format/import-only' }),
        );
      else
        for (const options of ['no options', { colour: 'blue' }])
          expect(() => format.write(example, options)).toThrowError(
            expect.objectContaining({ code: 'format/options' }),
          );
      if (format.canImport)
        await expect(format.read(treeOf({}), lookupOf(), { colour: 'blue' })).rejects.toMatchObject({
          code: 'format/options',
          message: expect.stringContaining('“colour”') as string,
        });
    });

    it('throws nothing but application errors on hostile files', async () => {
      await fc.assert(
        fc.asyncProperty(hostileFiles, async (files) => {
          await expectOnlyAppErrors(format, treeOf(files), known);
        }),
        { numRuns: 150 },
      );
    });

    if (format.canExport) {
      it('recognises its own files before any other format does', async () => {
        const own = treeOf(await drainExport(format.write(example)));
        const [first] = await listDetections(own, formats);
        expect(first?.format.id).toBe(format.id);
        expect(first?.confidence).toBeGreaterThan(0.5);
      });

      it('accounts for every image and box it was given, those of unknown images and classes too', async () => {
        await fc.assert(
          fc.asyncProperty(arbitraryProject, async (project) => {
            const strays = [
              makeBox('gone', 'c0', { x: 0, y: 0, w: 1, h: 1 }, 's1'),
              ...project.images
                .slice(0, 1)
                .map(({ id }) => makeBox(id, 'gone', { x: 0, y: 0, w: 1, h: 1 }, 's2')),
            ];
            const result = format.write({ ...project, boxes: [...project.boxes, ...strays] });
            await drainExport(result);
            expectCountsAddUp(result.report);
            expect(result.report.seen.images).toBe(project.images.length);
            if (format.precisionPx !== null)
              expect(result.report.seen.boxes).toBe(project.boxes.length + strays.length);
          }),
          { numRuns: 30 },
        );
      });
    }

    if (format.canExport && format.canImport) {
      it('throws nothing but application errors on its own files with bytes changed or cut', async () => {
        const own = await drainExport(format.write(example));
        const damage = fc.record({
          file: fc.constantFrom(...Object.keys(own)),
          at: fc.nat(5000),
          bytes: fc.uint8Array({ maxLength: 4 }),
          cut: fc.boolean(),
        });
        await fc.assert(
          fc.asyncProperty(damage, async ({ file, at, bytes, cut }) => {
            const whole = own[file] ?? new Uint8Array();
            const from = at % (whole.length + 1);
            const broken = Uint8Array.from([
              ...whole.subarray(0, from),
              ...bytes,
              ...(cut ? [] : whole.subarray(from + bytes.length)),
            ]);
            await expectOnlyAppErrors(format, treeOf({ ...own, [file]: broken }), known);
          }),
          { numRuns: 100 },
        );
      });

      it('brings back an image of 10,000 boxes, and a project that has none, in which nobody found a fish', async () => {
        const many = Array.from({ length: 10_000 }, (_, i) =>
          makeBox(
            'deck/a.jpg',
            'ALB',
            { x: (i % 100) * 6, y: Math.floor(i / 100) * 4.5, w: 5, h: 4 },
            `m${i}`,
          ),
        );
        for (const boxes of [many, []]) {
          const images =
            boxes.length === 0
              ? example.images.map((one) => ({ ...one, state: 'empty' as const }))
              : example.images;
          const written = format.write({ ...example, images, boxes });
          const back = await format.read(treeOf(await drainExport(written)), createImageLookup(images));
          expectCountsAddUp(back.report);
          expect([written.report.boxes, back.boxes.length]).toEqual([boxes.length, boxes.length]);
          const far = back.boxes.filter(
            (box, i) => Math.abs(box.x - (boxes[i]?.x ?? Number.NaN)) > (format.precisionPx ?? 0),
          );
          expect(far).toEqual([]);
          expect(back.images.map(({ path, state, split }) => [path, state, split]).sort()).toEqual(
            images.map(({ path, state, split }) => [path, state, split]).sort(),
          );
        }
      });

      it('brings back every box, class, state and split that it wrote', async () => {
        await fc.assert(
          fc.asyncProperty(
            arbitraryProject,
            fc.constantFrom('upright', 'raw'),
            fc.constantFrom(
              { split: 'one-file', layout: 'ultralytics', box: 'corners' },
              { split: 'per-split', layout: 'darknet', box: 'size', origin: 'zero-based' },
            ),
            async (project, coordinates, layout) => {
              fc.pre(project.images.length > 0);
              const files = treeOf(
                await drainExport(
                  format.write(project, knownOptions(format.options, { coordinates, ...layout })),
                ),
              );
              const back = await format.read(files, createImageLookup(project.images));
              expectCountsAddUp(back.report);
              const nameOf = new Map(project.classes.map(({ id, name }) => [id, name]));
              const byImage = Map.groupBy(back.boxes, ({ imageId }) => imageId);
              for (const image of project.images) {
                const given = project.boxes.filter(({ imageId }) => imageId === image.id);
                const got = byImage.get(image.id) ?? [];
                expect(got.map(({ className }) => className)).toEqual(
                  given.map(({ classId }) => nameOf.get(classId)),
                );
                for (const [i, box] of given.entries()) {
                  for (const key of ['x', 'y', 'w', 'h'] as const) {
                    expect(Math.abs((got[i]?.[key] ?? Number.NaN) - box[key])).toBeLessThanOrEqual(
                      format.precisionPx ?? 0,
                    );
                  }
                }
              }
              expect(
                new Set(
                  back.images.map(
                    ({ imageId, state, split, group }) => `${imageId} ${state} ${split} ${group}`,
                  ),
                ),
              ).toEqual(
                new Set(
                  project.images.map(({ id, state, split, group }) => `${id} ${state} ${split} ${group}`),
                ),
              );
              expect(new Set(back.classes.map(({ name }) => name))).toEqual(
                new Set(project.classes.map(({ name }) => name)),
              );
            },
          ),
          { numRuns: 60 },
        );
      });
    }
  });
}

describe('choosing a format', () => {
  it('says what was looked for when no format knows the files', async () => {
    const failure = await detectFormat(treeOf({ 'notes.md': 'fish' }), formats).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ code: 'format/unknown' });
    for (const { title } of formats) expect((failure as AppError).message).toContain(title);
  });

  it('tells a submission table from labels', async () => {
    await expect(
      detectFormat(treeOf({ 's.csv': 'image,ALB,NoF\na.jpg,0.1,0.9\n' }), formats),
    ).rejects.toMatchObject({ code: 'format/export-only' });
  });

  it('gives every format its own id', () => {
    expect(new Set(formats.map(({ id }) => id)).size).toBe(formats.length);
  });
});
