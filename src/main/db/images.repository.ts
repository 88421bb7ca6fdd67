/** The table of photographs. */
import { and, asc, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { ImageRecord, ImageState } from '../../core/records.ts';
import { defaultCutScore } from '../../core/review.ts';
import type { Connection } from './connection.ts';
import { images } from './schema.ts';

/** A photograph with what a rescan needs to know whether its file changed. */
export interface StoredImage extends ImageRecord {
  readonly fileBytes: number;
  readonly modifiedAtMs: number;
}

/** A row of the image list. `suggestions` counts those offered by `modelId` at the default cut. */
export type ListedImage = Pick<
  ImageRecord,
  'id' | 'path' | 'widthPx' | 'heightPx' | 'state' | 'split' | 'group' | 'problem'
> & {
  boxes: number;
  suggestions: number;
};

export interface ImageQuery {
  readonly states?: readonly ImageState[] | undefined;
  readonly split?: ImageRecord['split'] | undefined;
  readonly classId?: string | undefined;
  readonly hasSuggestions?: boolean | undefined;
  readonly hasProblem?: boolean | undefined;
  /** Part of the path, case-blind. */
  readonly text?: string | undefined;
}

export interface ImagesRepository {
  find(id: string): StoredImage | undefined;
  /** Upright size alone, for the checks that an import of tens of thousands of boxes makes. */
  findSize(id: string): { readonly widthPx: number; readonly heightPx: number } | undefined;
  listAll(): StoredImage[];
  listByIds(ids: readonly string[]): StoredImage[];
  /** Rows in order of path. `modelId` is the model whose suggestions count; null when none suggests. */
  listPage(
    query: ImageQuery,
    modelId: string | null,
    offset: number,
    limit: number,
  ): { total: number; items: ListedImage[] };
  listItems(ids: readonly string[], modelId: string | null): ListedImage[];
  insert(image: StoredImage): void;
  update(id: string, changes: Partial<Omit<StoredImage, 'id'>>): void;
}

const chunkSize = 500;

/** Runs a query by parts, below SQLite's limit of bound values. */
export function inChunks<T, R>(values: readonly T[], query: (part: T[]) => R[]): R[] {
  const results: R[] = [];
  for (let start = 0; start < values.length; start += chunkSize)
    results.push(...query(values.slice(start, start + chunkSize)));
  return results;
}

/**
 * What a model offers on the image of the outer row. Names are written out: in a select from one table drizzle leaves the table's name
 * away, which a subquery would then take for its own. The index is named, since the planner would rather walk all that the model offers
 * (three equalities) once per image, which grows with the square of the project.
 */
function offeredBy(modelId: string | null): SQL {
  return sql`predictions indexed by predictions_by_image where predictions.image_id = images.id and predictions.model_id = ${modelId ?? ''} and predictions.status = 'pending' and predictions.hidden = 0 and predictions.score >= ${defaultCutScore}`;
}

function conditionsOf(query: ImageQuery, modelId: string | null): SQL | undefined {
  const conditions: SQL[] = [];
  if (query.states !== undefined && query.states.length > 0)
    conditions.push(inArray(images.state, [...query.states]));
  if (query.split) conditions.push(eq(images.split, query.split));
  if (query.classId !== undefined) {
    conditions.push(
      sql`exists (select 1 from boxes where boxes.image_id = images.id and boxes.class_id = ${query.classId})`,
    );
  }
  if (query.hasSuggestions !== undefined) {
    const found = sql`exists (select 1 from ${offeredBy(modelId)})`;
    conditions.push(query.hasSuggestions ? found : sql`not ${found}`);
  }
  if (query.hasProblem !== undefined)
    conditions.push(query.hasProblem ? isNotNull(images.problem) : isNull(images.problem));
  if (query.text !== undefined && query.text.trim() !== '') {
    const pattern = `%${query.text.trim().replaceAll(/[\\%_]/g, (found) => `\\${found}`)}%`;
    conditions.push(sql`${images.path} like ${pattern} escape '\\'`);
  }
  return conditions.length === 0 ? undefined : and(...conditions);
}

export function createImagesRepository({ db, sqlite }: Connection): ImagesRepository {
  const findStatement = db
    .select()
    .from(images)
    .where(eq(images.id, sql.placeholder('id')))
    .prepare();
  const itemColumns = (modelId: string | null) => ({
    id: images.id,
    path: images.path,
    widthPx: images.widthPx,
    heightPx: images.heightPx,
    state: images.state,
    split: images.split,
    group: images.group,
    problem: images.problem,
    boxes: sql<number>`(select count(*) from boxes where boxes.image_id = images.id)`,
    suggestions: sql<number>`(select count(*) from ${offeredBy(modelId)})`,
  });
  const sizeStatement = sqlite.prepare<[string], { widthPx: number; heightPx: number }>(
    'SELECT width_px AS widthPx, height_px AS heightPx FROM images WHERE id = ?',
  );
  return {
    find: (id) => findStatement.get({ id }),
    findSize: (id) => sizeStatement.get(id),
    listAll: () => db.select().from(images).orderBy(asc(images.path)).all(),
    listByIds: (ids) =>
      inChunks(ids, (part) => db.select().from(images).where(inArray(images.id, part)).all()),
    listPage: (query, modelId, offset, limit) => {
      const where = conditionsOf(query, modelId);
      const total = db.select({ n: sql<number>`count(*)` }).from(images).where(where).get()?.n ?? 0;
      const items = db
        .select(itemColumns(modelId))
        .from(images)
        .where(where)
        .orderBy(asc(images.path))
        .limit(limit)
        .offset(offset)
        .all();
      return { total, items };
    },
    listItems: (ids, modelId) =>
      inChunks(ids, (part) =>
        db.select(itemColumns(modelId)).from(images).where(inArray(images.id, part)).all(),
      ),
    insert: (image) => void db.insert(images).values(image).run(),
    update: (id, changes) => void db.update(images).set(changes).where(eq(images.id, id)).run(),
  };
}
