/** The records of the open image, and gestures on them: what is written between a mark and its commit becomes record diffs. */
import type { ImageMark, PredictionMark, RecordDiff } from '../core/diffs.ts';
import type { BoxRecord, ClassRecord, ImageRecord, ImageState, PredictionRecord } from '../core/records.ts';
import { createSpatialGrid, type SpatialGrid } from './spatial-grid.ts';
import type { ImageDocument } from './types.ts';

/** Records of one image. Arrays keep their identity until a record of that kind changes. */
export interface RecordStore {
  open(document: ImageDocument | null): void;
  image(): ImageRecord | null;
  boxes(): readonly BoxRecord[];
  classes(): readonly ClassRecord[];
  predictions(): readonly PredictionRecord[];
  findBox(id: string): BoxRecord | undefined;
  findPrediction(id: string): PredictionRecord | undefined;
  grid(): SpatialGrid;
  isMarked(): boolean;
  /** Starts noting what records were. Throws RangeError inside a mark: gestures do not nest. */
  mark(): void;
  putBox(box: BoxRecord): void;
  deleteBox(id: string): void;
  markPrediction(mark: PredictionMark): void;
  /** Changes what is said of the image; what is left out stays. */
  markImage(changes: Partial<Omit<ImageMark, 'id'>>): void;
  /** Ends the mark. The diffs since, in order of first touch; empty when all is as it was. */
  takeDiffs(): RecordDiff[];
  /** Ends the mark and puts everything back. */
  rollback(): void;
  /** Applies diffs outside a mark; those of other images are passed over. */
  apply(diffs: readonly RecordDiff[]): void;
}

interface Tables {
  image: ImageRecord | null;
  readonly boxes: Map<string, BoxRecord>;
  readonly classes: Map<string, ClassRecord>;
  readonly predictions: Map<string, PredictionRecord>;
}

/** Lists made of the tables, until these change. */
interface Cache {
  boxes?: readonly BoxRecord[];
  /** Ids of boxes that are other records since the list was made, each in its place. */
  readonly replaced: Set<string>;
  classes?: readonly ClassRecord[];
  predictions?: readonly PredictionRecord[];
}

/** More boxes than these at once, and the list is made anew. */
const REPLACED_AT_MOST = 8;

/** Creates an empty store. */
export function createRecordStore(): RecordStore {
  let tables: Tables = { image: null, boxes: new Map(), classes: new Map(), predictions: new Map() };
  let grid = createSpatialGrid(1, 1);
  let noted: Map<string, RecordDiff> | null = null;
  let boxCountAtMark = 0;
  const cache: Cache = { replaced: new Set() };

  const read = (table: RecordDiff['table'], id: string): RecordDiff['before'] => {
    if (table === 'boxes') return tables.boxes.get(id) ?? null;
    if (table === 'classes') return tables.classes.get(id) ?? null;
    if (table === 'images') return tables.image?.id === id ? toMark(tables.image) : null;
    const prediction = tables.predictions.get(id);
    return prediction === undefined ? null : { id, status: prediction.status, boxId: prediction.boxId };
  };
  const write = (diff: RecordDiff): void => writeDiff(tables, grid, cache, diff);
  const note = (table: RecordDiff['table'], id: string): void => {
    if (noted === null) throw new RangeError('records are only written between a mark and its commit');
    const key = `${table}/${id}`;
    if (!noted.has(key)) noted.set(key, { table, id, before: read(table, id), after: null } as RecordDiff);
  };
  const set = (diff: RecordDiff): void => {
    note(diff.table, diff.id);
    write(diff);
  };

  const store: RecordStore = {
    open(document) {
      noted = null;
      tables = {
        image: document?.image ?? null,
        boxes: new Map(document?.boxes.map((box) => [box.id, box])),
        classes: new Map(
          (document?.classes ?? [...tables.classes.values()]).map((entry) => [entry.id, entry]),
        ),
        predictions: new Map(document?.predictions.map((prediction) => [prediction.id, prediction])),
      };
      delete cache.boxes;
      delete cache.classes;
      delete cache.predictions;
      grid = createSpatialGrid(tables.image?.widthPx ?? 1, tables.image?.heightPx ?? 1);
      for (const box of tables.boxes.values()) grid.put(box.id, box);
    },
    image: () => tables.image,
    boxes: () => {
      if (cache.boxes !== undefined && cache.replaced.size <= REPLACED_AT_MOST)
        cache.boxes = replaceIn(cache.boxes, cache.replaced, tables.boxes);
      else cache.boxes = listByHeight(tables.boxes);
      cache.replaced.clear();
      return cache.boxes;
    },
    classes: () => {
      cache.classes ??= [...tables.classes.values()].sort((a, b) => a.position - b.position);
      return cache.classes;
    },
    predictions: () => {
      cache.predictions ??= [...tables.predictions.values()];
      return cache.predictions;
    },
    findBox: (id) => tables.boxes.get(id),
    findPrediction: (id) => tables.predictions.get(id),
    grid: () => grid,
    isMarked: () => noted !== null,
    mark() {
      if (noted !== null) throw new RangeError('a gesture is already under way');
      noted = new Map();
      boxCountAtMark = tables.boxes.size;
    },
    putBox: (box) => set({ table: 'boxes', id: box.id, before: null, after: box }),
    deleteBox: (id) => set({ table: 'boxes', id, before: null, after: null }),
    markPrediction: (mark) => set({ table: 'predictions', id: mark.id, before: null, after: mark }),
    markImage(changes) {
      if (tables.image === null) return;
      const { id } = tables.image;
      set({ table: 'images', id, before: null, after: { ...toMark(tables.image), ...changes } });
    },
    takeDiffs() {
      const state = tables.image && followBoxes(tables.image.state, boxCountAtMark, tables.boxes.size);
      if (noted !== null && state !== null && state !== tables.image?.state) store.markImage({ state });
      const diffs: RecordDiff[] = [];
      for (const entry of noted?.values() ?? []) {
        const diff = withoutUnchanged({ ...entry, after: read(entry.table, entry.id) } as RecordDiff);
        if (JSON.stringify(diff.before) !== JSON.stringify(diff.after)) diffs.push(diff);
      }
      noted = null;
      return diffs;
    },
    rollback() {
      const entries = [...(noted?.values() ?? [])].reverse();
      noted = null;
      for (const entry of entries) write({ ...entry, after: entry.before } as RecordDiff);
    },
    apply(diffs) {
      for (const diff of diffs) write(diff);
    },
  };
  return store;
}

/** A first box makes an image labelled, whatever it was before; taking the last one away makes it unseen again, since "no fish" is a statement only a person makes. */
function followBoxes(state: ImageState, countBefore: number, countAfter: number): ImageState {
  if (countAfter > 0 && (state === 'unseen' || state === 'empty'))
    return countBefore === countAfter ? state : 'labelled';
  if (countAfter === 0 && countBefore > 0 && state !== 'empty') return 'unseen';
  return state;
}

/** Bottom to top. */
function listByHeight(boxes: ReadonlyMap<string, BoxRecord>): readonly BoxRecord[] {
  const list = [...boxes.values()];
  return list.some(({ z }) => z !== undefined) ? list.sort((a, b) => (a.z ?? 0) - (b.z ?? 0)) : list;
}

/** The list with the present records of these ids; the same list when there are none. A drag asks for it at each move. */
function replaceIn(
  list: readonly BoxRecord[],
  ids: ReadonlySet<string>,
  boxes: ReadonlyMap<string, BoxRecord>,
): readonly BoxRecord[] {
  if (ids.size === 0) return list;
  const replaced = [...list];
  for (const id of ids) {
    const at = list.findIndex((box) => box.id === id);
    const box = boxes.get(id);
    if (at >= 0 && box !== undefined) replaced[at] = box;
  }
  return replaced;
}

function toMark({ id, state, note, flags, mmPerPx }: ImageRecord): ImageMark {
  return { id, state, note: note ?? null, flags: flags ?? null, mmPerPx: mmPerPx ?? null };
}

/** Of an image, a diff names its state and what else changed, so that a note written elsewhere does not stand against a box drawn here. */
function withoutUnchanged(diff: RecordDiff): RecordDiff {
  if (diff.table !== 'images' || diff.before === null || diff.after === null) return diff;
  const { before, after } = diff;
  const isKept = (key: string): boolean =>
    key === 'id' ||
    key === 'state' ||
    JSON.stringify(before[key as keyof ImageMark]) !== JSON.stringify(after[key as keyof ImageMark]);
  const keep = (mark: ImageMark) =>
    Object.fromEntries(Object.entries(mark).filter(([key]) => isKept(key))) as ImageMark;
  return { ...diff, before: keep(before), after: keep(after) };
}

function writeDiff(tables: Tables, grid: SpatialGrid, cache: Cache, diff: RecordDiff): void {
  if (diff.table === 'images') {
    if (tables.image?.id === diff.id && diff.after !== null)
      tables.image = { ...tables.image, ...diff.after };
    return;
  }
  if (diff.table === 'predictions') {
    const prediction = tables.predictions.get(diff.id);
    if (prediction === undefined || diff.after === null) return;
    const { status, boxId, classId = prediction.classId } = diff.after;
    tables.predictions.set(diff.id, { ...prediction, status, boxId, classId });
    delete cache.predictions;
    return;
  }
  if (diff.table === 'classes') {
    if (diff.after === null) tables.classes.delete(diff.id);
    else tables.classes.set(diff.id, diff.after);
    delete cache.classes;
    return;
  }
  const before = tables.boxes.get(diff.id);
  if (diff.after === null) {
    tables.boxes.delete(diff.id);
    grid.delete(diff.id);
  } else if (diff.after.imageId === tables.image?.id) {
    tables.boxes.set(diff.id, diff.after);
    grid.put(diff.id, diff.after);
    if (before !== undefined && before.z === diff.after.z) {
      cache.replaced.add(diff.id);
      return;
    }
  }
  delete cache.boxes;
}
