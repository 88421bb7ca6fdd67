/** The table of suggestions: what models say, apart from what people said. */
import { and, asc, desc, eq, gte, inArray, isNotNull, sql } from 'drizzle-orm';
import type { PredictionMark } from '../../core/diffs.ts';
import type { PredictionRecord } from '../../core/records.ts';
import type { Connection } from './connection.ts';
import { inChunks } from './images.repository.ts';
import { predictions } from './schema.ts';

/** A suggestion and whether it is offered to a person. */
export interface StoredPrediction extends PredictionRecord {
  readonly uncertainty: number;
  readonly hidden: boolean;
}

export type OfferOrder = 'least-sure' | 'highest-score' | 'random';

export interface PredictionsRepository {
  find(id: string): StoredPrediction | undefined;
  /** True when a suggestion of any model on this image waits for an answer, hidden or not. */
  hasPending(imageId: string): boolean;
  /** Of one image, by descending score; of all models when `modelId` is undefined. */
  listByImage(imageId: string, modelId?: string): StoredPrediction[];
  listByModel(modelId: string, imageIds: readonly string[]): StoredPrediction[];
  /** Pending and offered ones of a model at or above a score. `random` is an order that stays the same between calls. */
  listOffered(
    modelId: string,
    order: OfferOrder,
    minScore: number,
    limit: number,
  ): { total: number; items: StoredPrediction[] };
  /** What a person rejected on these images, of every model. */
  listRejected(imageIds: readonly string[]): StoredPrediction[];
  /** Those that became boxes, of every model. */
  listTaken(): StoredPrediction[];
  /** All of a class, of every model. */
  listByClass(classId: string): StoredPrediction[];
  insert(record: StoredPrediction): void;
  mark(mark: PredictionMark): void;
  setHidden(id: string, hidden: boolean): void;
  /** Removes what no person decided about, on these images. */
  deletePending(modelId: string, imageIds: readonly string[]): void;
}

/** How unsure a score is: 1 at 0.5, 0 at 0 and at 1. */
export function computeUncertainty(score: number): number {
  return 1 - Math.abs(2 * score - 1);
}

/*
 * A `+` before a column keeps the planner from choosing an index by it, where another one fits the question better: without it, removing
 * one image's suggestions walks all of the model's, and the least sure are found by sorting all instead of reading the first few.
 */
const orders = {
  'least-sure': [desc(predictions.uncertainty), asc(predictions.id)],
  'highest-score': [desc(predictions.score), asc(predictions.id)],
  // Ids are random, so their order is a fair shuffle that does not change while a person works through it.
  random: [asc(predictions.id)],
};

export function createPredictionsRepository({ db, sqlite }: Connection): PredictionsRepository {
  const hide = db
    .update(predictions)
    .set({ hidden: sql`${sql.placeholder('hidden')}` })
    .where(eq(predictions.id, sql.placeholder('id')))
    .prepare();
  const pending = sqlite.prepare(
    "SELECT 1 FROM predictions INDEXED BY predictions_by_image WHERE image_id = ? AND status = 'pending' LIMIT 1",
  );
  const find = db
    .select()
    .from(predictions)
    .where(eq(predictions.id, sql.placeholder('id')))
    .prepare();
  const mark = sqlite.prepare(
    'UPDATE predictions SET status = @status, box_id = @boxId, class_id = coalesce(@classId, class_id) WHERE id = @id',
  );
  // By hand: a query made anew takes longer than SQLite needs for the row, and a weak model has ninety suggestions a photograph.
  const insert = sqlite.prepare(
    'INSERT INTO predictions (id, model_id, image_id, class_id, x, y, w, h, score, uncertainty, probabilities, status, box_id, hidden, head, tail) VALUES (@id, @modelId, @imageId, @classId, @x, @y, @w, @h, @score, @uncertainty, @probabilities, @status, @boxId, @hidden, @head, @tail)',
  );
  const removePending = sqlite.prepare(
    "DELETE FROM predictions WHERE model_id = ? AND image_id = ? AND +status = 'pending'",
  );
  return {
    find: (id) => find.get({ id }),
    hasPending: (imageId) => pending.get(imageId) !== undefined,
    listByImage: (imageId, modelId) =>
      db
        .select()
        .from(predictions)
        .where(
          and(
            eq(predictions.imageId, imageId),
            modelId === undefined ? undefined : eq(predictions.modelId, modelId),
          ),
        )
        .orderBy(desc(predictions.score), asc(predictions.id))
        .all(),
    listByModel: (modelId, imageIds) =>
      inChunks(imageIds, (part) =>
        db
          .select()
          .from(predictions)
          .where(and(eq(predictions.modelId, modelId), inArray(predictions.imageId, part)))
          .orderBy(desc(predictions.score), asc(predictions.id))
          .all(),
      ),
    listOffered: (modelId, order, minScore, limit) => {
      const offered = and(
        eq(predictions.modelId, modelId),
        eq(predictions.status, 'pending'),
        eq(predictions.hidden, false),
      );
      const above = gte(predictions.score, minScore);
      const total =
        db.select({ n: sql<number>`count(*)` }).from(predictions).where(and(offered, above)).get()?.n ?? 0;
      const items = db
        .select()
        .from(predictions)
        .where(and(offered, order === 'least-sure' ? sql`+${predictions.score} >= ${minScore}` : above))
        .orderBy(...orders[order])
        .limit(limit)
        .all();
      return { total, items };
    },
    listRejected: (imageIds) =>
      inChunks(imageIds, (part) =>
        db
          .select()
          .from(predictions)
          .where(and(eq(predictions.status, 'rejected'), inArray(predictions.imageId, part)))
          .all(),
      ),
    listTaken: () => db.select().from(predictions).where(isNotNull(predictions.boxId)).all(),
    listByClass: (classId) => db.select().from(predictions).where(eq(predictions.classId, classId)).all(),
    insert: (record) =>
      void insert.run({
        ...record,
        probabilities: JSON.stringify(record.probabilities),
        hidden: record.hidden ? 1 : 0,
        head: record.head ? JSON.stringify(record.head) : null,
        tail: record.tail ? JSON.stringify(record.tail) : null,
      }),
    mark: ({ id, status, boxId, classId = null }) => void mark.run({ id, status, boxId, classId }),
    setHidden: (id, hidden) => void hide.run({ id, hidden: hidden ? 1 : 0 }),
    deletePending: (modelId, imageIds) => {
      for (const imageId of imageIds) removePending.run(modelId, imageId);
    },
  };
}
