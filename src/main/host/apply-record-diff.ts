/** Applies one record diff to the database, after checking that the record is still as the diff says and that the result makes sense. */
import { classNameKey } from '../../core/class-colors.ts';
import type { ImageMark, PredictionMark, RecordDiff } from '../../core/diffs.ts';
import { AppError } from '../../core/errors.ts';
import type { BoxRecord } from '../../core/records.ts';
import type { ProjectDatabase } from '../db/project-database.ts';
import { checkTestLock } from './audit/test-looks.ts';
import { duplicateClass } from './new-classes.ts';
import { sameRecord } from './same-record.ts';

/** Rounding of a float sum; far below a pixel. */
const edgeTolerancePx = 0.01;

/**
 * Throws `labels/conflict` when the record is not as `before` says, `labels/outside-image`, `labels/unknown-image`,
 * `labels/unknown-class` or `labels/invalid`. Runs inside the caller's transaction. Adds the ids of images concerned to `touched`.
 */
export function applyRecordDiff(db: ProjectDatabase, diff: RecordDiff, touched: Set<string>): void {
  for (const record of [diff.before, diff.after]) {
    if (record !== null && record.id !== diff.id)
      throw invalid('A change names another record than the one it changes.', diff);
  }
  if (diff.table === 'boxes') applyBox(db, diff, touched);
  else if (diff.table === 'classes') applyClass(db, diff, touched);
  else if (diff.table === 'images') applyImage(db, diff, touched);
  else applyPrediction(db, diff, touched);
}

type DiffOf<T extends RecordDiff['table']> = Extract<RecordDiff, { table: T }>;

function applyBox(db: ProjectDatabase, diff: DiffOf<'boxes'>, touched: Set<string>): void {
  const { before, after } = diff;
  // Most diffs of a large import add boxes: asking whether one is there costs less than reading it.
  if (before !== null || db.boxes.exists(diff.id)) requireCurrent(diff, db.boxes.find(diff.id) ?? null);
  if (before !== null) touched.add(before.imageId);
  if (after !== null) {
    checkBox(db, after);
    touched.add(after.imageId);
  }
  if (after === null) db.boxes.delete(diff.id);
  else if (before === null) db.boxes.insert(after);
  else db.boxes.update(after);
}

function checkBox(db: ProjectDatabase, box: BoxRecord): void {
  const image = db.images.findSize(box.imageId);
  if (image === undefined) {
    throw new AppError({
      code: 'labels/unknown-image',
      message: 'The box belongs to an image that this project does not have. It was not saved.',
      hint: 'Reload the image list.',
      details: { imageId: box.imageId, boxId: box.id },
    });
  }
  if (![box.x, box.y, box.w, box.h].every(Number.isFinite) || box.w <= 0 || box.h <= 0) {
    throw invalid('The box has no size, or a coordinate that is not a number. It was not saved.', {
      boxId: box.id,
    });
  }
  const right = box.x + box.w;
  const bottom = box.y + box.h;
  const outside =
    box.x < -edgeTolerancePx ||
    box.y < -edgeTolerancePx ||
    right > image.widthPx + edgeTolerancePx ||
    bottom > image.heightPx + edgeTolerancePx;
  if (outside) {
    throw new AppError({
      code: 'labels/outside-image',
      message: `The box reaches outside the image (${image.widthPx} × ${image.heightPx} px). It was not saved.`,
      hint: 'Draw it within the image.',
      details: {
        boxId: box.id,
        x: box.x,
        y: box.y,
        w: box.w,
        h: box.h,
        widthPx: image.widthPx,
        heightPx: image.heightPx,
      },
    });
  }
}

/** Suggestions go and come back with their class (by triggers of the database), so their images are concerned, too. */
function applyClass(db: ProjectDatabase, diff: DiffOf<'classes'>, touched: Set<string>): void {
  requireCurrent(diff, db.classes.find(diff.id) ?? null);
  if (diff.after !== null && classNameKey(diff.after.name) === '')
    throw invalid('A class needs a name. Nothing was saved.', { classId: diff.id });
  const touchSuggested = (): void => {
    for (const { imageId } of db.predictions.listByClass(diff.id)) touched.add(imageId);
  };
  if (diff.after === null) {
    touchSuggested();
    db.classes.delete(diff.id);
  } else if (diff.before === null) {
    db.classes.insert(diff.after);
    touchSuggested();
  } else db.classes.update(diff.after);
}

function applyImage(db: ProjectDatabase, diff: DiffOf<'images'>, touched: Set<string>): void {
  if (diff.before === null || diff.after === null)
    throw invalid('Images come and go with their files, not with a gesture.', { imageId: diff.id });
  const image = db.images.find(diff.id);
  if (Object.keys(diff.before).sort().join() !== Object.keys(diff.after).sort().join())
    throw invalid('A change of an image says something that it does not take back.', { imageId: diff.id });
  const { id, ...after } = diff.after;
  requireCurrent(diff, image === undefined ? null : pickNamed(image, diff.before));
  if (after.split !== undefined) checkTestLock(db, image?.split ?? null, after.split);
  db.images.update(id, after);
  touched.add(diff.id);
}

function applyPrediction(db: ProjectDatabase, diff: DiffOf<'predictions'>, touched: Set<string>): void {
  if (diff.before === null || diff.after === null)
    throw invalid('Suggestions are made by models, not by a gesture.', { predictionId: diff.id });
  const found = db.predictions.find(diff.id);
  if ((diff.before.classId === undefined) !== (diff.after.classId === undefined))
    throw invalid('A change of a suggestion says something that it does not take back.', {
      predictionId: diff.id,
    });
  requireCurrent(diff, found === undefined ? null : pickNamed(found, diff.before));
  db.predictions.mark(diff.after);
  if (found !== undefined) touched.add(found.imageId);
}

/** Of a record, what a mark speaks of: older marks know nothing of notes and scales. */
function pickNamed<M extends ImageMark | PredictionMark>(record: M, mark: M): object {
  return Object.fromEntries(Object.keys(mark).map((key) => [key, record[key as keyof M] ?? null]));
}

function requireCurrent(diff: RecordDiff, current: object | null): void {
  if (sameRecord(diff.before, current)) return;
  throw new AppError({
    code: 'labels/conflict',
    message:
      'Something else changed the same record in the meantime, so this change was not saved. Nothing was overwritten.',
    hint: 'Look at the image as it is now, then repeat the change if it is still wanted.',
    details: { table: diff.table, id: diff.id, expected: diff.before, found: current },
  });
}

function invalid(message: string, details: object): AppError {
  return new AppError({
    code: 'labels/invalid',
    message,
    hint: 'Repeat the change.',
    details: { ...details },
  });
}

/** Checks class names after all diffs of a gesture, so that two classes may swap names, and that no box lost its class. */
export function checkClassNames(db: ProjectDatabase): void {
  const seen = new Map<string, string>();
  const known = new Set<string>();
  for (const { id, name } of db.classes.list()) {
    const other = seen.get(classNameKey(name));
    if (other !== undefined) throw duplicateClass(other, name);
    seen.set(classNameKey(name), name);
    known.add(id);
  }
  for (const [classId, boxes] of db.tallies.boxesByClass()) {
    if (boxes === 0 || known.has(classId)) continue;
    throw new AppError({
      code: 'classes/in-use',
      message: `${boxes} boxes still have the class that would be deleted. Nothing was changed.`,
      hint: 'Give those boxes another class or delete them first.',
      details: { classId, boxes },
    });
  }
}

/** After all diffs: an image that says "no fish" or "not looked at" has no boxes. */
export function checkImageStates(db: ProjectDatabase, imageIds: Iterable<string>): void {
  for (const id of imageIds) {
    const state = db.images.findState(id);
    if ((state !== 'empty' && state !== 'unseen') || db.boxes.countByImage(id) === 0) continue;
    throw new AppError({
      code: 'labels/conflict',
      message: `The image has boxes, so it cannot be marked “${state}”. Nothing was changed.`,
      hint: 'Delete the boxes first, or leave the image as labelled.',
      details: { imageId: id, state },
    });
  }
}
