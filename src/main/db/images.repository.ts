/** The table of photographs. */
import type { Statement } from 'better-sqlite3';
import { and, asc, eq, getTableColumns, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Metadata } from '../../core/audit/metadata.ts';
import type { ImageRecord, ImageState } from '../../core/records.ts';
import type { Connection } from './connection.ts';
import { createImageOrders, type ImageOrder } from './image-orders.ts';
import {
  besideOf,
  conditionsOf,
  type ImageQuery,
  type ImageSort,
  offeredBy,
  orderOf,
  sortKeyOf,
} from './image-query.ts';
import { images } from './schema.ts';

/** A photograph with what a rescan needs to know whether its file changed. */
export interface StoredImage extends ImageRecord {
  readonly fileBytes: number;
  readonly modifiedAtMs: number;
  /** Near-duplicates share one. */
  readonly chain?: string | null;
  /** The image this one is a copy of, once a person dropped it: it then neither teaches nor judges. */
  readonly copyOf?: string | null;
  /** What a person's own tables say of it. */
  readonly metadata?: Metadata | null;
}

/** Where a photograph belongs: what splits and groups ask of all of them at once. */
export type ImagePlace = Pick<StoredImage, 'id' | 'group' | 'split' | 'state' | 'problem'> & {
  readonly chain: string | null;
  readonly copyOf: string | null;
};

/** A row of the image list. `suggestions` counts those offered by `modelId` at the default cut. */
export type ListedImage = Pick<
  ImageRecord,
  'id' | 'path' | 'widthPx' | 'heightPx' | 'state' | 'split' | 'group' | 'problem'
> & {
  boxes: number;
  suggestions: number;
};

/** Which images, in what order. `modelId` is the model whose suggestions count; null when none suggests. */
export interface ImageList {
  readonly query: ImageQuery;
  readonly sort: ImageSort;
  readonly modelId: string | null;
}

export interface ImagesRepository {
  find(id: string): StoredImage | undefined;
  /** Upright size alone, for the checks that an import of tens of thousands of boxes makes. */
  findSize(id: string): { readonly widthPx: number; readonly heightPx: number } | undefined;
  findState(id: string): ImageState | undefined;
  listAll(): StoredImage[];
  /** In the order of {@link listAll}. */
  listPlaces(): ImagePlace[];
  listByIds(ids: readonly string[]): StoredImage[];
  /** Of one group (null: of none), by name, and how many there are. */
  listGroup(group: string | null, offset: number, limit: number): { total: number; items: StoredImage[] };
  /** Those of which imported tables say something. */
  listWithMetadata(): Pick<StoredImage, 'id' | 'metadata'>[];
  /** A part of a list. */
  listPage(list: ImageList, offset: number, limit: number): { total: number; items: ListedImage[] };
  /** Where an image lies in a list, or would lie (0-based) when the filter leaves it out. Undefined for an unknown id. */
  locate(list: ImageList, id: string): { position: number; isListed: boolean } | undefined;
  /** The nearest image after (1) or before (-1) this one that a person has not settled and that can be read. */
  findUnsettled(list: ImageList, id: string, step: 1 | -1): ListedImage | undefined;
  /** Names of groups in order, at most `limit`. */
  listGroups(limit: number): string[];
  /** Flags that images have, each once. */
  listFlags(limit: number): string[];
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

/** Lists that SQLite cannot read off an index: each page would look at every photograph again. */
function isDear({ query, sort }: ImageList): boolean {
  const { classId, hasSuggestions, score } = query;
  return sort.by !== 'name' || classId !== undefined || hasSuggestions !== undefined || score !== undefined;
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
  const flags = sqlite.prepare<[number], { flag: string }>(`SELECT DISTINCT entry.value AS flag
FROM images INDEXED BY images_flagged, json_each(images.flags) AS entry WHERE images.flags IS NOT NULL ORDER BY 1 LIMIT ?`);
  const sizeStatement = sqlite.prepare<[string], { widthPx: number; heightPx: number }>(
    'SELECT width_px AS widthPx, height_px AS heightPx FROM images WHERE id = ?',
  );
  const stateStatement = sqlite
    .prepare<[string], ImageState>('SELECT state FROM images WHERE id = ?')
    .pluck();
  const placesStatement = sqlite.prepare<[], ImagePlace>(
    'SELECT id, group_name AS "group", split, chain, state, problem, copy_of AS copyOf FROM images ORDER BY path',
  );
  const columns = getTableColumns(images);
  type Column = keyof typeof columns;
  const names = Object.keys(columns) as Column[];
  const toDriver = (name: Column, value: unknown): unknown =>
    value === null || value === undefined ? null : columns[name].mapToDriverValue(value as never);
  const insertStatement = sqlite.prepare(
    `INSERT INTO images (${names.map((name) => `"${columns[name].name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  const updates = new Map<string, Statement>();
  /** Gestures change tens of thousands of images by the same few columns: a statement for each set of columns, built once. */
  const updateOf = (changed: readonly Column[]): Statement => {
    const key = changed.join();
    const known = updates.get(key);
    if (known !== undefined) return known;
    const set = changed.map((name) => `"${columns[name].name}" = ?`).join(', ');
    const statement = sqlite.prepare(`UPDATE images SET ${set} WHERE id = ?`);
    updates.set(key, statement);
    return statement;
  };
  const listItems: ImagesRepository['listItems'] = (ids, modelId) =>
    inChunks(ids, (part) =>
      db.select(itemColumns(modelId)).from(images).where(inArray(images.id, part)).all(),
    );
  const placeOf = (
    sort: ImageSort,
    modelId: string | null,
    id: string,
  ): { path: string; key: string | number | null } | undefined =>
    db
      .select({ path: images.path, key: sortKeyOf(sort, modelId) ?? sql<null>`null` })
      .from(images)
      .where(eq(images.id, id))
      .get();
  const listIds = ({ query, sort, modelId }: ImageList, limit: number, offset: number): string[] =>
    db
      .select({ id: images.id })
      .from(images)
      .where(conditionsOf(query, modelId))
      .orderBy(...orderOf(sort, modelId))
      .limit(limit)
      .offset(offset)
      .all()
      .map(({ id }) => id);
  const unsettledStatement = sqlite.prepare(
    "SELECT 1 FROM images WHERE id = ? AND state IN ('unseen', 'labelled') AND problem IS NULL",
  );
  const orders = createImageOrders({ sqlite });
  const dearOrder = (list: ImageList): ImageOrder =>
    orders.get(JSON.stringify(list), () => listIds(list, -1, 0));
  return {
    find: (id) => findStatement.get({ id }),
    findSize: (id) => sizeStatement.get(id),
    findState: (id) => stateStatement.get(id),
    listPlaces: () => placesStatement.all(),
    listAll: () => db.select().from(images).orderBy(asc(images.path)).all(),
    listByIds: (ids) =>
      inChunks(ids, (part) => db.select().from(images).where(inArray(images.id, part)).all()),
    listGroup: (group, offset, limit) => {
      const where = group === null ? isNull(images.group) : eq(images.group, group);
      const items = db.select().from(images).where(where).orderBy(asc(images.path));
      const total = db.select({ n: sql<number>`count(*)` }).from(images).where(where).get()?.n ?? 0;
      return { total, items: items.limit(limit).offset(offset).all() };
    },
    listWithMetadata: () =>
      db
        .select({ id: images.id, metadata: images.metadata })
        .from(images)
        .where(isNotNull(images.metadata))
        .all(),
    listPage: (list, offset, limit) => {
      const where = conditionsOf(list.query, list.modelId);
      let total: number;
      let ids: readonly string[];
      if (isDear(list)) {
        const order = dearOrder(list);
        total = order.ids.length;
        ids = order.ids.slice(offset, offset + limit);
      } else {
        total = db.select({ n: sql<number>`count(*)` }).from(images).where(where).get()?.n ?? 0;
        ids = listIds(list, limit, offset);
      }
      // Ids first: what is counted for a row is then counted for the rows of this page only, not for all that are sorted.
      const byId = new Map(listItems(ids, list.modelId).map((item) => [item.id, item]));
      return { total, items: ids.map((id) => byId.get(id)).filter((item) => item !== undefined) };
    },
    locate: (list, id) => {
      const { query, sort, modelId } = list;
      const known = isDear(list) ? dearOrder(list).positionOf(id) : undefined;
      if (known !== undefined) return { position: known, isListed: true };
      const at = placeOf(sort, modelId, id);
      if (at === undefined) return undefined;
      const where = conditionsOf(query, modelId);
      const before = and(where, besideOf(sort, modelId, at, false));
      const position = db.select({ n: sql<number>`count(*)` }).from(images).where(before).get()?.n ?? 0;
      if (isDear(list)) return { position, isListed: false };
      const listed = db
        .select({ id: images.id })
        .from(images)
        .where(and(where, eq(images.id, id)));
      return { position, isListed: listed.get() !== undefined };
    },
    findUnsettled: (list, id, step) => {
      const { query, sort, modelId } = list;
      const order = isDear(list) ? dearOrder(list) : undefined;
      const from = order?.positionOf(id);
      if (order !== undefined && from !== undefined) {
        for (let at = from + step; at >= 0 && at < order.ids.length; at += step) {
          const next = order.ids[at] ?? '';
          if (unsettledStatement.get(next) !== undefined) return listItems([next], modelId)[0];
        }
        return undefined;
      }
      const at = placeOf(sort, modelId, id);
      if (at === undefined) return undefined;
      const found = db
        .select({ id: images.id })
        .from(images)
        .where(
          and(
            conditionsOf(query, modelId),
            inArray(images.state, ['unseen', 'labelled']),
            isNull(images.problem),
            besideOf(sort, modelId, at, step === 1),
          ),
        )
        .orderBy(...orderOf(sort, modelId, step === -1))
        .limit(1)
        .get();
      return found === undefined ? undefined : listItems([found.id], modelId)[0];
    },
    listFlags: (limit) => flags.all(limit).map(({ flag }) => flag),
    listGroups: (limit) =>
      db
        .selectDistinct({ group: images.group })
        .from(images)
        .where(isNotNull(images.group))
        .orderBy(asc(images.group))
        .limit(limit)
        .all()
        .flatMap(({ group }) => (group === null ? [] : [group])),
    listItems,
    insert: (image) => void insertStatement.run(...names.map((name) => toDriver(name, image[name]))),
    update: (id, given) => {
      const changes: Partial<StoredImage> = given;
      const changed = names.filter((name) => name !== 'id' && changes[name] !== undefined);
      if (changed.length === 0) return;
      updateOf(changed).run(...changed.map((name) => toDriver(name, changes[name])), id);
    },
  };
}
