/** The same hostile cases for every format of the list: each ends in a message or in a report, never in a crash or in a file outside of the target. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { ExportInput, Format, ImportedRecords } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/list.ts';
import { writeFilesTogether } from '../../src/main/host/transfer/write-together.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';
import { expectOnlyAppErrors } from '../helpers/format-checks.ts';

/** A million parts deep are megabytes to read; machines may be busy. */
const SLOW = 120_000;

const odd = [
  '../../up.jpg',
  '/etc/root.jpg',
  'C:\\x\\drive.jpg',
  '..\\back.jpg',
  'a/../../b.jpg',
  '\\\\server\\s.jpg',
];
const isInside = (name: string): boolean =>
  !name.startsWith('/') &&
  !/[\\:]/.test(name) &&
  !name.split('/').some((part) => part === '..' || part === '');

/** The same for photographs, which keep their names: only on Windows do `\\` and `:` part one. */
const isInsideHere = (name: string): boolean =>
  isInside(path.sep === '\\' ? name : name.replaceAll(/[\\:]/g, '_'));

function makeProject(names: readonly string[]): ExportInput {
  return {
    projectName: 'Reef',
    classes: ['ALB', 'SHARK'].map((name, position) => ({
      id: name,
      name,
      color: '#112233',
      key: null,
      scientificName: null,
      position,
    })),
    images: names.map((name) => makeImage(name, { state: 'labelled', split: 'train' })),
    boxes: names.flatMap((name, i) => [
      makeBox(name, 'ALB', { x: 10.25, y: 20.5, w: 100, h: 50 }, `a${i}`),
      makeBox(name, 'SHARK', { x: 300, y: 200, w: 64.125, h: 32 }, `b${i}`),
    ]),
    nowMs: 0,
  };
}

const project = makeProject(['deck/a.jpg', 'deck/b.jpg']);
const lookup = () => lookupOf(...project.images);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A file set of each format that can be read: its own export, or for one that is only read, as its tool writes it. */
async function ownFiles(format: Format): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  if (format.canExport)
    for (const [name, bytes] of Object.entries(await drainExport(format.write(project))))
      files[name] = text(bytes);
  else {
    const rect = (x: number) => ({ class: 'rect', x, y: 20.5, width: 100, height: 50 });
    const entries = ['deck/a.jpg', 'deck/b.jpg'].map((filename) => ({
      class: 'image',
      filename,
      annotations: [rect(10.25), rect(300)],
    }));
    files['alb_labels.json'] = JSON.stringify(entries, null, 1);
  }
  return files;
}

function places(outcome: ImportedRecords | AppError): unknown {
  if (outcome instanceof AppError) return outcome.code;
  return outcome.boxes.map(({ imageId, className, x, y, w, h }) => [imageId, className, x, y, w, h]);
}

/** Where one value is swapped for another, so that each case hits whatever a codec reads. */
const numbers = /-?\d+(\.\d+)?([eE][-+]?\d+)?/g;
/** The tables of numbers a codec reads with a comma between need no quotes; JSON's do, and `NaN` stands as Python writes it. */
const values = [
  'NaN',
  'Infinity',
  '1e308',
  '-1e308',
  '1e999',
  '-5',
  '0',
  '',
  '99999999999999999999',
  '"x"',
  'null',
];

const deep = '['.repeat(1_000_000);
const deepList = deep + ']'.repeat(1_000_000);
const coco = (images: string, annotation: string): string =>
  `{"images":[{"id":1,"file_name":"deck/a.jpg","width":640,"height":480}${images}],"annotations":[{"image_id":1,"category_id":1,"bbox":[1,2,3,4]${annotation}}],"categories":[{"id":1,"name":"f"}]}`;
const laughs = (body: string): string =>
  `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join('')}]>${body}`;

/** What is too much for a careless parser, in a file of each name that a codec may look at. */
const tooMuch: readonly [name: string, content: string][] = [
  ['a.json', deep],
  ['alb_labels.json', deepList],
  ['a.json', '{"a":'.repeat(1_000_000)],
  ['a.json', coco(`,${deepList}`, '')],
  ['a.json', coco('', `,"deep":${deepList}`)],
  ['a.json', coco('', `,"segmentation":${deepList}`)],
  ['alb_labels.json', `[{"class":"image","filename":"deck/a.jpg","annotations":${deepList}}]`],
  ['a.json', `{"shapes":[{"label":"f","points":${deepList}}],"imagePath":"deck/a.jpg"}`],
  ['a.json', `{"assets":{"x":{"asset":{"name":"a.jpg"},"regions":${deepList}}}}`],
  ['a.json', `[{"data":{"image":"deck/a.jpg"},"annotations":[{"result":${deepList}}]}]`],
  ['a.json', `{"detection_categories":{"1":"f"},"images":[{"file":"deck/a.jpg","detections":${deepList}}]}`],
  ['a.xml', '<a>'.repeat(1_000_000)],
  ['a.xml', `<annotation>${'<object>'.repeat(1_000_000)}`],
  ['a.xml', `<annotations><image name="deck/a.jpg">${'<box label="f">'.repeat(1_000_000)}`],
  ['a.xml', laughs('<annotation><filename>&a9;</filename></annotation>')],
  ['a.xml', laughs('<annotations><image name="&a9;"/></annotations>')],
  ['data.yaml', `names: ${deep}\ntrain: images`],
  [
    'data.yaml',
    `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}names: *a30\ntrain: images\n`,
  ],
  ['deck/a.txt', `0 ${'0.5 '.repeat(1_000_000)}`],
  ['x.csv', `filename,class,xmin,ymin,xmax,ymax\na.jpg,${'"'.repeat(1_000_001)}`],
  ['annotations.viame.csv', `0,deck/a.jpg,0,1,2,3,4,1,-1,${'f,1,'.repeat(250_000)}`],
];

for (const format of formats) {
  if (format.canImport) {
    describe(`hostile files for ${format.id}`, () => {
      it('a byte order mark and CRLF change nothing', async () => {
        const own = await ownFiles(format);
        const plain = await expectOnlyAppErrors(format, treeOf(own), lookup());
        expect(plain).toMatchObject({ boxes: { length: 4 } });
        for (const change of [
          (content: string) => `\uFEFF${content}`,
          (content: string) => content.replaceAll('\n', '\r\n'),
        ]) {
          const changed = Object.fromEntries(
            Object.entries(own).map(([name, content]) => [name, change(content)]),
          );
          expect(places(await expectOnlyAppErrors(format, treeOf(changed), lookup()))).toEqual(places(plain));
        }
      });

      it('numbers that are none, too large or negative, in any place, leave only boxes that are boxes', async () => {
        const own = await ownFiles(format);
        for (const [name, content] of Object.entries(own)) {
          const found = [...content.matchAll(numbers)];
          // Every place in turn would take minutes; each value is tried in an eighth of them, and every place by some.
          for (const [v, value] of values.entries())
            for (let i = v % 8; i < Math.min(found.length, 120); i += 8) {
              const at = found[i]?.index ?? 0;
              const changed = content.slice(0, at) + value + content.slice(at + (found[i]?.[0].length ?? 0));
              await expectOnlyAppErrors(format, treeOf({ ...own, [name]: changed }), lookup());
            }
        }
      });

      it('files cut anywhere, and files that stand there twice, are told or read as far as they go', async () => {
        const own = await ownFiles(format);
        for (const [name, content] of Object.entries(own)) {
          for (let part = 0; part < 20; part++) {
            const cut = content.slice(0, Math.floor((content.length * part) / 20));
            await expectOnlyAppErrors(format, treeOf({ ...own, [name]: cut }), lookup());
          }
          // Every id, image and box of it comes twice.
          const dot = name.lastIndexOf('.');
          await expectOnlyAppErrors(
            format,
            treeOf({ ...own, [`${name.slice(0, dot)}-2${name.slice(dot)}`]: content }),
            lookup(),
          );
        }
      });

      it(
        'a million parts deep, and entities that multiply, end in a message',
        async () => {
          for (const [name, content] of tooMuch)
            await expectOnlyAppErrors(format, treeOf({ [name]: content }), lookup());
        },
        SLOW,
      );

      it('paths that lead out of the source find no photograph but those of the project', async () => {
        const own = await ownFiles(format);
        const ids = new Set(project.images.map(({ id }) => id));
        for (const prefix of [
          '../../',
          '/etc/',
          'C:\\\\Windows\\\\',
          '\\\\\\\\server\\\\share\\\\',
          'file:///etc/',
        ]) {
          const changed = Object.fromEntries(
            Object.entries(own).map(([name, content]) => [
              name,
              content.replaceAll('deck/', `${prefix}deck/`),
            ]),
          );
          const outcome = await expectOnlyAppErrors(format, treeOf(changed), lookup());
          if (!(outcome instanceof AppError))
            for (const { imageId } of [...outcome.images, ...outcome.boxes]) expect(ids).toContain(imageId);
        }
      });
    });
  }

  if (format.canExport)
    it(`${format.id} writes nothing outside of its folder, whatever photographs are called`, async () => {
      const result = format.write(makeProject(odd));
      const names = Object.keys(await drainExport(result));
      expect(names.filter((name) => !isInside(name))).toEqual([]);
      // Photographs keep their names: one that would lead out is refused by whoever writes it.
      const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-hostile-'));
      try {
        const target = path.join(dir, 'inner', 'target');
        mkdirSync(path.dirname(target));
        for (const { path: name } of result.copies) {
          const files = async function* () {
            yield { path: name, bytes: new Uint8Array(1) };
          };
          const outcome = await writeFilesTogether(
            target,
            files(),
            new AbortController().signal,
            () => undefined,
          ).catch((thrown: unknown) => thrown);
          if (isInsideHere(name)) expect(outcome).toEqual([name]);
          else expect(outcome).toMatchObject({ code: 'export/unsafe-name' });
        }
        expect([
          readdirSync(dir),
          readdirSync(path.join(dir, 'inner')).filter((name) => name !== 'target'),
        ]).toEqual([['inner'], []]);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
}
