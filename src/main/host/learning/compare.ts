/** Predicted against hand-drawn, pair by pair: what the Compare page shows, and which labels a model doubts. */
import path from 'node:path';
import type { HostApi, SplitChoice } from '../../../contract/host-api.ts';
import type { ComparePair, PairOrder, SuspectView } from '../../../contract/schemas.ts';
import { AppError } from '../../../core/errors.ts';
import { computeIou } from '../../../core/geometry.ts';
import { isMostlyIn } from '../../../core/ignore-regions.ts';
import { computeBoxConfusion, matchBoxes } from '../../../core/metrics-match.ts';
import { isConfirmed, type ModelRecord, type PredictionRecord } from '../../../core/records.ts';
import { computeScoreHistogram } from '../../../core/score-histogram.ts';
import { computeBars, findSuspects, type SuspectKind } from '../../../core/suspects.ts';
import type { StoredPrediction } from '../../db/predictions.repository.ts';
import type { HostContext } from '../context.ts';
import { toPredictionRecord } from '../images.ts';
import type { OpenProject } from '../open-project.ts';
import { type LabelledImage, listLabelledImages, pickSplit } from './labelled-images.ts';
import { requireModel } from './predictions.ts';
import { suggestsBoxes } from './recipes.ts';
import { readDivision } from './training-set.ts';

export type CompareArea = Pick<HostApi, 'compare' | 'listSuspects'>;

/** Lower than the 0.5 of scores: a fish that was found but boxed badly belongs among the worst pairs, not among the missed. */
const pairIou = 0.3;
/** Overlap from which a doubt is one that a person answered before, whichever model asked. */
const sameFishIou = 0.5;

/** Boxes in the form that is matched, with their record kept. */
const wrap = <T extends { classId: string; x: number; y: number; w: number; h: number }>(record: T) => ({
  classId: record.classId,
  box: record,
  record,
});
const wrapScored = (record: PredictionRecord) => ({ ...wrap(record), score: record.score });

const byOrder: Readonly<Record<PairOrder, (a: Ranked, b: Ranked) => number>> = {
  // What was missed or made up, the surest inventions before the rest, then by growing overlap.
  'worst-iou': (a, b) => a.iou - b.iou || scoreOf(b, 0) - scoreOf(a, 0),
  'highest-score': (a, b) => scoreOf(b, -1) - scoreOf(a, -1) || a.iou - b.iou,
  // What was missed has no score: last.
  'lowest-score': (a, b) => scoreOf(a, 2) - scoreOf(b, 2) || a.iou - b.iou,
};
interface Ranked {
  readonly iou: number;
  readonly predicted: { readonly score: number } | null;
}
const scoreOf = ({ predicted }: Ranked, without: number): number => predicted?.score ?? without;

/** How a doubted label and the model's box stand as a pair. */
const verdictOf = {
  class: 'wrong-class',
  'not-drawn': 'extra',
  place: 'matched',
  'not-there': 'missed',
} as const satisfies Record<SuspectKind, ComparePair['verdict']>;

export function createCompareArea(context: HostContext): CompareArea {
  return {
    compare: async ({ modelId, beside, split, minScore, order = 'worst-iou', limit }) => {
      const { project, model, chosen: own, saidOf } = await gather(context, modelId, split);
      const chosen = beside === undefined ? own : keepCommon(project, own, model, beside, split);
      const pairs = chosen.flatMap(({ image, boxes, regions }) => {
        const predicted = saidOf(image.id)
          .filter((said) => said.score >= minScore && !regions.some((region) => isMostlyIn(said, region)))
          .map((prediction) => wrapScored(toPredictionRecord(prediction)));
        return matchBoxes(boxes.map(wrap), predicted, pairIou).map((pair) => ({
          ...pair,
          imageId: image.id,
        }));
      });
      const count = (verdict: ComparePair['verdict']): number =>
        pairs.filter((pair) => pair.verdict === verdict).length;
      const first = pairs.sort(byOrder[order]).slice(0, limit);
      return {
        modelId: model.id,
        split,
        totals: {
          matched: count('matched'),
          missed: count('missed'),
          extra: count('extra'),
          wrongClass: count('wrong-class'),
          images: chosen.length,
        },
        leftOut: own.length - chosen.length,
        pairs: withItems(project, model.id, first).map(({ image, verdict, iou, hand, predicted }) => ({
          image,
          verdict,
          iou,
          hand: hand?.record ?? null,
          predicted: predicted?.record ?? null,
        })),
        confusion: { classIds: [...model.classIds], counts: computeBoxConfusion(pairs, model.classIds) },
        histogram: computeScoreHistogram(pairs),
      };
    },
    listSuspects: async ({ modelId, split, limit }) => {
      const { project, model, chosen, saidOf, division } = await gather(context, modelId, split);
      const rejected = Map.groupBy(
        project.db.predictions.listRejected(chosen.map(({ image }) => image.id)),
        ({ imageId }) => imageId,
      );
      const images = chosen.map(({ image, boxes, regions }) => ({
        hand: boxes.map(wrap),
        predicted: saidOf(image.id)
          .filter((said) => !regions.some((region) => isMostlyIn(said, region)))
          .map((prediction) => wrapScored(toPredictionRecord(prediction))),
        isTaught: division.get(image.id) === 'train',
      }));
      const bars = computeBars(images, model.classIds);
      const found = findSuspects(images, bars);
      const open = found.filter(({ image, hand, predicted }) => {
        if (hand !== null) return !isConfirmed(hand.record);
        if (predicted === null || predicted.record.status !== 'pending') return false;
        const told = rejected.get(chosen[image]?.image.id ?? '') ?? [];
        return !told.some(
          (other) =>
            other.classId === predicted.classId && computeIou(other, predicted.record) >= sameFishIou,
        );
      });
      const items = withItems(
        project,
        model.id,
        open.slice(0, limit).map((suspect) => ({
          ...suspect,
          imageId: chosen[suspect.image]?.image.id ?? '',
          isTaught: images[suspect.image]?.isTaught === true,
        })),
      );
      return {
        modelId: model.id,
        split,
        total: open.length,
        images: chosen.length,
        confirmed: found.length - open.length,
        bars,
        items: items.map(
          ({ image, kind, doubt, iou, isTaught, hand, predicted }): SuspectView => ({
            image,
            verdict: verdictOf[kind],
            iou,
            hand: hand?.record ?? null,
            predicted: predicted?.record ?? null,
            kind,
            doubt,
            isTaught,
          }),
        ),
      };
    },
  };
}

interface Gathered {
  readonly project: OpenProject;
  readonly model: ModelRecord;
  readonly chosen: LabelledImage[];
  readonly division: ReturnType<typeof readDivision>;
  /** What the model keeps of an image, by falling score. */
  readonly saidOf: (imageId: string) => readonly StoredPrediction[];
}

/** Labelled images of a split and what a model said of them. Throws `model/…`, `compare/no-boxes`, `compare/not-predicted`. */
async function gather(
  context: HostContext,
  modelId: string | undefined,
  split: SplitChoice,
): Promise<Gathered> {
  const project = context.session.require();
  const { db } = project;
  const model = requireModel(project, modelId);
  if (!(await suggestsBoxes(context, model.recipe))) throw noBoxes(model.name);
  if (db.tallies.get(`predicted:${model.id}`) === 0) throw notPredicted(model.name);
  const division = readDivision(path.join(project.modelsDir, model.id));
  const chosen = pickSplit(listLabelledImages(project).labelled, split, division);
  const said = Map.groupBy(
    db.predictions.listByModel(
      model.id,
      chosen.map(({ image }) => image.id),
    ),
    ({ imageId }) => imageId,
  );
  return { project, model, chosen, division, saidOf: (imageId) => said.get(imageId) ?? [] };
}

/**
 * Those of a model's images that lie in the split for another one too: with no images marked for it, each training divided them its own way.
 * Throws `model/…`, `compare/nothing-common`.
 */
function keepCommon(
  project: OpenProject,
  own: readonly LabelledImage[],
  model: ModelRecord,
  besideId: string,
  split: SplitChoice,
): LabelledImage[] {
  const beside = requireModel(project, besideId);
  const division = readDivision(path.join(project.modelsDir, beside.id));
  const others = new Set(
    pickSplit(listLabelledImages(project).labelled, split, division).map(({ image }) => image.id),
  );
  const common = own.filter(({ image }) => others.has(image.id));
  if (common.length === 0 && own.length > 0) throw nothingCommon(model.name, beside.name);
  return common;
}

/** Each with its image as lists show it; those whose image is gone are left out. */
function withItems<T extends { readonly imageId: string }>(
  project: OpenProject,
  modelId: string,
  list: readonly T[],
): (Omit<T, 'image'> & { image: ComparePair['image'] })[] {
  const ids = [...new Set(list.map(({ imageId }) => imageId))];
  const items = new Map(project.db.images.listItems(ids, modelId).map((item) => [item.id, item]));
  return list.flatMap((entry) => {
    const image = items.get(entry.imageId);
    return image === undefined ? [] : [{ ...entry, image }];
  });
}

function noBoxes(name: string): AppError {
  return new AppError({
    code: 'compare/no-boxes',
    message: `“${name}” tells the class of whole photographs and suggests no boxes, so there is nothing to lay beside the hand-drawn ones.`,
    hint: 'Choose a model that suggests boxes. How often this one is right is told by its evaluation.',
    details: { name },
  });
}

function nothingCommon(name: string, besideName: string): AppError {
  return new AppError({
    code: 'compare/nothing-common',
    message: `“${name}” and “${besideName}” have no image in common in this part: their trainings divided the images differently. Nothing can be told of both.`,
    hint: 'Choose all images, or mark images for validation or test in Data, which holds for every model.',
    details: { name, besideName },
  });
}

function notPredicted(name: string): AppError {
  return new AppError({
    code: 'compare/not-predicted',
    message: `${name} has not looked at the images yet, so there is nothing to compare.`,
    hint: 'Let it suggest first.',
    details: { name },
  });
}
