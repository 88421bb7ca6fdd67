/**
 * Gestures of any size, in slices: each slice is a transaction of its own, and between two of them the host answers everybody else. A gesture
 * stands once all of its slices do; one that is cut short (an error, a stop, a crash) is taken back slice by slice.
 */
import { setImmediate } from 'node:timers/promises';
import { type Gesture, invertDiffs, type RecordDiff } from '../../core/diffs.ts';
import { AppError } from '../../core/errors.ts';
import { applyRecordDiff, checkClassNames, checkImageStates } from './apply-record-diff.ts';
import type { HostContext } from './context.ts';
import { refreshHidden } from './hidden-suggestions.ts';
import type { OpenProject } from './open-project.ts';

/** Diffs of one slice, about: few enough for a few hundredths of a second. */
export const sliceDiffs = 1000;

type LargeGesture = Omit<Gesture, 'diffs'>;

/** Gestures under way, so that a window which lost the answer and asks again waits for the same one. */
const underWay = new WeakMap<OpenProject, Map<string, Promise<number | null>>>();

function once<T extends number | null>(
  project: OpenProject,
  gestureId: string,
  work: () => Promise<T>,
): Promise<T> {
  const running = underWay.get(project) ?? new Map<string, Promise<number | null>>();
  underWay.set(project, running);
  const known = running.get(gestureId);
  if (known !== undefined) return known as Promise<T>;
  const mine = work().finally(() => running.delete(gestureId));
  running.set(gestureId, mine);
  return mine;
}

/**
 * Applies what `next` gives until it gives null, as one gesture. `next` runs inside the slice's transaction, so that it sees the records as
 * they are; `atEnd` inside the transaction that ends the gesture. Returns the revision; null when there was nothing to change. Throws what a
 * slice throws (`labels/conflict`) or the signal's reason, with everything taken back.
 */
export function saveLargeGesture(
  context: HostContext,
  project: OpenProject,
  gesture: LargeGesture,
  next: () => RecordDiff[] | null,
  options: SliceOptions = {},
): Promise<number | null> {
  return once(project, gesture.id, () => save(context, project, gesture, next, options));
}

interface SliceOptions {
  readonly signal?: AbortSignal;
  readonly atEnd?: () => void;
}

async function save(
  context: HostContext,
  project: OpenProject,
  gesture: LargeGesture,
  next: () => RecordDiff[] | null,
  { signal, atEnd }: SliceOptions,
): Promise<number | null> {
  const { changes } = project.db;
  const earlier = changes.find(gesture.id);
  if (earlier !== undefined) return earlier.revision;
  let position = 0;
  try {
    const keep = (diffs: RecordDiff[]): void => changes.appendPart(gesture.id, position++, diffs);
    while (applySlice(context, project, next, keep) !== null) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    if (position === 0) return null;
    return end(context, project, gesture, atEnd);
  } catch (error) {
    await takeBack(context, project, gesture.id);
    throw error;
  }
}

/** Undo or redo of a gesture that was saved in slices. Throws `labels/conflict`, with nothing changed, as any gesture does. */
export function repeatLargeGesture(
  context: HostContext,
  project: OpenProject,
  gesture: LargeGesture,
): Promise<number> {
  return once(project, gesture.id, () => repeat(context, project, gesture));
}

async function repeat(context: HostContext, project: OpenProject, gesture: LargeGesture): Promise<number> {
  const { changes } = project.db;
  const earlier = changes.find(gesture.id);
  if (earlier !== undefined) return earlier.revision;
  const of = gesture.of ?? '';
  const inverted = gesture.kind === 'undo';
  const parts = changes.countParts(of);
  try {
    for (let position = 0; position < parts; position += 1) {
      const from = inverted ? parts - 1 - position : position;
      const diffs = changes.readPart(of, from);
      applySlice(
        context,
        project,
        () => (inverted ? invertDiffs(diffs) : diffs),
        () => changes.appendPartOf(gesture.id, position, { gestureId: of, position: from, inverted }),
      );
      await setImmediate();
    }
    return end(context, project, gesture);
  } catch (error) {
    await takeBack(context, project, gesture.id);
    throw error;
  }
}

/** At the opening of a project: whatever a crash left of gestures that did not come to their end. */
export async function takeBackUnfinished(context: HostContext, project: OpenProject): Promise<void> {
  for (const gestureId of project.db.changes.listUnfinished()) await takeBack(context, project, gestureId);
}

/** One transaction. Null when `next` had nothing more. */
function applySlice(
  context: HostContext,
  project: OpenProject,
  next: () => RecordDiff[] | null,
  keep: (diffs: RecordDiff[]) => void,
): RecordDiff[] | null {
  const { db } = project;
  const touched = new Set<string>();
  const applied = db.transaction(() => {
    const diffs = next();
    if (diffs === null || diffs.length === 0) return diffs;
    for (const diff of diffs) applyRecordDiff(db, diff, touched);
    if (diffs.some((diff) => diff.table === 'classes')) checkClassNames(db);
    checkImageStates(db, touched);
    for (const imageId of touched) refreshHidden(db, imageId);
    keep(diffs);
    return diffs;
  });
  tell(context, project, touched);
  return applied;
}

function end(
  context: HostContext,
  project: OpenProject,
  gesture: LargeGesture,
  atEnd: () => void = () => undefined,
): number {
  const { db } = project;
  const revision = db.transaction(() => {
    atEnd();
    return db.changes.append({ ...gesture, diffs: [] }, context.author, context.now());
  });
  context.events.emit({ type: 'labels', revision, imageIds: [] });
  project.announce();
  return revision;
}

/** Slice by slice, the last first. What a person changed in between stays as the person left it. */
async function takeBack(context: HostContext, project: OpenProject, gestureId: string): Promise<void> {
  const { db } = project;
  for (let position = db.changes.countParts(gestureId) - 1; position >= 0; position -= 1) {
    const touched = new Set<string>();
    db.transaction(() => {
      const diffs = invertDiffs(db.changes.readPart(gestureId, position));
      // Boxes first: an image can only be called unseen again, and a class only go, once no box stands against it.
      for (const table of ['boxes', 'predictions', 'images', 'classes'] as const) {
        for (const diff of diffs) {
          if (diff.table === table && !isHeld(project, diff)) applyUnlessChanged(project, diff, touched);
        }
      }
      for (const imageId of touched) refreshHidden(db, imageId);
      db.changes.deletePart(gestureId, position);
    });
    tell(context, project, touched);
    await setImmediate();
  }
}

function isHeld({ db }: OpenProject, diff: RecordDiff): boolean {
  if (diff.table === 'classes' && diff.after === null)
    return (db.tallies.boxesByClass().get(diff.id) ?? 0) > 0;
  const isBare = diff.table === 'images' && (diff.after?.state === 'unseen' || diff.after?.state === 'empty');
  return isBare && db.boxes.countByImage(diff.id) > 0;
}

function applyUnlessChanged({ db }: OpenProject, diff: RecordDiff, touched: Set<string>): void {
  try {
    applyRecordDiff(db, diff, touched);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'labels/conflict') throw error;
  }
}

function tell(context: HostContext, project: OpenProject, touched: ReadonlySet<string>): void {
  if (touched.size === 0) return;
  context.events.emit({
    type: 'labels',
    revision: project.db.changes.revision(),
    imageIds: [...touched],
  });
  project.announce();
}
