/** Which photographs a list shows, and in what order, as SQL: filters, sort keys, and what lies before or after one photograph. */
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { ImageRecord, ImageState } from '../../core/records.ts';
import { defaultCutScore } from '../../core/review.ts';
import { images } from './schema.ts';

export interface ImageQuery {
  readonly states?: readonly ImageState[] | undefined;
  readonly split?: ImageRecord['split'] | undefined;
  readonly group?: string | undefined;
  /** One of the flags that a person gave it. */
  readonly flag?: string | undefined;
  readonly classId?: string | undefined;
  readonly hasSuggestions?: boolean | undefined;
  readonly hasProblem?: boolean | undefined;
  /** Has a suggestion that waits, with a score from `min` to `max`, 0..1. */
  readonly score?: { readonly min: number; readonly max: number } | undefined;
  /** One of these. */
  readonly ids?: readonly string[] | undefined;
  /** Part of the path, case-blind. */
  readonly text?: string | undefined;
}

/** `score`, `unsure`: of the suggestion that waits with the highest score or uncertainty. Ties are in order of path. */
export interface ImageSort {
  readonly by: 'name' | 'score' | 'unsure' | 'boxes' | 'taken' | 'size';
  readonly isDescending: boolean;
}

/** The order of names, which is the order without a wish. */
export const byName: ImageSort = { by: 'name', isDescending: false };

/**
 * What a model offers on the image of the outer row. Names are written out: in a select from one table drizzle leaves the table's name
 * away, which a subquery would then take for its own. The index is named, since the planner would rather walk all that the model offers
 * (three equalities) once per image, which grows with the square of the project.
 */
export function offeredBy(modelId: string | null, minScore: number = defaultCutScore): SQL {
  return sql`predictions indexed by predictions_by_image where predictions.image_id = images.id and predictions.model_id = ${modelId ?? ''} and predictions.status = 'pending' and predictions.hidden = 0 and predictions.score >= ${minScore}`;
}

/** The condition of a filter; undefined when it asks for nothing. `modelId` is the model whose suggestions count; null when none suggests. */
export function conditionsOf(query: ImageQuery, modelId: string | null): SQL | undefined {
  const conditions: SQL[] = [];
  if (query.states !== undefined && query.states.length > 0)
    conditions.push(inArray(images.state, [...query.states]));
  if (query.split) conditions.push(eq(images.split, query.split));
  if (query.group !== undefined) conditions.push(eq(images.group, query.group));
  if (query.flag !== undefined) {
    // Said twice, so that SQLite may use the index of images that have flags at all.
    conditions.push(
      sql`${images.flags} is not null and exists (select 1 from json_each(${images.flags}) where value = ${query.flag})`,
    );
  }
  if (query.classId !== undefined) {
    conditions.push(
      sql`exists (select 1 from boxes where boxes.image_id = images.id and boxes.class_id = ${query.classId})`,
    );
  }
  if (query.hasSuggestions !== undefined) {
    const found = sql`exists (select 1 from ${offeredBy(modelId)})`;
    conditions.push(query.hasSuggestions ? found : sql`not ${found}`);
  }
  if (query.score !== undefined) {
    const { min, max } = query.score;
    conditions.push(sql`exists (select 1 from ${offeredBy(modelId, min)} and predictions.score <= ${max})`);
  }
  if (query.hasProblem !== undefined)
    conditions.push(query.hasProblem ? isNotNull(images.problem) : isNull(images.problem));
  if (query.ids !== undefined)
    conditions.push(sql`${images.id} in (select value from json_each(${JSON.stringify(query.ids)}))`);
  if (query.text !== undefined && query.text.trim() !== '') {
    const pattern = `%${query.text.trim().replaceAll(/[\\%_]/g, (found) => `\\${found}`)}%`;
    conditions.push(sql`${images.path} like ${pattern} escape '\\'`);
  }
  return conditions.length === 0 ? undefined : and(...conditions);
}

/** What photographs are sorted by: a value for each, never null. Names need none, since paths break every tie. */
export function sortKeyOf(sort: ImageSort, modelId: string | null): SQL<string | number> | null {
  switch (sort.by) {
    case 'name':
      return null;
    case 'score':
      return sql`coalesce((select max(predictions.score) from ${offeredBy(modelId, 0)}), -1)`;
    case 'unsure':
      return sql`coalesce((select max(predictions.uncertainty) from ${offeredBy(modelId, 0)}), -1)`;
    case 'boxes':
      return sql`(select count(*) from boxes where boxes.image_id = images.id)`;
    case 'taken':
      return sql`coalesce(${images.capturedAtMs}, -1)`;
    case 'size':
      return sql`(${images.widthPx} * ${images.heightPx})`;
  }
}

/** The order of a list, or with `isBackwards` the same from its end. */
export function orderOf(sort: ImageSort, modelId: string | null, isBackwards = false): SQL[] {
  const key = sortKeyOf(sort, modelId);
  const keyDown = sort.isDescending !== isBackwards;
  const pathDown = key === null ? keyDown : isBackwards;
  return [...(key === null ? [] : [keyDown ? desc(key) : asc(key)]), (pathDown ? desc : asc)(images.path)];
}

/** True of the photographs before (`isAfter` false) or after a place in the list. `key` is the sort key there; unused when sorted by name. */
export function besideOf(
  sort: ImageSort,
  modelId: string | null,
  at: { readonly key: string | number | null; readonly path: string },
  isAfter: boolean,
): SQL | undefined {
  const key = sortKeyOf(sort, modelId);
  const isUp = sort.isDescending !== isAfter;
  if (key === null) return (isUp ? gt : lt)(images.path, at.path);
  const samePath = (isAfter ? gt : lt)(images.path, at.path);
  return or(isUp ? sql`${key} > ${at.key}` : sql`${key} < ${at.key}`, and(sql`${key} = ${at.key}`, samePath));
}
