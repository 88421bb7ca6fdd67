/** Turns what a format read into one gesture on the project: new classes, boxes, image states. Pure. */
import { classColorAt, classKeyAt, classNameKey } from '../../../core/class-colors.ts';
import type { RecordDiff } from '../../../core/diffs.ts';
import { computeIou } from '../../../core/geometry.ts';
import type { BoxRecord, ClassRecord, ImageRecord, ImageState } from '../../../core/records.ts';
import type { ImportedBox, ImportedImage, ImportedRecords } from '../../../formats/format.ts';

export interface ImportTarget {
  readonly classes: readonly ClassRecord[];
  findImage(id: string): ImageRecord | undefined;
  listBoxes(imageId: string): readonly BoxRecord[];
}

export interface ImportPlan {
  readonly diffs: RecordDiff[];
  /** Marks outside the undo history: how images are divided and grouped. */
  readonly marks: readonly { id: string; split: ImageRecord['split']; group: string | null }[];
  /** Boxes not taken because the project has them already. */
  readonly repeated: number;
  readonly notes: readonly string[];
}

/** From this overlap on, a box of the same class is the same box: importing a file twice adds nothing. */
const sameBoxIou = 0.98;

export function planImport(records: ImportedRecords, target: ImportTarget, newId: () => string): ImportPlan {
  const { diffs, idOf } = planClasses(records, target.classes, newId);
  const boxesByImage = Map.groupBy(records.boxes, (box) => box.imageId);
  const imageIds = new Set([...records.images.map((image) => image.imageId), ...boxesByImage.keys()]);
  const marked = new Map(records.images.map((image) => [image.imageId, image]));
  const marks: { id: string; split: ImageRecord['split']; group: string | null }[] = [];
  let repeated = 0;
  let keptBoxes = 0;
  for (const imageId of imageIds) {
    const image = target.findImage(imageId);
    if (image === undefined) continue;
    const existing = target.listBoxes(imageId);
    const boxes = (boxesByImage.get(imageId) ?? []).map((box) => toBoxRecord(box, idOf, newId));
    const fresh = boxes.filter(
      (box) =>
        !existing.some((other) => other.classId === box.classId && computeIou(other, box) >= sameBoxIou),
    );
    repeated += boxes.length - fresh.length;
    for (const box of fresh) diffs.push({ table: 'boxes', id: box.id, before: null, after: box });
    const mark = marked.get(imageId);
    const state = nextState(image.state, mark?.state ?? null, existing.length + fresh.length);
    if (mark?.state === 'empty' && existing.length > 0) keptBoxes += 1;
    if (state !== image.state) {
      diffs.push({
        table: 'images',
        id: imageId,
        before: { id: imageId, state: image.state },
        after: { id: imageId, state },
      });
    }
    if (mark !== undefined && hasNewMark(image, mark))
      marks.push({ id: imageId, split: mark.split ?? image.split, group: mark.group ?? image.group });
  }
  const notes =
    keptBoxes === 0
      ? []
      : [`${keptBoxes} images are empty in the source but have boxes here; those boxes were kept.`];
  return { diffs, marks, repeated, notes };
}

function planClasses(
  records: ImportedRecords,
  present: readonly ClassRecord[],
  newId: () => string,
): { diffs: RecordDiff[]; idOf: Map<string, string> } {
  const byKey = new Map(present.map((record) => [classNameKey(record.name), record.id]));
  const idOf = new Map<string, string>();
  const diffs: RecordDiff[] = [];
  let position = present.reduce((highest, record) => Math.max(highest, record.position + 1), 0);
  for (const { name, color, scientificName } of [...records.classes].sort(
    (a, b) => a.position - b.position,
  )) {
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
      position += 1;
    }
    idOf.set(name, id);
  }
  return { diffs, idOf };
}

function toBoxRecord(box: ImportedBox, idOf: ReadonlyMap<string, string>, newId: () => string): BoxRecord {
  const { imageId, x, y, w, h, head, tail, attributes } = box;
  const classId = idOf.get(box.className) ?? '';
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

/** Boxes decide over words: an image with boxes is at least labelled, and one that a person reviewed stays so. */
function nextState(now: ImageState, said: ImageState | null, boxes: number): ImageState {
  if (boxes > 0) return said === 'reviewed' || now === 'reviewed' ? 'reviewed' : 'labelled';
  return said === null || said === 'labelled' ? now : said;
}

function hasNewMark(image: ImageRecord, mark: ImportedImage): boolean {
  return (
    (mark.split !== null && mark.split !== image.split) || (mark.group !== null && mark.group !== image.group)
  );
}
