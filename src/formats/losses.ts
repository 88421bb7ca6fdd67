/** Counts after an export what its format could not say. What a format keeps of a box is a table here, which a contract test holds against reading back. */
import { countOf } from '../core/count.ts';
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import type { ReportTable } from './format.ts';

/** What a box may have besides class and place. */
export type BoxDetail = 'points' | 'attributes' | 'scores';

/** What each format brings back of it. */
export const keptDetails: Readonly<Record<string, readonly BoxDetail[]>> = {
  coco: ['points', 'attributes', 'scores'],
  yolo: [],
  voc: ['attributes'],
  cvat: ['attributes'],
  labelme: ['attributes', 'scores'],
  'label-studio': ['attributes', 'scores'],
  viame: ['points', 'attributes', 'scores'],
  megadetector: ['scores'],
  vott: [],
  csv: ['scores'],
};

const has: Readonly<Record<BoxDetail, (box: BoxRecord) => boolean>> = {
  points: ({ head, tail }) => head !== null || tail !== null,
  attributes: ({ attributes }) => Object.keys(attributes).length > 0,
  scores: ({ score }) => score !== null,
};

const words: Readonly<Record<BoxDetail, string>> = {
  points: 'Head and tail points',
  attributes: 'Attributes',
  scores: 'Scores',
};

/** What no format has a place for, as far as this program reads it back. */
const boxFacts: readonly (readonly [string, (box: BoxRecord) => boolean])[] = [
  ['Which model a box came from', ({ modelId }) => modelId !== null],
  ['Which box lies above which', ({ z }) => z !== undefined],
  ['Locks', ({ locked }) => locked === true],
];
const imageFacts: readonly (readonly [string, (image: ImageRecord) => boolean])[] = [
  ['Notes', ({ note }) => note !== undefined && note !== null && note !== ''],
  ['Flags', ({ flags }) => flags !== undefined && flags !== null && flags.length > 0],
  ['Scales (millimetres a pixel)', ({ mmPerPx }) => mmPerPx !== undefined && mmPerPx !== null],
];

/**
 * `formats`: those the export holds; what one of them keeps is not lost. Counted are boxes and images that were written. Null where nothing was
 * lost, or for a table that holds no boxes.
 */
export function countLosses(
  formats: readonly string[],
  images: readonly ImageRecord[],
  boxes: Iterable<BoxRecord>,
): ReportTable | null {
  const known = formats.flatMap((id) => (keptDetails[id] === undefined ? [] : [keptDetails[id]]));
  if (known.length === 0) return null;
  const kept = new Set(known.flat());
  const details = (['points', 'attributes', 'scores'] as const).filter((detail) => !kept.has(detail));
  const asked = [
    ...details.map((detail) => ({ what: words[detail], test: has[detail], count: 0 })),
    ...boxFacts.map(([what, test]) => ({ what, test, count: 0 })),
  ];
  for (const box of boxes) for (const fact of asked) if (fact.test(box)) fact.count++;
  const rows = [
    ...asked.map(({ what, count }) => ({ what, count, of: 'boxes' })),
    ...imageFacts.map(([what, test]) => ({ what, count: images.filter(test).length, of: 'images' })),
  ].filter(({ count }) => count > 0);
  if (rows.length === 0) return null;
  return {
    title: 'What the format could not say',
    head: ['what', 'of how many'],
    rows: rows.map(({ what, count, of }) => [
      what,
      of === 'boxes' ? countOf(count, 'box', of) : countOf(count, 'image'),
    ]),
  };
}
