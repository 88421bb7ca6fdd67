/** The review of suggestions: what is asked next, what is drawn at random, and what the answers so far say of all suggestions. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { HostApi } from '../../../contract/host-api.ts';
import type { QueueItem } from '../../../contract/schemas.ts';
import { matchBoxes } from '../../../core/metrics-match.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { defaultCutScore } from '../../../core/review.ts';
import {
  adviseStop,
  type DrawnPhotograph,
  estimateReview,
  fewestDrawn,
  scoreBands,
} from '../../../core/review-estimate.ts';
import { defaultFilter, isPlainQueue } from '../../../core/review-queue.ts';
import {
  chooseCut,
  computeWorthFrom,
  fewestToChoose,
  type WeighedSuggestion,
  weighSuggestions,
} from '../../../core/review-worth.ts';
import type { StoredPrediction } from '../../db/predictions.repository.ts';
import type { HostContext } from '../context.ts';
import { refreshHidden } from '../hidden-suggestions.ts';
import { toPredictionRecord } from '../images.ts';
import type { OpenProject } from '../open-project.ts';
import { readDivision } from './training-set.ts';

export type ReviewArea = Pick<HostApi, 'reviewQueue' | 'reviewDraw' | 'reviewState' | 'saveReviewSettings'>;

/** More photographs make figures hardly narrower, and reading them would be felt between two answers. */
const judgedAtMost = 150;
/** Overlap (IoU) from which a suggestion is right about a place. */
const rightIou = 0.5;
/** Photographs gone through at once when something else is offered: some ten milliseconds. */
const offeredAtOnce = 100;

export function createReviewArea(context: HostContext): ReviewArea {
  const learntBy = rememberLearnt();
  return {
    reviewQueue: async ({ order, minScore, filter = defaultFilter, limit }) => {
      const project = context.session.require();
      const { db } = project;
      const pinned = db.models.findPinned();
      if (pinned === undefined) return { total: 0, items: [] };
      const other = order === 'disagreement' ? findSecondOpinion(project, pinned) : null;
      const asked = order === 'disagreement' && other === null ? 'least-sure' : order;
      if (isPlainQueue(asked, filter)) {
        const { total, items } = db.predictions.listOffered(pinned.id, asked, minScore, limit);
        return { total, items: toQueueItems(project, pinned, items) };
      }
      const { total, ids } = db.review.listQueue({
        modelId: pinned.id,
        other,
        order: asked,
        filter,
        minScore,
        limit,
      });
      const items = ids.flatMap((id) => db.predictions.find(id) ?? []);
      return { total, items: toQueueItems(project, pinned, items) };
    },
    reviewDraw: async ({ minScore }) => {
      const project = context.session.require();
      const { db } = project;
      const pinned = db.models.findPinned();
      if (pinned === undefined) return null;
      const { next } = walk(project, learntBy(project, pinned));
      const [image] = next === null ? [] : db.images.listItems([next], pinned.id);
      if (next === null || image === undefined) return null;
      const items = db.predictions
        .listByImage(next, pinned.id)
        .filter(({ status, hidden, score }) => status === 'pending' && !hidden && score >= minScore);
      return { image, items: items.map((item) => ({ prediction: toPredictionRecord(item), image })) };
    },
    reviewState: async ({ minScore }) => {
      const project = context.session.require();
      const { db } = project;
      const settings = db.settings.get().review;
      const pinned = db.models.findPinned();
      const learnt = pinned === undefined ? new Set<string>() : learntBy(project, pinned);
      const { drawn, others } = walk(project, learnt);
      const judged = pinned === undefined ? [] : judge(project, pinned, drawn, minScore);
      const bands = scoreBands.map((from) => Math.max(from, minScore));
      const waiting = pinned === undefined ? [] : db.review.countWaiting(pinned.id, bands);
      const advice = adviseStop({
        drawn: judged.map(({ photograph }) => photograph),
        waiting,
        boxes: db.tallies.get('boxes'),
        worthFrom: computeWorthFrom(),
      });
      const { photographs, precision, recall } = estimateReview(judged.map(({ photograph }) => photograph));
      const known =
        pinned === undefined
          ? []
          : [...judged, ...judge(project, pinned, others.slice(0, judgedAtMost - judged.length), minScore)];
      return {
        settings,
        photographs,
        fewestPhotographs: fewestDrawn,
        precision,
        recall,
        stop: advice,
        waiting: waiting.reduce((sum, n) => sum + n, 0),
        unsure: pinned === undefined ? 0 : db.review.countUnsure(pinned.id),
        worthCut:
          known.length < fewestToChoose
            ? null
            : {
                cut: chooseCut(
                  known.map(({ weighed }) => weighed),
                  defaultCutScore,
                ),
                photographs: known.length,
              },
      };
    },
    saveReviewSettings: async (settings) => {
      const project = context.session.require();
      const { db } = project;
      const isOffered = db.settings.isOneFish() !== settings.oneFish;
      db.transaction(() => db.settings.save({ review: settings }));
      if (isOffered) await offerAnew(context, project);
    },
  };
}

/** Goes through all photographs after what is offered was set otherwise; others are answered meanwhile, and read the new setting already. */
async function offerAnew(context: HostContext, project: OpenProject): Promise<void> {
  const { db } = project;
  const pinned = db.models.findPinned();
  const ids = [...db.review.walkPhotographs()].map(({ id }) => id);
  for (let at = 0; at < ids.length; at += offeredAtOnce) {
    // The project may have been closed between two parts.
    if (context.session.current() !== project) return;
    const part = ids.slice(at, at + offeredAtOnce);
    const changed = db.transaction(() => part.filter((id) => refreshHidden(db, id)));
    if (pinned !== undefined && changed.length > 0)
      context.events.emit({ type: 'suggestions', modelId: pinned.id, imageIds: changed });
    await setImmediate();
  }
  project.announce();
}

/** The newest other model that has suggestions stored. */
function findSecondOpinion({ db }: OpenProject, pinned: ModelRecord): string | null {
  const others = db.models.list().filter(({ id }) => id !== pinned.id);
  return others.find(({ id }) => db.tallies.get(`predicted:${id}`) > 0)?.id ?? null;
}

function toQueueItems(
  { db }: OpenProject,
  pinned: ModelRecord,
  items: readonly StoredPrediction[],
): QueueItem[] {
  const imageIds = [...new Set(items.map((item) => item.imageId))];
  const images = new Map(db.images.listItems(imageIds, pinned.id).map((image) => [image.id, image]));
  return items.flatMap((item) => {
    const image = images.get(item.imageId);
    return image === undefined ? [] : [{ prediction: toPredictionRecord(item), image }];
  });
}

/** Photographs each model learnt from, read once a model: the file lists all its boxes. */
function rememberLearnt(): (project: OpenProject, model: ModelRecord) => ReadonlySet<string> {
  let known: { readonly modelDir: string; readonly learnt: ReadonlySet<string> } | undefined;
  return (project, model) => {
    const modelDir = path.join(project.modelsDir, model.id);
    if (known?.modelDir !== modelDir) {
      const learnt = [...readDivision(modelDir)].filter(([, side]) => side === 'train').map(([id]) => id);
      known = { modelDir, learnt: new Set(learnt) };
    }
    return known.learnt;
  };
}

/**
 * Goes through the photographs a model did not learn from in the order of their ids, which were drawn at random: those looked over whole up
 * to the first that was not are a random sample, however the others came to be answered (`drawn`); that first one is `next`; photographs
 * looked over whole behind it are `others`, and so are those that were labelled by drawing, as training takes them for whole: which of them
 * there are is nobody's draw, but a cut needs to be good, not proven.
 */
function walk(
  { db }: OpenProject,
  learnt: ReadonlySet<string>,
): { drawn: string[]; next: string | null; others: string[] } {
  const drawn: string[] = [];
  const others: string[] = [];
  let next: string | null = null;
  for (const { id, state } of db.review.walkPhotographs()) {
    if (learnt.has(id)) continue;
    const isWhole = state === 'reviewed' || state === 'empty';
    if (isWhole) (next === null ? drawn : others).push(id);
    else {
      next ??= id;
      if (state === 'labelled' && !db.review.isAnyAnswered(id)) others.push(id);
    }
    if (drawn.length + others.length >= judgedAtMost) break;
  }
  return { drawn, next, others };
}

/** Suggestions of photographs looked over whole against the boxes they now have. */
function judge(
  { db }: OpenProject,
  { id: modelId }: ModelRecord,
  imageIds: readonly string[],
  minScore: number,
): { photograph: DrawnPhotograph; weighed: WeighedSuggestion[] }[] {
  const said = Map.groupBy(db.review.listSaid(modelId, imageIds), ({ imageId }) => imageId);
  // Surest first; where photographs hold one fish, no other is ever asked about first.
  const most = db.settings.isOneFish() ? 1 : Number.POSITIVE_INFINITY;
  return imageIds.map((imageId) => {
    const truth = db.boxes.listByImage(imageId).map((box) => ({ classId: box.classId, box }));
    const all = (said.get(imageId) ?? []).slice(0, most).map((one) => ({
      classId: one.classId,
      score: one.score,
      box: one,
    }));
    const shown = all.filter(({ score }) => score >= minScore);
    const pairs = matchBoxes(truth, shown, rightIou);
    return {
      photograph: {
        suggestions: pairs.flatMap(({ verdict, predicted }) =>
          predicted === null ? [] : [{ score: predicted.score, isRight: verdict === 'matched' }],
        ),
        boxes: truth.length,
        met: pairs.filter(({ verdict }) => verdict === 'matched').length,
      },
      weighed: weighSuggestions(truth, all),
    };
  });
}
