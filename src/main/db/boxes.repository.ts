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
  /** Classes of the boxes of every image that has any, one entry a box, by image id. */
  listClassIds(): Map<string, string[]>;
  /** All of a class, image by image. */
  listByClass(classId: string): BoxRecord[];
  /** Attributes of the boxes of a class with how many have each value, the most frequent first, 200 at most. */
  listAttributeValues(
    classId: string,
  ): { attribute: string; value: string | number | boolean; boxes: number }[];
  countByImage(imageId: string): number;
  insert(record: BoxRecord): void;
  update(record: BoxRecord): void;
  delete(id: string): void;
}

const insertSql = `INSERT INTO boxes (id, image_id, class_id, x, y, w, h, source, model_id, score, attributes, head, tail, z, locked,
confirmed_as)
VALUES (@id, @imageId, @classId, @x, @y, @w, @h, @source, @modelId, @score, @attributes, @head, @tail, @z, @locked, @confirmedAs)`;
const updateSql = `UPDATE boxes SET image_id = @imageId, class_id = @classId, x = @x, y = @y, w = @w, h = @h, source = @source,
model_id = @modelId, score = @score, attributes = @attributes, head = @head, tail = @tail,
z = @z, locked = @locked, confirmed_as = @confirmedAs WHERE id = @id`;
const findSql = `SELECT id, image_id AS imageId, class_id AS classId, x, y, w, h, source, model_id AS modelId, score, attributes, head, tail,
z, locked, confirmed_as AS confirmedAs FROM boxes WHERE id = ?`;

/** A record as SQLite holds it: texts where the record has objects. */
interface BoxRow extends Omit<BoxRecord, 'attributes' | 'head' | 'tail' | 'z' | 'locked' | 'confirmedAs'> {
  readonly attributes: string;
  readonly head: string | null;
  readonly tail: string | null;
  readonly z: number | null;
  readonly locked: number | null;
  readonly confirmedAs: string | null;
}

/** Imports and changes of class go over tens of thousands of boxes in one gesture, so what they do per box skips the query builder. */
function toRow(record: BoxRecord): BoxRow {
  return {
    ...record,
    attributes: JSON.stringify(record.attributes),
    head: record.head && JSON.stringify(record.head),
    tail: record.tail && JSON.stringify(record.tail),
    z: record.z ?? null,
    locked: record.locked === true ? 1 : null,
    confirmedAs: record.confirmedAs ?? null,
  };
}

function toRecord(row: BoxRow): BoxRecord {
  return withoutNulls({
    ...row,
    attributes: row.attributes === '{}' ? {} : JSON.parse(row.attributes),
    head: row.head === null ? null : JSON.parse(row.head),
    tail: row.tail === null ? null : JSON.parse(row.tail),
  });
}

/** A record has no name for what a row has no value of, so that records compare equal wherever they come from. */
function withoutNulls({
  z,
  locked,
  confirmedAs,
  ...record
}: Omit<BoxRecord, 'z' | 'locked' | 'confirmedAs'> & {
  readonly z: number | null;
  readonly locked: number | boolean | null;
  readonly confirmedAs: string | null;
}): BoxRecord {
  return {
    ...record,
    ...(z === null ? {} : { z }),
    ...(locked ? { locked: true } : {}),
    ...(confirmedAs === null ? {} : { confirmedAs }),
  };
}

export function createBoxesRepository({ db, sqlite }: Connection): BoxesRepository {
  const order = sql`rowid`;
  const find = sqlite.prepare<[string], BoxRow>(findSql);
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
  const attributes = sqlite.prepare<
    [string],
    { attribute: string; type: string; value: string | number; boxes: number }
  >(`SELECT entry.key AS attribute, entry.type AS type, entry.value AS value, count(*) AS boxes
FROM boxes, json_each(boxes.attributes) AS entry
WHERE boxes.class_id = ? AND boxes.attributes <> '{}' GROUP BY 1, 2, 3 ORDER BY boxes DESC, 1, 3 LIMIT 200`);
  const classIds = sqlite
    .prepare<[], [imageId: string, classId: string]>(
      'SELECT image_id, class_id FROM boxes ORDER BY image_id, rowid',
    )
    .raw();
  const exists = sqlite.prepare('SELECT 1 FROM boxes WHERE id = ?');
  const insert = sqlite.prepare(insertSql);
  const update = sqlite.prepare(updateSql);
  const remove = sqlite.prepare('DELETE FROM boxes WHERE id = ?');
  return {
    find: (id) => {
      const row = find.get(id);
      return row === undefined ? undefined : toRecord(row);
    },
    exists: (id) => exists.get(id) !== undefined,
    listByImage: (imageId) => byImage.all({ imageId }).map(withoutNulls),
    listByImages: (ids) =>
      inChunks(ids, (part) =>
        db.select().from(boxes).where(inArray(boxes.imageId, part)).orderBy(order).all().map(withoutNulls),
      ),
    listAll: () => db.select().from(boxes).orderBy(asc(boxes.imageId), order).all().map(withoutNulls),
    listClassIds: () => {
      const found = new Map<string, string[]>();
      for (const [imageId, classId] of classIds.iterate()) {
        const own = found.get(imageId);
        if (own === undefined) found.set(imageId, [classId]);
        else own.push(classId);
      }
      return found;
    },
    listByClass: (classId) =>
      db.select().from(boxes).where(eq(boxes.classId, classId)).all().map(withoutNulls),
    listAttributeValues: (classId) =>
      attributes.all(classId).map(({ attribute, type, value, boxes: n }) => ({
        attribute,
        // SQLite has no truth values: JSON's come as 1 and 0.
        value: type === 'true' || type === 'false' ? type === 'true' : value,
        boxes: n,
      })),
    countByImage: (imageId) => count.get({ imageId })?.n ?? 0,
    insert: (record) => void insert.run(toRow(record)),
    update: (record) => void update.run(toRow(record)),
    delete: (id) => void remove.run(id),
  };
}
