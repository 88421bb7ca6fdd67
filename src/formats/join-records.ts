/** Makes one import of what several formats read: classes of one name are one, an image is spoken of once, and no box comes twice. */
import { classNameKey } from '../core/class-colors.ts';
import { countOf } from '../core/count.ts';
import { computeIou } from '../core/geometry.ts';
import type { ImageState } from '../core/records.ts';
import type {
  FormatReport,
  ImportedBox,
  ImportedClass,
  ImportedImage,
  ImportedRecords,
  SkippedItem,
} from './format.ts';

export interface RecordsPart {
  /** What the report calls the source. */
  readonly name: string;
  readonly records: ImportedRecords;
}

/** From this overlap on, boxes of one class are the same box, as when a file is imported twice. */
const SAME_IOU = 0.98;

/** What says more of an image stands further behind. */
const states: readonly (ImageState | null)[] = [null, 'unseen', 'empty', 'labelled', 'reviewed'];

/** The counts of the report add up as those of each part do; `leftAside` are sources without labels. */
export function joinRecords(
  parts: readonly RecordsPart[],
  leftAside: readonly string[] = [],
): ImportedRecords {
  const classes = new Map<string, ImportedClass>();
  const images = new Map<string, ImportedImage>();
  const byImage = new Map<string, ImportedBox[]>();
  const boxes: ImportedBox[] = [];
  let [twiceImages, twiceBoxes] = [0, 0];
  for (const { records } of parts) {
    for (const one of records.classes) {
      const key = classNameKey(one.name);
      if (!classes.has(key)) classes.set(key, { ...one, position: classes.size });
    }
    for (const image of records.imageList) {
      const known = images.get(image.imageId);
      if (known !== undefined) twiceImages++;
      images.set(image.imageId, known === undefined ? image : joinImages(known, image));
    }
    const fresh: ImportedBox[] = [];
    for (const given of records.boxList) {
      const className = classes.get(classNameKey(given.className))?.name ?? given.className;
      const box = className === given.className ? given : { ...given, className };
      const isTwice = (byImage.get(box.imageId) ?? []).some(
        (other) => other.className === className && computeIou(other, box) >= SAME_IOU,
      );
      if (isTwice) twiceBoxes++;
      else fresh.push(box);
    }
    // Only now, so that equal boxes of one source stay, as they do when it comes alone.
    for (const box of fresh) {
      boxes.push(box);
      const own = byImage.get(box.imageId);
      if (own === undefined) byImage.set(box.imageId, [box]);
      else own.push(box);
    }
  }
  const list = [...images.values()];
  const report = joinReports(parts, leftAside, { twiceImages, twiceBoxes });
  return {
    classes: [...classes.values()],
    images: list,
    imageList: list,
    boxes,
    boxList: boxes,
    report: { ...report, images: list.length, boxes: boxes.length },
  };
}

function joinImages(a: ImportedImage, b: ImportedImage): ImportedImage {
  const state = states.indexOf(b.state) > states.indexOf(a.state) ? b.state : a.state;
  return { ...a, state, split: a.split ?? b.split, group: a.group ?? b.group };
}

function joinReports(
  parts: readonly RecordsPart[],
  leftAside: readonly string[],
  { twiceImages, twiceBoxes }: { twiceImages: number; twiceBoxes: number },
): FormatReport {
  const reports = parts.map(({ name, records }) => ({ name, report: records.report }));
  const sum = (count: (report: FormatReport) => number): number =>
    reports.reduce((total, { report }) => total + count(report), 0);
  const byImage = new Map<string, { lost: number; clipped: number }>();
  for (const { report } of reports)
    for (const [id, { lost, clipped }] of report.byImage ?? []) {
      const known = byImage.get(id) ?? { lost: 0, clipped: 0 };
      byImage.set(id, { lost: known.lost + lost, clipped: known.clipped + clipped });
    }
  const twice: SkippedItem[] = [
    ...(twiceImages === 0
      ? []
      : [
          {
            what: countOf(twiceImages, 'image'),
            why: 'another of the sources speaks of them, too; what both say was joined',
            images: twiceImages,
            boxes: 0,
          },
        ]),
    ...(twiceBoxes === 0
      ? []
      : [
          {
            what: countOf(twiceBoxes, 'box', 'boxes'),
            why: 'another of the sources has the same box',
            images: 0,
            boxes: twiceBoxes,
          },
        ]),
  ];
  return {
    format: [...new Set(reports.map(({ report }) => report.format))].join(' + '),
    seen: { images: sum(({ seen }) => seen.images), boxes: sum(({ seen }) => seen.boxes) },
    images: 0,
    boxes: 0,
    skipped: [...twice, ...reports.flatMap(({ report }) => report.skipped)],
    clipped: sum(({ clipped }) => clipped),
    notes: [
      ...leftAside.map((name) => `“${name}” holds no labels of a known format and was left aside.`),
      ...reports.flatMap(({ name, report }) => report.notes.map((note) => `${name}: ${note}`)),
    ],
    ...(byImage.size === 0 ? {} : { byImage }),
  };
}
