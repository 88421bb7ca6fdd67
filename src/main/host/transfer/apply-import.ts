/** Plans an import image by image and saves it as one gesture, however large, while the host goes on answering. */
import { setImmediate } from 'node:timers/promises';
import type { TransferRow } from '../../../contract/transfer.ts';
import type { RecordDiff } from '../../../core/diffs.ts';
import { groupPlaces, placesOf } from '../../../formats/box-columns.ts';
import type { ImportedRecords } from '../../../formats/format.ts';
import type { HostContext } from '../context.ts';
import { saveGesture } from '../labels.ts';
import { saveLargeGesture, sliceDiffs } from '../large-gestures.ts';
import type { OpenProject } from '../open-project.ts';
import {
  createImportPlanner,
  type GatheredBoxes,
  type ImportCounts,
  type ImportPlanner,
  type ImportPolicy,
} from './plan-import.ts';

export interface ImportRun {
  readonly policy: ImportPolicy;
  /** Only counts: nothing is saved. */
  readonly dryRun: boolean;
  /** What undo calls it. */
  readonly label: string;
  readonly signal: AbortSignal;
  /** Images done, of so many. */
  readonly onImages: (done: number, total: number) => void;
}

export interface AppliedImport {
  /** Null where nothing changed, or nothing was to be saved. */
  readonly gestureId: string | null;
  readonly rows: readonly TransferRow[];
  readonly classes: ImportPlanner['classes'];
  readonly counts: ImportCounts;
}

/** Up to here an import is one transaction, as gestures are; beyond, a slice at a time. */
const largeImportBoxes = 5000;
/** Boxes or images looked at in one go between two looks of the host at its other work. */
const stride = 20_000;

/** Throws the signal's reason, or what saving throws; the project is then as it was. */
export async function applyImport(
  context: HostContext,
  project: OpenProject,
  records: ImportedRecords,
  run: ImportRun,
): Promise<AppliedImport> {
  const { db } = project;
  const target = {
    classes: db.classes.list(),
    findImage: db.images.find,
    listBoxes: db.boxes.listByImage,
  };
  const boxes = await gatherBoxes(records);
  const planner = createImportPlanner(records, boxes, target, context.newId, run.policy);
  const rows: TransferRow[] = [];
  const slices = createSlices(planner, rows, run);
  const gesture = {
    id: context.newId(),
    kind: 'do',
    of: null,
    label: run.label,
    imageId: null,
    source: 'import',
  } as const;
  let isSaved = false;
  if (!run.dryRun && records.boxList.length > largeImportBoxes) {
    isSaved = (await saveLargeGesture(context, project, gesture, slices, { signal: run.signal })) !== null;
  } else {
    const diffs: RecordDiff[] = [];
    for (let slice = slices(); slice !== null; slice = slices()) {
      if (!run.dryRun) diffs.push(...slice);
      await setImmediate();
      run.signal.throwIfAborted();
    }
    isSaved = diffs.length > 0;
    if (isSaved) saveGesture(context, project, { ...gesture, diffs });
  }
  return {
    gestureId: isSaved ? gesture.id : null,
    rows,
    classes: planner.classes,
    counts: planner.counts(),
  };
}

/** The diffs of a few images at a time, planned on the records as they are then; null after the last. */
function createSlices(
  planner: ImportPlanner,
  rows: TransferRow[],
  { onImages }: ImportRun,
): () => RecordDiff[] | null {
  const { imageIds } = planner;
  let done = 0;
  let isBegun = false;
  return () => {
    if (isBegun && done >= imageIds.length) return null;
    const diffs = isBegun ? [] : [...planner.classDiffs];
    isBegun = true;
    const start = done;
    while (done < imageIds.length && diffs.length < sliceDiffs && done - start < sliceDiffs) {
      const planned = planner.planImage(imageIds[done] ?? '');
      done += 1;
      if (planned === null) continue;
      rows.push(planned.row);
      for (const diff of planned.diffs) diffs.push(diff);
    }
    onImages(done, imageIds.length);
    return diffs;
  };
}

/** By place in the list: a million boxes are held as the codec holds them, and drawn image by image. */
async function gatherBoxes({ boxList }: ImportedRecords): Promise<GatheredBoxes> {
  const places = new Map<string, number>();
  const perClass = new Map<string, number>();
  const placeOf = new Uint32Array(boxList.length);
  for (let i = 0; i < boxList.length; i += 1) {
    const box = boxList.at(i);
    if (box === undefined) continue;
    const place = places.get(box.imageId) ?? places.size;
    if (place === places.size) places.set(box.imageId, place);
    placeOf[i] = place;
    perClass.set(box.className, (perClass.get(box.className) ?? 0) + 1);
    if (i % stride === stride - 1) await setImmediate();
  }
  const grouped = groupPlaces(boxList.length, places.size, (i) => placeOf[i] ?? 0);
  return {
    imageIds: places.keys(),
    perClass,
    of: (imageId) => {
      const place = places.get(imageId);
      if (place === undefined) return [];
      return [...placesOf(grouped, place)].flatMap((i) => boxList.at(i) ?? []);
    },
  };
}
