/** Turns what a format read into one gesture on the project: new classes, boxes, image states. Pure. */
import type { ImportChoices, MergePolicy } from '../../../contract/import-plan.ts';
import type { TransferRow } from '../../../contract/transfer.ts';
import { classColorAt, classKeyAt, classNameKey } from '../../../core/class-colors.ts';
import type { RecordDiff } from '../../../core/diffs.ts';
import { computeIou } from '../../../core/geometry.ts';
import type { BoxRecord, ClassRecord, ImageRecord, ImageState } from '../../../core/records.ts';
import { cleanClassName } from '../../../formats/class-names.ts';
import type { ImportedBox, ImportedImage, ImportedRecords } from '../../../formats/format.ts';

export interface ImportTarget {
  readonly classes: readonly ClassRecord[];
  findImage(id: string): ImageRecord | undefined;
  listBoxes(imageId: string): readonly BoxRecord[];
}

export interface ImportCounts {
  readonly added: number;
  /** Boxes not taken because the project has them already. */
  readonly repeated: number;
  /** Boxes that make way for the source's. */
  readonly removed: number;
  /** Images whose state, split or group changes. */
  readonly marks: number;
  readonly notes: readonly string[];
}

export interface ImportPlan extends ImportCounts {
  /** Everything the import changes, image states, splits and groups included: one undo takes all of it back. */
  readonly diffs: RecordDiff[];
  readonly rows: readonly TransferRow[];
  readonly classes: readonly ClassPlan[];
}

/** An import that is planned image by image, so that a large one need not be held, nor applied, all at once. */
export interface ImportPlanner {
  /** New classes: to be made before any image. */
  readonly classDiffs: readonly RecordDiff[];
  readonly classes: readonly ClassPlan[];
  /** The project's images that the source speaks of. */
  readonly imageIds: readonly string[];
  /** What changes on one image as it is now, and what the report says of it; null for one that is gone. Each image is asked for once. */
  planImage(imageId: string): { diffs: RecordDiff[]; row: TransferRow } | null;
  /** Sums of all images planned so far. */
  counts(): ImportCounts;
}

/** Where a class of the source goes: `target` null leaves its boxes out. */
export interface ClassPlan {
  readonly name: string;
  readonly boxes: number;
  readonly target: string | null;
  readonly isNew: boolean;
}

export type ImportPolicy = Pick<ImportChoices, 'merge' | 'classes'> & {
  /** The test images have been judged already: an import may not move images in or out. */
  readonly isTestLocked?: boolean;
};

/** From this overlap on, a box of the same class is the same box: importing a file twice adds nothing. */
const sameBoxIou = 0.98;

/** The boxes of a source by image, and how many each class has: gathered beforehand, so that a million of them need no second look. */
export interface GatheredBoxes {
  readonly imageIds: Iterable<string>;
  /** None for an image without boxes. */
  of(imageId: string): readonly ImportedBox[];
  readonly perClass: ReadonlyMap<string, number>;
}

/** All of an import at once. */
export function planImport(
  records: Pick<ImportedRecords, 'classes' | 'images' | 'boxes' | 'report'>,
  target: ImportTarget,
  newId: () => string,
  policy: ImportPolicy = { merge: 'add', classes: {} },
): ImportPlan {
  const byImage = Map.groupBy(records.boxes, (box) => box.imageId);
  const perClass = new Map<string, number>();
  for (const { className } of records.boxes) perClass.set(className, (perClass.get(className) ?? 0) + 1);
  const boxes = { imageIds: byImage.keys(), of: (id: string) => byImage.get(id) ?? [], perClass };
  const planner = createImportPlanner(
    { ...records, imageList: records.images },
    boxes,
    target,
    newId,
    policy,
  );
  const planned = planner.imageIds.flatMap((id) => planner.planImage(id) ?? []);
  return {
    diffs: [...planner.classDiffs, ...planned.flatMap(({ diffs }) => diffs)],
    rows: planned.map(({ row }) => row),
    classes: planner.classes,
    ...planner.counts(),
  };
}

/** `source`: the boxes of `records`. */
export function createImportPlanner(
  records: Pick<ImportedRecords, 'classes' | 'imageList' | 'report'>,
  source: GatheredBoxes,
  target: ImportTarget,
  newId: () => string,
  policy: ImportPolicy,
): ImportPlanner {
  const {
    diffs: classDiffs,
    idOf,
    plans,
  } = planClasses(records.classes, source.perClass, target.classes, newId, policy.classes);
  const marked = new Map(Array.from(records.imageList, (image) => [image.imageId, image]));
  const counts = { added: 0, repeated: 0, removed: 0, marks: 0, kept: 0, locked: 0 };
  return {
    classDiffs,
    classes: plans,
    imageIds: [...new Set([...marked.keys(), ...source.imageIds])],
    planImage: (imageId) => {
      const image = target.findImage(imageId);
      if (image === undefined) return null;
      const diffs: RecordDiff[] = [];
      const existing = target.listBoxes(imageId);
      const given = source.of(imageId);
      const boxes = given.flatMap((box) => toBoxRecord(box, idOf, newId) ?? []);
      const mark = marked.get(imageId);
      const says = boxes.length > 0 || mark?.state === 'empty' || mark?.state === 'reviewed';
      const { fresh, gone, repeated } = mergeBoxes(boxes, existing, policy.merge, says);
      for (const box of gone) diffs.push({ table: 'boxes', id: box.id, before: box, after: null });
      for (const box of fresh) diffs.push({ table: 'boxes', id: box.id, before: null, after: box });
      const left = existing.length - gone.length + fresh.length;
      counts.added += fresh.length;
      counts.repeated += repeated;
      counts.removed += gone.length;
      if (mark?.state === 'empty' && left > 0) counts.kept += 1;
      const state = nextState(image.state, mark?.state ?? null, left, gone.length > 0);
      const diff = diffMark(image, state, mark, policy.isTestLocked === true);
      if (diff === 'locked') counts.locked += 1;
      else if (diff !== undefined) {
        diffs.push(diff);
        counts.marks += 1;
      }
      const { lost, clipped } = records.report.byImage?.get(imageId) ?? { lost: 0, clipped: 0 };
      const row: TransferRow = {
        path: image.path,
        seen: given.length + lost,
        taken: fresh.length,
        repeated,
        removed: gone.length,
        clipped,
        lost: lost + given.length - boxes.length,
        state,
      };
      return { diffs, row };
    },
    counts: () => {
      const { kept, locked, ...rest } = counts;
      return { ...rest, notes: noteKept(kept, locked) };
    },
  };
}

function noteKept(kept: number, locked: number): string[] {
  return [
    ...(kept === 0
      ? []
      : [`${kept} images are empty in the source but have boxes here; those boxes were kept.`]),
    ...(locked === 0
      ? []
      : [
          `${locked} images would have come into or out of the test images, which have been judged already; they stay where they are.`,
        ]),
  ];
}

interface Merged {
  readonly fresh: BoxRecord[];
  readonly gone: readonly BoxRecord[];
  readonly repeated: number;
}

/** Which boxes come, go, or are there already. A box that stays keeps its id and whatever a person wrote about it. */
function mergeBoxes(
  boxes: readonly BoxRecord[],
  existing: readonly BoxRecord[],
  merge: MergePolicy,
  says: boolean,
): Merged {
  if (merge === 'both') return { fresh: [...boxes], gone: [], repeated: 0 };
  const same = (a: BoxRecord, b: BoxRecord): boolean =>
    a.classId === b.classId && computeIou(a, b) >= sameBoxIou;
  const fresh = boxes.filter((box) => !existing.some((other) => same(other, box)));
  const gone =
    merge === 'replace' && says ? existing.filter((other) => !boxes.some((box) => same(box, other))) : [];
  return { fresh, gone, repeated: boxes.length - fresh.length };
}

/** The change of an image's state, split and group; undefined for none, `locked` where only the locked test images stand against it. */
function diffMark(
  image: ImageRecord,
  state: ImageState,
  mark: ImportedImage | undefined,
  isTestLocked: boolean,
): RecordDiff | 'locked' | undefined {
  const wanted = mark?.split ?? image.split;
  const locked = isTestLocked && wanted !== image.split && (wanted === 'test' || image.split === 'test');
  const split = locked ? image.split : wanted;
  const group = mark?.group ?? image.group;
  if (state === image.state && split === image.split && group === image.group)
    return locked ? 'locked' : undefined;
  const { id } = image;
  return {
    table: 'images',
    id,
    before: {
      id,
      state: image.state,
      ...(split === image.split ? {} : { split: image.split }),
      ...(group === image.group ? {} : { group: image.group }),
    },
    after: {
      id,
      state,
      ...(split === image.split ? {} : { split }),
      ...(group === image.group ? {} : { group }),
    },
  };
}

function planClasses(
  classes: ImportedRecords['classes'],
  counts: ReadonlyMap<string, number>,
  present: readonly ClassRecord[],
  newId: () => string,
  mapped: Readonly<Record<string, string>>,
): { diffs: RecordDiff[]; idOf: Map<string, string>; plans: ClassPlan[] } {
  const plans: ClassPlan[] = [];
  const made = new Set<string>();
  const byKey = new Map(present.map((record) => [classNameKey(record.name), record.id]));
  const idOf = new Map<string, string>();
  const diffs: RecordDiff[] = [];
  let position = present.reduce((highest, record) => Math.max(highest, record.position + 1), 0);
  for (const { name: source, color, scientificName } of [...classes].sort(
    (a, b) => a.position - b.position,
  )) {
    const name = Object.hasOwn(mapped, source) ? cleanClassName(mapped[source] ?? '') : source;
    const boxes = counts.get(source) ?? 0;
    if (name === '') {
      plans.push({ name: source, boxes, target: null, isNew: false });
      continue;
    }
    let id = byKey.get(classNameKey(name));
    if (id === undefined) {
      id = newId();
      byKey.set(classNameKey(name), id);
      const after = {
        id,
        name,
        color: color ?? classColorAt(position),
        key: classKeyAt(position),
        scientificName,
        position,
      };
      diffs.push({ table: 'classes', id, before: null, after });
      made.add(id);
      position += 1;
    }
    idOf.set(source, id);
    const target = present.find((record) => record.id === id)?.name ?? name;
    plans.push({ name: source, boxes, target, isNew: made.has(id) });
  }
  return { diffs, idOf, plans };
}

/** The box as the project keeps it; undefined when its class is left out. */
function toBoxRecord(
  box: ImportedBox,
  idOf: ReadonlyMap<string, string>,
  newId: () => string,
): BoxRecord | undefined {
  const { imageId, x, y, w, h, head, tail, attributes } = box;
  const classId = idOf.get(box.className);
  if (classId === undefined) return undefined;
  const score = box.score === null ? null : Math.min(1, Math.max(0, box.score));
  return {
    id: newId(),
    imageId,
    classId,
    x,
    y,
    w,
    h,
    source: 'import',
    modelId: null,
    score,
    attributes: { ...attributes },
    head,
    tail,
  };
}

/** Boxes decide over words: an image with boxes is at least labelled, and one that a person reviewed stays so, unless its boxes made way. */
function nextState(now: ImageState, said: ImageState | null, boxes: number, replaced: boolean): ImageState {
  if (boxes > 0) return said === 'reviewed' || (now === 'reviewed' && !replaced) ? 'reviewed' : 'labelled';
  if (replaced && now === 'labelled' && (said === null || said === 'labelled')) return 'unseen';
  return said === null || said === 'labelled' ? now : said;
}
