/** The append-only record of gestures: undo history, audit and journal in one table. */
import { desc, eq, lt } from 'drizzle-orm';
import { type Gesture, invertDiffs, type RecordDiff } from '../../core/diffs.ts';
import type { Connection } from './connection.ts';
import { changes } from './schema.ts';

export interface ChangesRepository {
  /** Appends a gesture and returns its revision, which only grows. */
  append(gesture: Gesture, author: string, atMs: number): number;
  find(gestureId: string): { gesture: Gesture; revision: number } | undefined;
  /** The newest `limit`, oldest first; of those older than a revision when one is named. */
  listNewest(limit: number, beforeRevision?: number): Gesture[];
  /** The newest revision, 0 before the first. */
  revision(): number;
  /**
   * A gesture too large for one transaction is written in parts, counted from 0; `append` without diffs ends it. Parts without an end are of
   * a gesture that was cut short.
   */
  appendPart(gestureId: string, position: number, diffs: readonly RecordDiff[]): void;
  /** A part that is another gesture's part again, or its opposite: it costs a row and no diffs. */
  appendPartOf(
    gestureId: string,
    position: number,
    of: { readonly gestureId: string; readonly position: number; readonly inverted: boolean },
  ): void;
  /** How many parts a gesture has; 0 for one that was saved at once. */
  countParts(gestureId: string): number;
  /** The diffs of one part; none where it is not there. */
  readPart(gestureId: string, position: number): RecordDiff[];
  deletePart(gestureId: string, position: number): void;
  /** Gestures with parts and no end. */
  listUnfinished(): string[];
}

interface PartRow {
  readonly diffs: string | null;
  readonly of_id: string | null;
  readonly of_position: number | null;
  readonly inverted: number;
}

type Row = typeof changes.$inferSelect;

function toGesture(row: Row): Gesture {
  const { gestureId: id, kind, of, label, imageId, source, diffs } = row;
  return { id, kind, of, label, imageId, source, diffs };
}

export function createChangesRepository({ db, sqlite }: Connection): ChangesRepository {
  const revision = sqlite.prepare<[], { n: number | null }>('SELECT max(revision) AS n FROM changes');
  const insertPart = sqlite.prepare(
    'INSERT INTO change_parts (gesture_id, position, diffs, of_id, of_position, inverted) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const findPart = sqlite.prepare<[string, number], PartRow>(
    'SELECT diffs, of_id, of_position, inverted FROM change_parts WHERE gesture_id = ? AND position = ?',
  );
  const countParts = sqlite.prepare<[string], { n: number }>(
    'SELECT count(*) AS n FROM change_parts WHERE gesture_id = ?',
  );
  const deletePart = sqlite.prepare('DELETE FROM change_parts WHERE gesture_id = ? AND position = ?');
  const unfinished = sqlite.prepare<[], { id: string }>(
    'SELECT DISTINCT gesture_id AS id FROM change_parts WHERE gesture_id NOT IN (SELECT gesture_id FROM changes)',
  );
  const readPart = (gestureId: string, position: number): RecordDiff[] => {
    const row = findPart.get(gestureId, position);
    if (row === undefined) return [];
    if (row.diffs !== null) return JSON.parse(row.diffs) as RecordDiff[];
    const diffs = readPart(row.of_id ?? '', row.of_position ?? 0);
    return row.inverted === 1 ? invertDiffs(diffs) : diffs;
  };
  return {
    appendPart: (gestureId, position, diffs) =>
      void insertPart.run(gestureId, position, JSON.stringify(diffs), null, null, 0),
    appendPartOf: (gestureId, position, of) =>
      void insertPart.run(gestureId, position, null, of.gestureId, of.position, of.inverted ? 1 : 0),
    countParts: (gestureId) => countParts.get(gestureId)?.n ?? 0,
    readPart,
    deletePart: (gestureId, position) => void deletePart.run(gestureId, position),
    listUnfinished: () => unfinished.all().map(({ id }) => id),
    append: (gesture, author, atMs) => {
      const { id, ...rest } = gesture;
      const row = { ...rest, diffs: [...rest.diffs], gestureId: id, author, atMs };
      return Number(db.insert(changes).values(row).run().lastInsertRowid);
    },
    find: (gestureId) => {
      const row = db.select().from(changes).where(eq(changes.gestureId, gestureId)).get();
      return row === undefined ? undefined : { gesture: toGesture(row), revision: row.revision };
    },
    listNewest: (limit, beforeRevision) =>
      db
        .select()
        .from(changes)
        .where(beforeRevision === undefined ? undefined : lt(changes.revision, beforeRevision))
        .orderBy(desc(changes.revision))
        .limit(limit)
        .all()
        .reverse()
        .map(toGesture),
    revision: () => revision.get()?.n ?? 0,
  };
}
