/** The table of labels: hand-drawn, imported and accepted boxes. */
import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { BoxRecord } from '../../core/records.ts';
import type { Connection } from './connection.ts';
import { inChunks } from './images.repository.ts';
import { boxes } from './schema.ts';

export interface BoxesRepository {
  find(id: string): BoxRecord | undefined;
  exists(id: string): boolean;
  /** In the order they were made. */
  listByImage(imageId: string): BoxRecord[];
  listByImages(imageIds: readonly string[]): BoxRecord[];
  listAll(): BoxRecord[];
  countByImage(imageId: string): number;
  insert(record: BoxRecord): void;
  update(record: BoxRecord): void;
  delete(id: string): void;
}

const insertSql = `INSERT INTO boxes (id, image_id, class_id, x, y, w, h, source, model_id, score, attributes, head, tail)
VALUES (@id, @imageId, @classId, @x, @y, @w, @h, @source, @modelId, @score, @attributes, @head, @tail)`;

/** A record as SQLite takes it: an import inserts tens of thousands in one go, so this path skips the query builder. */
function toRow(record: BoxRecord): Record<string, unknown> {
  return {
    ...record,
    attributes: JSON.stringify(record.attributes),
    head: record.head && JSON.stringify(record.head),
    tail: record.tail && JSON.stringify(record.tail),
  };
}

export function createBoxesRepository({ db, sqlite }: Connection): BoxesRepository {
  const order = sql`rowid`;
  const find = db
    .select()
    .from(boxes)
    .where(eq(boxes.id, sql.placeholder('id')))
    .prepare();
  const byImage = db
    .select()
    .from(boxes)
    .where(eq(boxes.imageId, sql.placeholder('imageId')))
    .orderBy(order)
    .prepare();
  const count = db
    .select({ n: sql<number>`count(*)` })
    .from(boxes)
    .where(eq(boxes.imageId, sql.placeholder('imageId')))
    .prepare();
  const exists = sqlite.prepare('SELECT 1 FROM boxes WHERE id = ?');
  const insert = sqlite.prepare(insertSql);
  const remove = db
    .delete(boxes)
    .where(eq(boxes.id, sql.placeholder('id')))
    .prepare();
  return {
    find: (id) => find.get({ id }),
    exists: (id) => exists.get(id) !== undefined,
    listByImage: (imageId) => byImage.all({ imageId }),
    listByImages: (ids) =>
      inChunks(ids, (part) =>
        db.select().from(boxes).where(inArray(boxes.imageId, part)).orderBy(order).all(),
      ),
    listAll: () => db.select().from(boxes).orderBy(asc(boxes.imageId), order).all(),
    countByImage: (imageId) => count.get({ imageId })?.n ?? 0,
    insert: (record) => void insert.run(toRow(record)),
    update: (record) => void db.update(boxes).set(record).where(eq(boxes.id, record.id)).run(),
    delete: (id) => void remove.run({ id }),
  };
}
