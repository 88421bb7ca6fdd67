/** Changes of classes that concern boxes all over the project, each one gesture: undone whole, from any window, after any restart. */
import type { HostApi } from '../../contract/host-api.ts';
import { deleteClass, findClassNamed, makeClass } from '../../core/class-edits.ts';
import type { Gesture, RecordDiff } from '../../core/diffs.ts';
import { AppError } from '../../core/errors.ts';
import type { BoxRecord, ClassRecord } from '../../core/records.ts';
import type { StoredPrediction } from '../db/predictions.repository.ts';
import type { HostContext } from './context.ts';
import { saveGesture, withoutBulk } from './labels.ts';
import { duplicateClass } from './new-classes.ts';
import type { OpenProject } from './open-project.ts';

type ClassesArea = Pick<HostApi, 'countBoxesByClass' | 'listAttributeValues' | 'mergeClasses' | 'splitClass'>;

export function createClassesArea(context: HostContext): ClassesArea {
  const save = (project: OpenProject, id: string, label: string, diffs: RecordDiff[]): Gesture => {
    const gesture: Gesture = { id, kind: 'do', of: null, label, imageId: null, source: 'person', diffs };
    saveGesture(context, project, gesture);
    return withoutBulk(gesture);
  };
  return {
    countBoxesByClass: async () => {
      const { db } = context.session.require();
      return [...db.tallies.boxesByClass()].map(([classId, boxes]) => ({ classId, boxes }));
    },
    listAttributeValues: async ({ classId }) =>
      context.session.require().db.boxes.listAttributeValues(classId),
    mergeClasses: async ({ gestureId, from, into }) => {
      const project = context.session.require();
      const { db } = project;
      const earlier = db.changes.find(gestureId);
      if (earlier !== undefined) return withoutBulk(earlier.gesture);
      const classes = db.classes.list();
      const [gone, kept] = [requireClass(classes, from), requireClass(classes, into)];
      if (gone.id === kept.id) {
        throw new AppError({
          code: 'classes/same',
          message: `“${kept.name}” cannot be merged with itself. Nothing was changed.`,
          hint: 'Choose another class.',
        });
      }
      return save(project, gestureId, `Merge class ${gone.name} into ${kept.name}`, [
        ...db.boxes.listByClass(gone.id).map((box) => withClass(box, kept.id)),
        ...db.predictions.listByClass(gone.id).map((prediction) => markWithClass(prediction, kept.id)),
        ...deleteClass(classes, gone.id),
      ]);
    },
    splitClass: async ({ gestureId, classId, attribute, value, name }) => {
      const project = context.session.require();
      const { db } = project;
      const earlier = db.changes.find(gestureId);
      if (earlier !== undefined) return withoutBulk(earlier.gesture);
      const classes = db.classes.list();
      const parent = requireClass(classes, classId);
      const twin = findClassNamed(classes, name);
      if (twin !== undefined) throw duplicateClass(twin.name, name);
      const boxes = db.boxes
        .listByClass(parent.id)
        .filter((box) => Object.hasOwn(box.attributes, attribute) && box.attributes[attribute] === value);
      if (boxes.length === 0) {
        throw new AppError({
          code: 'classes/nothing-to-split',
          message: `No box of “${parent.name}” has ${attribute} = ${String(value)}, so no class was made.`,
          hint: 'Choose another value.',
          details: { classId, attribute, value },
        });
      }
      const made: ClassRecord = {
        ...makeClass(classes, context.newId(), name),
        ...(parent.attributes === undefined ? {} : { attributes: parent.attributes }),
      };
      return save(project, gestureId, `Split class ${made.name} off ${parent.name}`, [
        { table: 'classes', id: made.id, before: null, after: made },
        ...boxes.map((box) => withClass(box, made.id)),
      ]);
    },
  };
}

function requireClass(classes: readonly ClassRecord[], id: string): ClassRecord {
  const record = classes.find((one) => one.id === id);
  if (record !== undefined) return record;
  throw new AppError({
    code: 'classes/unknown',
    message: 'The class is not there any more. Nothing was changed.',
    hint: 'Look at the list of classes as it is now.',
    details: { id },
  });
}

function withClass(before: BoxRecord, classId: string): RecordDiff {
  return { table: 'boxes', id: before.id, before, after: { ...before, classId } };
}

/** Suggestions go with the class they were made for; deleting it would take them along, and undo could not bring them back. */
function markWithClass({ id, status, boxId, classId }: StoredPrediction, next: string): RecordDiff {
  const mark = { id, status, boxId };
  return { table: 'predictions', id, before: { ...mark, classId }, after: { ...mark, classId: next } };
}
