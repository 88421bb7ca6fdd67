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

export function createClassesRepository({ db }: Connection): ClassesRepository {
  return {
    find: (id) => db.select().from(classes).where(eq(classes.id, id)).get(),
    list: () => db.select().from(classes).orderBy(asc(classes.position), asc(classes.name)).all(),
    insert: (record) => void db.insert(classes).values(record).run(),
    update: (record) => void db.update(classes).set(record).where(eq(classes.id, record.id)).run(),
    delete: (id) => void db.delete(classes).where(eq(classes.id, id)).run(),
  };
}
