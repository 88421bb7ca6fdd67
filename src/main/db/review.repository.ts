/** Reads of the review: how much was answered since a training, and the queue in orders and cuts that one table's index does not give. */
import type { PredictionStatus } from '../../core/records.ts';
import type { ReviewFilter, ReviewOrder } from '../../core/review-queue.ts';
import type { Connection } from './connection.ts';

export interface ReviewRepository {
  /** Images a person has said something about after a revision, and that are not unseen again. */
  countAnsweredSince(revision: number): number;
  /**
   * Ids of a model's suggestions at or above a score that wait, or that were put aside, in an order; with how many there are in all.
   * `other`: the model whose suggestions `disagreement` sets them against.
   */
  listQueue(input: {
    readonly modelId: string;
    readonly other: string | null;
    readonly order: ReviewOrder;
    readonly filter: ReviewFilter;
    readonly minScore: number;
    readonly limit: number;
  }): { total: number; ids: string[] };
  /** How many of a model's suggestions were put aside. */
  countUnsure(modelId: string): number;
  /** What a model said of these photographs, whatever was answered, surest first. */
  listSaid(modelId: string, imageIds: readonly string[]): Said[];
  /** Of photographs of which any suggestion has an answer: what was answered, and what is offered and waits. Of every model. */
  listOnAnswered(): AnsweredBeside[];
  /** True when any suggestion of a photograph has an answer, of whichever model. */
  isAnyAnswered(imageId: string): boolean;
  /** How many suggestions of a model wait in each of the bands that begin at these scores (ascending). */
  countWaiting(modelId: string, fromScores: readonly number[]): number[];
  /** Photographs that can be read and are no copies, in the order of their ids: a shuffle, since ids are drawn at random. */
  walkPhotographs(): IterableIterator<{ id: string; state: string }>;
}

/** A suggestion as far as judging it goes. */
export interface Said {
  readonly imageId: string;
  readonly classId: string;
  readonly score: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A suggestion on a photograph of which some have an answer. */
export interface AnsweredBeside extends Said {
  readonly modelId: string;
  readonly status: PredictionStatus;
}

/** Disagreement compares each suggestion with the other model's on its photograph: beyond so many it would keep the host from answering. */
const comparedAtMost = 5000;

const overlap = `(max(0, min(p.x + p.w, o.x + o.w) - max(p.x, o.x)) * max(0, min(p.y + p.h, o.y + o.h) - max(p.y, o.y)))`;
const sameFish = `${overlap} >= 0.5 * (p.w * p.h + o.w * o.h - ${overlap})`;

/** 0 where the other model says the same as surely; 1 where one is sure and the other sees nothing. */
const disagreement = `abs(p.score - coalesce((SELECT max(o.score) FROM predictions o
  WHERE o.image_id = p.image_id AND o.model_id = @other AND o.class_id = p.class_id AND ${sameFish}), 0))`;

const orderings: Readonly<Record<ReviewOrder, string>> = {
  'least-sure': 'p.uncertainty DESC, p.id',
  'highest-score': 'p.score DESC, p.id',
  random: 'p.id',
  class: '(SELECT position FROM classes WHERE classes.id = p.class_id), p.score DESC, p.id',
  disagreement: `${disagreement} DESC, p.id`,
};

export function createReviewRepository({ sqlite }: Connection): ReviewRepository {
  const answered = sqlite.prepare<[number], { n: number }>(
    `SELECT count(DISTINCT changes.image_id) AS n FROM changes JOIN images ON images.id = changes.image_id
     WHERE changes.revision > ? AND changes.source = 'person' AND images.state <> 'unseen'`,
  );
  const waiting = sqlite.prepare<[string, number], { n: number }>(
    "SELECT count(*) AS n FROM predictions WHERE model_id = ? AND status = 'pending' AND hidden = 0 AND score >= ?",
  );
  const unsure = sqlite.prepare<[string], { n: number }>(
    "SELECT count(*) AS n FROM predictions WHERE model_id = ? AND status = 'unsure'",
  );
  const said = sqlite.prepare<[string, string], Said>(
    `SELECT image_id AS imageId, class_id AS classId, score, x, y, w, h FROM predictions INDEXED BY predictions_by_image
     WHERE image_id = ? AND model_id = ? ORDER BY score DESC, id`,
  );
  // The model first, so that its index by status finds the few that have an answer.
  const onAnswered = sqlite.prepare<[], AnsweredBeside>(
    `SELECT image_id AS imageId, model_id AS modelId, class_id AS classId, status, score, x, y, w, h
     FROM predictions INDEXED BY predictions_by_image WHERE (status <> 'pending' OR hidden = 0) AND image_id IN (
       SELECT p.image_id FROM models CROSS JOIN predictions p
       WHERE p.model_id = models.id AND p.status IN ('accepted', 'adjusted', 'rejected', 'unsure'))
     ORDER BY score DESC, id`,
  );
  const anyAnswered = sqlite.prepare<[string]>(
    "SELECT 1 FROM predictions INDEXED BY predictions_by_image WHERE image_id = ? AND status <> 'pending' LIMIT 1",
  );
  const photographs = sqlite.prepare<[], { id: string; state: string }>(
    'SELECT id, state FROM images WHERE problem IS NULL AND copy_of IS NULL ORDER BY id',
  );
  return {
    countAnsweredSince: (revision) => answered.get(revision)?.n ?? 0,
    listQueue: ({ modelId, other, order, filter, minScore, limit }) => {
      const { classId, group, split, isUnsure = false } = filter;
      const chosen = [
        'p.model_id = @modelId',
        isUnsure ? "p.status = 'unsure'" : "p.status = 'pending' AND p.hidden = 0",
        'p.score >= @minScore',
        ...(classId === undefined ? [] : ['p.class_id = @classId']),
        ...(group === undefined ? [] : ['i.group_name = @group']),
        ...(split === undefined ? [] : ['i.split = @split']),
      ].join(' AND ');
      const values = { modelId, minScore, classId, group, split };
      const from = `FROM predictions p JOIN images i ON i.id = p.image_id WHERE ${chosen}`;
      const total =
        sqlite.prepare<[object], { n: number }>(`SELECT count(*) AS n ${from}`).get(values)?.n ?? 0;
      const source =
        order === 'disagreement'
          ? `(SELECT p.* ${from} ORDER BY p.score DESC LIMIT ${comparedAtMost}) p`
          : `(SELECT p.* ${from}) p`;
      const ids = sqlite
        .prepare<[object], { id: string }>(
          `SELECT p.id FROM ${source} ORDER BY ${orderings[order]} LIMIT @limit`,
        )
        .all({ ...values, limit, ...(order === 'disagreement' && { other }) });
      return { total, ids: ids.map(({ id }) => id) };
    },
    countUnsure: (modelId) => unsure.get(modelId)?.n ?? 0,
    listSaid: (modelId, imageIds) => imageIds.flatMap((imageId) => said.all(imageId, modelId)),
    isAnyAnswered: (imageId) => anyAnswered.get(imageId) !== undefined,
    listOnAnswered: () => onAnswered.all(),
    countWaiting: (modelId, fromScores) => {
      const above = fromScores.map((score) => waiting.get(modelId, score)?.n ?? 0);
      return above.map((n, band) => n - (above[band + 1] ?? 0));
    },
    walkPhotographs: () => photographs.iterate(),
  };
}
