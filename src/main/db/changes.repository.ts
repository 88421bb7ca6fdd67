/** The append-only record of gestures: undo history, audit and journal in one table. */
import { desc, eq, lt } from 'drizzle-orm';
import type { Gesture } from '../../core/diffs.ts';
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
}

type Row = typeof changes.$inferSelect;

function toGesture(row: Row): Gesture {
  const { gestureId: id, kind, of, label, imageId, source, diffs } = row;
  return { id, kind, of, label, imageId, source, diffs };
}

export function createChangesRepository({ db, sqlite }: Connection): ChangesRepository {
  const revision = sqlite.prepare<[], { n: number | null }>('SELECT max(revision) AS n FROM changes');
  return {
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
