/** Random projects for codec properties: odd names, turned photographs, boxes anywhere inside them. */
import fc from 'fast-check';
import { classNameKey } from '../../src/core/class-colors.ts';
import type { BoxRecord, ClassRecord, ImageRecord, ImageState } from '../../src/core/records.ts';
import { cleanClassName } from '../../src/formats/class-names.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { makeImage } from './file-trees.ts';

const className = fc
  .oneof(
    fc.constantFrom(
      'ALB',
      'NoF',
      '__proto__',
      'constructor',
      'Lutjanus campechanus',
      'poisson-scie, à "nez"',
      '魚',
      'null',
      '3',
      'y: [1]',
      '# no',
    ),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  )
  .filter((name) => name !== '' && cleanClassName(name) === name);

/** What a disk may call a photograph: any letters and signs of any script, control characters among them, but for the two that no name can hold. */
const oddStem = fc
  .oneof(
    fc.constantFrom(
      'a,b;c\t"d"',
      'line\nbreak',
      'cr\rlf\r\n',
      'bell\u0007',
      'del\u007f',
      '<i>&amp;</i>',
      '%41',
      '#1',
      '-1',
      '=1+1',
      'a\u0301',
      '\u202eabc',
      '\ufeffbom',
      '魚🐟',
      ' lead',
      'dots..',
      "it's",
    ),
    fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
    fc.string({ minLength: 1, maxLength: 8, unit: 'binary-ascii' }),
  )
  .filter((stem) => !/[/\\\0]/u.test(stem));

const imagePath = fc
  .tuple(
    fc.constantFrom('', 'a/', 'b/', 'images/', 'train/images/', 'été/', 'a b/labels/'),
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom('1', 'IMG_0001', 'fish.rf.2f31', 'tête', 'img 2', 'classes', 'train'),
      },
      { weight: 1, arbitrary: oddStem },
    ),
    fc.constantFrom('.jpg', '.png', '.JPG'),
  )
  .map((parts) => parts.join(''));

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const boxes = fc.array(fc.tuple(unit, unit, unit, unit, fc.nat()), { maxLength: 6 });

const image = fc.record({
  path: imagePath,
  rawWidthPx: fc.integer({ min: 12, max: 5000 }),
  rawHeightPx: fc.integer({ min: 12, max: 5000 }),
  orientation: fc.integer({ min: 1, max: 8 }),
  split: fc.constantFrom('train' as const, 'valid' as const, 'test' as const, null),
  group: fc.constantFrom(null, 'boat 1', 'boat 2'),
  emptyState: fc.constantFrom<ImageState>('unseen', 'empty', 'reviewed'),
  fullState: fc.constantFrom<ImageState>('labelled', 'reviewed'),
  boxes,
});

/** A project whose class names are distinct and whose boxes lie inside their images, sides ≥ 1 px. */
export const arbitraryProject: fc.Arbitrary<ExportInput> = fc
  .record({
    names: fc.uniqueArray(className, { minLength: 1, maxLength: 5, selector: classNameKey }),
    drafts: fc.uniqueArray(image, { maxLength: 6, selector: ({ path }) => path.normalize('NFC') }),
  })
  .map(({ names, drafts }) => {
    const classes = names.map(
      (name, position): ClassRecord => ({
        id: `c${position}`,
        name,
        color: '#3366cc',
        key: null,
        scientificName: null,
        position,
      }),
    );
    const images: ImageRecord[] = [];
    const records: BoxRecord[] = [];
    for (const draft of drafts) {
      const swapped = draft.orientation >= 5;
      const widthPx = swapped ? draft.rawHeightPx : draft.rawWidthPx;
      const heightPx = swapped ? draft.rawWidthPx : draft.rawHeightPx;
      const { path, rawWidthPx, rawHeightPx, orientation, split, group } = draft;
      const state = draft.boxes.length > 0 ? draft.fullState : draft.emptyState;
      images.push(
        makeImage(path, { widthPx, heightPx, rawWidthPx, rawHeightPx, orientation, split, group, state }),
      );
      for (const [a, b, c, d, classNumber] of draft.boxes) {
        const x = a * (widthPx - 1);
        const y = b * (heightPx - 1);
        records.push(
          makeBox(
            path,
            `c${classNumber % names.length}`,
            { x, y, w: 1 + c * (widthPx - 1 - x), h: 1 + d * (heightPx - 1 - y) },
            `b${records.length}`,
          ),
        );
      }
    }
    return { projectName: 'Random reef', classes, images, boxes: records, nowMs: 1_700_000_000_000 };
  });

export function makeBox(
  imageId: string,
  classId: string,
  box: Pick<BoxRecord, 'x' | 'y' | 'w' | 'h'>,
  id: string,
): BoxRecord {
  return {
    id,
    imageId,
    classId,
    ...box,
    source: 'person',
    modelId: null,
    score: null,
    attributes: {},
    head: null,
    tail: null,
  };
}
