/** The table of classes, in the order of the list a person sees. */
import { asc, eq } from 'drizzle-orm';
import type { ClassRecord } from '../../core/records.ts';
import type { Connection } from './connection.ts';
import { classes } from './schema.ts';

export interface ClassesRepository {
  find(id: string): ClassRecord | undefined;
  list(): ClassRecord[];
  insert(record: ClassRecord): void;
  update(record: ClassRecord): void;
  delete(id: string): void;
}

type Row = typeof classes.$inferSelect;

/** A class without attributes has no name for them, so that records compare equal wherever they come from. */
function toRecord({ attributes, ...record }: Row): ClassRecord {
  return attributes === null ? record : { ...record, attributes };
}

const toRow = (record: ClassRecord) => ({ ...record, attributes: record.attributes ?? null });

export function createClassesRepository({ db }: Connection): ClassesRepository {
  return {
    find: (id) => {
      const row = db.select().from(classes).where(eq(classes.id, id)).get();
      return row && toRecord(row);
    },
    list: () =>
      db.select().from(classes).orderBy(asc(classes.position), asc(classes.name)).all().map(toRecord),
    insert: (record) => void db.insert(classes).values(toRow(record)).run(),
    update: (record) => void db.update(classes).set(toRow(record)).where(eq(classes.id, record.id)).run(),
    delete: (id) => void db.delete(classes).where(eq(classes.id, id)).run(),
  };
}
