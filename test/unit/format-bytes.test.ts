/** Readers that go by bytes must see what the plain ones see: JSON.parse, Number and line by line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoxColumns, groupPlaces, placesOf } from '../../src/formats/box-columns.ts';
import { ByteCursor } from '../../src/formats/byte-cursor.ts';
import { PlainAnnotation } from '../../src/formats/coco-plain.ts';
import { encodeText, splitLines } from '../../src/formats/text.ts';
import { parseYoloLine } from '../../src/formats/yolo-line.ts';
import { YoloRows } from '../../src/formats/yolo-rows.read.ts';

/** Numbers as tools write them: few decimals, all that a double has, exponents, and what is no number of JSON. */
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer({ min: -10_000_000, max: 10_000_000 }).map((n) => (n / 1000).toFixed(3)),
  fc.double({ min: 0, max: 1, noNaN: true }).map((n) => n.toFixed(8)),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.integer({ min: -330, max: 330 }))
    .map(([m, e]) => `${m}e${e}`),
  fc.constantFrom(
    '0',
    '-0',
    '01',
    '.5',
    '5.',
    '+1',
    '1e',
    '-',
    '',
    '1e999',
    'NaN',
    '0x10',
    '1_0',
    '9007199254740993',
  ),
);

describe('numbers in bytes', () => {
  it('are to the last bit what Number makes of them, or refused where JSON refuses them', () => {
    const cursor = new ByteCursor();
    fc.assert(
      fc.property(numberText, (text) => {
        cursor.bytes = encodeText(text);
        cursor.at = 0;
        cursor.end = cursor.bytes.length;
        const value = cursor.readNumber();
        const isJson = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text);
        if (isJson) expect([value, cursor.at]).toEqual([Number(text), text.length]);
        else expect(Number.isNaN(value) || cursor.at < text.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a plain COCO annotation', () => {
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const plainParts = {
    id: number,
    image_id: number,
    category_id: number,
    bbox: fc.tuple(number, number, number, number) as fc.Arbitrary<number[]>,
    area: number,
    iscrowd: fc.constant<unknown>(0),
    segmentation: fc.oneof<fc.Arbitrary<unknown>[]>(
      fc.constant([]),
      fc.array(fc.array(number, { minLength: 1 }), { maxLength: 2 }),
    ),
    score: fc.double({ min: 0, max: 1, noNaN: true }) as fc.Arbitrary<unknown>,
  };
  const oddParts = {
    ...plainParts,
    bbox: fc.array(number, { minLength: 3, maxLength: 5 }),
    iscrowd: fc.constantFrom<unknown>(0, 1, true),
    segmentation: fc.oneof<fc.Arbitrary<unknown>[]>(
      fc.array(number, { maxLength: 2 }),
      fc.constant({ counts: 'x' }),
    ),
    score: fc.constantFrom<unknown>(0.5, 2, null, '1'),
    note: fc.string(),
  };
  const requiredKeys: ('image_id' | 'category_id' | 'bbox')[] = ['image_id', 'category_id', 'bbox'];
  const annotation = fc.oneof(fc.record(plainParts, { requiredKeys }), fc.record(oddParts, { requiredKeys }));

  it('is read as JSON reads it, wherever it stands, and what is not plain or no JSON is left to the whole reader', () => {
    const plain = new PlainAnnotation();
    let taken = 0;
    fc.assert(
      fc.property(
        annotation,
        fc.constantFrom(undefined, 1, '\t'),
        fc.option(fc.tuple(fc.nat(400), fc.constantFrom('', ',', '0', '"', ']', '}', ' ', '-', '.', 'e'))),
        (given, indent, damage) => {
          let text = JSON.stringify(given, null, indent);
          if (damage !== null) {
            const at = damage[0] % text.length;
            text = text.slice(0, at) + damage[1] + text.slice(at + 1);
          }
          const bytes = encodeText(`[ ${text} ,`);
          if (!plain.read(bytes, 2, bytes.length - 1)) return;
          taken++;
          const parsed = JSON.parse(text) as typeof given;
          const { imageId, categoryId, x, y, w, h, score, hasOutline } = plain;
          expect([imageId, categoryId, [x, y, w, h]]).toEqual([
            parsed.image_id,
            parsed.category_id,
            parsed.bbox,
          ]);
          expect(Number.isNaN(score) ? undefined : score).toEqual(parsed.score);
          expect(hasOutline).toBe(Array.isArray(parsed.segmentation) && parsed.segmentation.length > 0);
          expect(Object.keys(parsed)).not.toContain('note');
          expect(parsed.iscrowd ?? 0).not.toBe(1);
        },
      ),
      { numRuns: 3000 },
    );
    // Plain ones without damage are, or reading them would be no quicker.
    expect(taken).toBeGreaterThan(100);
  });
});

describe('the lines of a YOLO file', () => {
  it('are the same by bytes as by text, whatever ends them', () => {
    const cell = fc.oneof(numberText, fc.integer({ min: 0, max: 9 }).map(String));
    const line = fc.oneof(
      fc
        .tuple(fc.array(cell, { maxLength: 8 }), fc.constantFrom(' ', '  ', '\t', '\u00a0'))
        .map(([cells, gap]) => cells.join(gap)),
      fc.constantFrom('', '  ', '# ü', '\uFEFF0 0.5 0.5 0.1 0.1', ' 0 0.5 0.5 0.1 0.1 '),
    );
    const text = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 6 })
      .map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(0, 1, 6), fc.boolean(), (given, keypoints, marked) => {
        const rows = new YoloRows(keypoints);
        const found: unknown[] = [];
        rows.read(
          encodeText(marked ? `\uFEFF${given}` : given),
          (n) =>
            found.push([n, { classId: rows.classId, box: { ...rows.box }, kind: 'box', sixth: rows.sixth }]),
          (n, other) => found.push([n, parseYoloLine(other, keypoints)]),
        );
        const wanted = splitLines(given).flatMap((one, i) =>
          one.trim() === '' ? [] : [[i + 1, parseYoloLine(one, keypoints)]],
        );
        expect(found).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });
});

describe('boxes in columns', () => {
  it('come out as they went in, over the ends of chunks too', () => {
    const columns = new BoxColumns(['a', 'b'], ['cod']);
    const head = { x: 1, y: 2 };
    for (let i = 0; i < 70_000; i++) columns.push(i % 2, 0, i, 0.5, 1, 2, i % 3 === 0 ? 0.25 : null);
    columns.setMore(69_999, head, null, { net: 'gill' });
    expect([columns.length, columns.at(70_000), columns.at(-1)]).toEqual([70_000, undefined, undefined]);
    expect(columns.at(69_999)).toEqual({
      imageId: 'b',
      className: 'cod',
      x: 69_999,
      y: 0.5,
      w: 1,
      h: 2,
      head,
      tail: null,
      score: 0.25,
      attributes: { net: 'gill' },
    });
    expect([columns.at(65_536)?.score, columns.at(65_537)?.score, columns.at(65_537)?.x]).toEqual([
      null,
      null,
      65_537,
    ]);
    expect([...columns].length).toBe(70_000);
  });

  it('are grouped in their order, without those that belong to no group', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 4 })), fc.boolean(), (drawn, isSorted) => {
        const groups = isSorted ? drawn.filter((group) => group >= 0).sort((a, b) => a - b) : drawn;
        const grouped = groupPlaces(groups.length, 5, (place) => groups[place] ?? -1);
        if (isSorted) expect(grouped.order).toBeUndefined();
        for (let g = 0; g < 5; g++)
          expect([...placesOf(grouped, g)]).toEqual(
            [...groups.keys()].filter((place) => groups[place] === g),
          );
      }),
    );
  });
});
