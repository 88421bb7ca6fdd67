import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileTable } from '../../src/formats/file-table.ts';
import { createImageLookup, normalisePath } from '../../src/formats/image-lookup.ts';
import { toRawBox, toRawPoint, toUprightBox, toUprightPoint } from '../../src/formats/orientation.ts';
import { ReportBuilder } from '../../src/formats/report.ts';
import { decodeText, findSplit } from '../../src/formats/text.ts';
import { TextTable } from '../../src/formats/text-table.ts';
import { makeImage, treeOf } from '../helpers/file-trees.ts';

const lookup = (...paths: string[]) => createImageLookup(paths.map((path) => makeImage(path)));
const resolveOne = (paths: string[], reference: string, options = {}) => {
  const found = lookup(...paths)
    .resolve([reference], options)
    .get(reference);
  return found?.image === undefined ? undefined : [found.image.path, found.kind];
};

describe('finding the image a label means', () => {
  it('takes the same path before any other', () => {
    expect(resolveOne(['a.jpg', 'train/a.jpg'], 'a.jpg')).toEqual(['a.jpg', 'path']);
  });

  it('takes the longest common ending, whichever side is longer', () => {
    expect(resolveOne(['photos/train/a.jpg', 'photos/val/a.jpg'], 'images/val/a.jpg')).toEqual([
      'photos/val/a.jpg',
      'name',
    ]);
    expect(resolveOne(['photos/train/a.jpg', 'photos/val/a.jpg'], 'val\\a.jpg')).toEqual([
      'photos/val/a.jpg',
      'tail',
    ]);
    expect(resolveOne(['a.jpg'], '/home/me/data/a.jpg')).toEqual(['a.jpg', 'tail']);
  });

  it('never guesses between two', () => {
    expect(resolveOne(['x/a.jpg', 'y/a.jpg'], 'a.jpg')).toBeUndefined();
    expect(resolveOne(['x/a.jpg', 'x/a.png'], 'x/a', { withoutExtension: true })).toBeUndefined();
  });

  it('tells a name that several images have once, however a codec asks for it', () => {
    const project = lookup('boat/1.jpg', 'deck/1.jpg');
    for (const reference of ['/1.jpg', '1.jpg', './1.jpg']) project.resolve([reference]);
    expect(project.listAmbiguous()).toEqual([{ reference: '1.jpg', paths: ['boat/1.jpg', 'deck/1.jpg'] }]);
  });

  it('ignores case only when the exact case finds nothing', () => {
    expect(resolveOne(['IMG.JPG'], 'img.jpg')).toEqual(['IMG.JPG', 'tail']);
    expect(resolveOne(['x/img.jpg', 'x/IMG.jpg'], 'IMG.jpg')).toEqual(['x/IMG.jpg', 'tail']);
  });

  it('compares composed and decomposed letters as equal, as disks of macOS make it necessary', () => {
    expect(resolveOne(['te\u0302te.jpg'], 't\u00eate.jpg')).toEqual(['te\u0302te.jpg', 'path']);
  });

  it('gives an image that two references claim to the more exact one, and to neither when they are equal', () => {
    const found = lookup('train/a.jpg').resolve(['train/a.jpg', 'valid/a.jpg']);
    expect([found.get('train/a.jpg')?.image?.path, found.get('valid/a.jpg')?.image]).toEqual([
      'train/a.jpg',
      undefined,
    ]);
    const tie = lookup('a.jpg').resolve(['train/a.jpg', 'valid/a.jpg']);
    expect([...tie.values()].map(({ image }) => image)).toEqual([undefined, undefined]);
  });

  it('normalises what other systems write', () => {
    expect(['C:\\data\\a.jpg', './a.jpg', '../x//a.jpg', '/a.jpg', 'x/../a.jpg'].map(normalisePath)).toEqual([
      'data/a.jpg',
      'a.jpg',
      'x/a.jpg',
      'a.jpg',
      'a.jpg',
    ]);
  });
});

describe('turning between stored and upright pixels', () => {
  const raw = { widthPx: 640, heightPx: 480 };
  // Where the top left corner of the stored pixels is seen, by the EXIF specification.
  const corners: [orientation: number, x: number, y: number][] = [
    [1, 0, 0],
    [2, 640, 0],
    [3, 640, 480],
    [4, 0, 480],
    [5, 0, 0],
    [6, 480, 0],
    [7, 480, 640],
    [8, 0, 640],
  ];
  it.each(corners)('orientation %i shows the stored top left corner at %i, %i', (orientation, x, y) => {
    expect(toUprightPoint({ x: 0, y: 0 }, raw, orientation)).toEqual({ x, y });
  });

  it('comes back from every orientation', () => {
    const number = fc.double({ min: 0, max: 400, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        number,
        number,
        number,
        number,
        (orientation, x, y, w, h) => {
          const back = toUprightBox(toRawBox({ x, y, w, h }, raw, orientation), raw, orientation);
          for (const [key, value] of Object.entries({ x, y, w, h }))
            expect(back[key as 'x']).toBeCloseTo(value, 9);
          const point = toUprightPoint(toRawPoint({ x, y }, raw, orientation), raw, orientation);
          expect([point.x, point.y]).toEqual([expect.closeTo(x, 9), expect.closeTo(y, 9)]);
        },
      ),
    );
  });
});

describe('texts found by hash', () => {
  it('are found among others as a map finds them, without being held', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 300 }), fc.array(fc.string()), (texts, others) => {
        const table = new TextTable((entry) => texts[entry] ?? '');
        for (const [entry, text] of texts.entries()) table.add(text, entry);
        expect(table.size).toBe(texts.length);
        for (const text of [...texts, ...others]) expect(table.find(text)).toBe(texts.indexOf(text));
      }),
    );
  });

  it('are told apart where their hashes are the same', () => {
    // FNV-1a of 32 bits has collisions among any hundred thousand texts.
    const texts = Array.from({ length: 100_000 }, (_, i) => `IMG_${i}`);
    const table = new TextTable((entry) => texts[entry] ?? '');
    for (const [entry, text] of texts.entries()) table.add(text, entry);
    expect(texts.every((text, entry) => table.find(text) === entry)).toBe(true);
    expect(table.find('IMG_100000')).toBe(-1);
  });
});

describe('the files of a tree by folder', () => {
  const paths = fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('', 'a/', 'a/b/', 'labels/', 'é/'),
      fc.constantFrom('1.txt', '2.txt', 'B.txt', 'ab.jpg', 'z'),
    ),
    { selector: (parts) => parts.join('') },
  );

  it('are those of the tree, whether it lists them or gives names by folder', async () => {
    await fc.assert(
      fc.asyncProperty(paths, async (parts) => {
        const names = parts.map((part) => part.join(''));
        const files = Object.fromEntries(names.map((name) => [name, name]));
        const listed = await FileTable.of(treeOf(files));
        const folders = Map.groupBy(names.toSorted(), (name) =>
          name.slice(0, Math.max(0, name.lastIndexOf('/'))),
        );
        const given = await FileTable.of({
          ...treeOf({}),
          byFolder: async () =>
            new Map(
              [...folders].map(([folder, own]) => [folder, own.map((name) => name.split('/').at(-1) ?? '')]),
            ),
          open: (path) => ({ path, bytes: async () => new TextEncoder().encode(path) }),
        });
        for (const table of [listed, given]) {
          expect(Array.from(table.keys()).sort()).toEqual(names.toSorted());
          expect(table.size).toBe(names.length);
          for (const name of names)
            expect(new TextDecoder().decode(await table.get(name)?.bytes())).toBe(name);
          for (const strange of ['', 'a', '1', 'a/b', '0.txt', 'x/1.txt'])
            expect(table.has(strange)).toBe(names.includes(strange));
        }
      }),
    );
  });

  it('have their backslashes taken for slashes, also on disks that allow them in names', async () => {
    const table = await FileTable.of({
      ...treeOf({ 'a\\1.txt': 'x' }),
      byFolder: async () => new Map([['', ['a\\1.txt']]]),
      open: () => {
        throw new Error('it is not opened by that name');
      },
    });
    expect([...table.keys()]).toEqual(['a/1.txt']);
    expect(await table.get('a/1.txt')?.bytes()).toHaveLength(1);
  });
});

describe('small parts', () => {
  it('reads text with any byte order mark', () => {
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x61, 0))).toBe('a');
    expect(decodeText(Uint8Array.of(0xfe, 0xff, 0, 0x61))).toBe('a');
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('a');
  });

  it('reads splits from names of files and folders', () => {
    expect(
      [
        'annotations/instances_val2017.json',
        'train/_annotations.coco.json',
        'Validation',
        'contest/a',
        'test/labels',
        'trained',
      ].map(findSplit),
    ).toEqual(['valid', 'train', 'valid', null, 'test', null]);
  });

  it('shortens names that no file can have', () => {
    const report = new ReportBuilder('x');
    report.skip({ what: `begin${'🐟'.repeat(1_000_000)}end`, why: 'w'.repeat(1_000_000), boxes: 1 });
    const [item = { what: '', why: '' }] = report.build().skipped;
    expect(item.what).toMatch(/^begin.* … .*end$/u);
    expect([item.what.length < 1000, item.why.length < 1000, item.what.isWellFormed()]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('lists a thousand skipped items and counts the others by reason', () => {
    const report = new ReportBuilder('x');
    for (let i = 0; i < 2500; i++)
      report.skip({ what: `box ${i}`, why: i % 2 === 0 ? 'even' : 'odd', boxes: 1 });
    const built = report.build();
    expect(built.skipped).toHaveLength(1002);
    expect(built.seen.boxes).toBe(2500);
  });
});
