/** The table of trained models. At most one is pinned: the one that suggests. */
import { desc, eq } from 'drizzle-orm';
import type { ModelRecord } from '../../core/records.ts';
import type { Connection } from './connection.ts';
import { models } from './schema.ts';

export interface ModelsRepository {
  find(id: string): ModelRecord | undefined;
  findPinned(): ModelRecord | undefined;
  /** Newest first. */
  list(): ModelRecord[];
  insert(record: ModelRecord): void;
  update(id: string, changes: Partial<Omit<ModelRecord, 'id' | 'pinned'>>): void;
  /** Makes this the model that suggests; null unpins. */
  pin(id: string | null): void;
  /** Deletes the model and its suggestions. Labels made from them stay. */
  delete(id: string): void;
}

export function createModelsRepository({ db, sqlite }: Connection): ModelsRepository {
  return {
    find: (id) => db.select().from(models).where(eq(models.id, id)).get(),
    findPinned: () => db.select().from(models).where(eq(models.pinned, true)).get(),
    list: () => db.select().from(models).orderBy(desc(models.createdAtMs), desc(models.id)).all(),
    insert: (record) => void db.insert(models).values(record).run(),
    update: (id, changes) => void db.update(models).set(changes).where(eq(models.id, id)).run(),
    pin: (id) =>
      sqlite.transaction(() => {
        db.update(models).set({ pinned: false }).run();
        if (id !== null) db.update(models).set({ pinned: true }).where(eq(models.id, id)).run();
      })(),
    delete: (id) => void db.delete(models).where(eq(models.id, id)).run(),
  };
}
