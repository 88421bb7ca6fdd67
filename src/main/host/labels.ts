/** Saving gestures: each one whole and durable or not at all, checked against what the project holds now. */
import type { HostApi } from '../../contract/host-api.ts';
import type { Gesture, RecordDiff } from '../../core/diffs.ts';
import { invertDiffs } from '../../core/diffs.ts';
import { AppError } from '../../core/errors.ts';
import { applyRecordDiff, checkClassNames, checkImageStates } from './apply-record-diff.ts';
import type { HostContext } from './context.ts';
import { refreshHidden } from './hidden-suggestions.ts';
import { repeatLargeGesture } from './large-gestures.ts';
import type { OpenProject } from './open-project.ts';
import { sameRecord } from './same-record.ts';

export type LabelsArea = Pick<HostApi, 'applyGesture' | 'listGestures'>;

export function createLabelsArea(context: HostContext): LabelsArea {
  return {
    applyGesture: async (gesture) => {
      const project = context.session.require();
      const isLarge = gesture.of !== null && project.db.changes.countParts(gesture.of) > 0;
      return {
        revision: isLarge
          ? await repeatLargeGesture(context, project, gesture)
          : saveGesture(context, project, gesture),
      };
    },
    listGestures: async ({ limit, before }) => {
      const { changes } = context.session.require().db;
      if (before === undefined) return changes.listNewest(limit).map(withoutBulk);
      const end = changes.find(before)?.revision;
      return end === undefined ? [] : changes.listNewest(limit, end).map(withoutBulk);
    },
  };
}

/** Beyond this an entry of the history would be megabytes of boxes, which a window needs neither to show nor to undo. */
export const bulkDiffs = 5000;

/** A gesture as a window gets it. */
export function withoutBulk(gesture: Gesture): Gesture {
  return gesture.diffs.length > bulkDiffs ? { ...gesture, diffs: [] } : gesture;
}

/**
 * Saves a gesture and tells the windows. A gesture that was saved before (a window that lost the answer and asks again) gives its
 * revision once more. `undo` and `redo` may come without diffs: they are then taken from the gesture in `of`.
 * `insideTransaction` runs after the diffs and is undone with them.
 */
export function saveGesture(
  context: HostContext,
  project: OpenProject,
  gesture: Gesture,
  insideTransaction?: () => void,
): number {
  const { db } = project;
  const touched = new Set<string>();
  // A gesture without diffs, or with work of the host's own, does more than the window that made it knows.
  let isAll = gesture.diffs.length > 0 && insideTransaction === undefined;
  const revision = db.transaction(() => {
    const earlier = db.changes.find(gesture.id);
    if (earlier !== undefined) return repeatOf(earlier, gesture);
    const complete = withDiffs(project, gesture);
    for (const diff of complete.diffs) applyRecordDiff(db, diff, touched);
    if (complete.diffs.some((diff) => diff.table === 'classes')) checkClassNames(db);
    checkImageStates(db, touched);
    for (const imageId of touched) if (refreshHidden(db, imageId)) isAll = false;
    insideTransaction?.();
    return db.changes.append(complete, context.author, context.now());
  });
  context.events.emit({
    type: 'labels',
    revision,
    imageIds: [...touched],
    ...(isAll ? { gestureId: gesture.id } : {}),
  });
  project.announce();
  return revision;
}

function repeatOf(earlier: { gesture: Gesture; revision: number }, gesture: Gesture): number {
  if (
    gesture.kind === earlier.gesture.kind &&
    (gesture.diffs.length === 0 || sameRecord(gesture.diffs, earlier.gesture.diffs))
  ) {
    return earlier.revision;
  }
  throw new AppError({
    code: 'labels/duplicate-gesture',
    message: 'Another change was saved under the same id, so this one was not saved.',
    hint: 'Repeat the change.',
    details: { gestureId: gesture.id },
  });
}

function withDiffs(project: OpenProject, gesture: Gesture): Gesture {
  if (gesture.kind === 'do') return gesture;
  const original = gesture.of === null ? undefined : project.db.changes.find(gesture.of)?.gesture;
  if (original === undefined) {
    throw new AppError({
      code: 'labels/unknown-gesture',
      message: `There is no saved change to ${gesture.kind}. Nothing was changed.`,
      hint: 'Reload the history.',
      details: { of: gesture.of },
    });
  }
  if (gesture.diffs.length > 0) return gesture;
  const diffs: RecordDiff[] = gesture.kind === 'undo' ? invertDiffs(original.diffs) : [...original.diffs];
  return { ...gesture, diffs };
}
