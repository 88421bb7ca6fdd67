/** Predicted against hand-drawn, pair by pair: what the Compare page shows. */
import path from 'node:path';
import type { HostApi } from '../../../contract/host-api.ts';
import type { ComparePair } from '../../../contract/schemas.ts';
import { AppError } from '../../../core/errors.ts';
import { computeBoxConfusion, matchBoxes } from '../../../core/metrics-match.ts';
import type { HostContext } from '../context.ts';
import { toPredictionRecord } from '../images.ts';
import { listLabelledImages, pickSplit } from './labelled-images.ts';
import { requireModel } from './predictions.ts';
import { suggestsBoxes } from './recipes.ts';
import { readDivision } from './training-set.ts';

export type CompareArea = Pick<HostApi, 'compare'>;

/** Lower than the 0.5 of scores: a fish that was found but boxed badly belongs among the worst pairs, not among the missed. */
const pairIou = 0.3;

/** Boxes in the form that is matched, with their record kept. */
const wrap = <T extends { classId: string; x: number; y: number; w: number; h: number }>(record: T) => ({
  classId: record.classId,
  box: record,
  record,
});

export function createCompareArea(context: HostContext): CompareArea {
  return {
    compare: async ({ modelId, split, minScore, limit }) => {
      const project = context.session.require();
      const { db } = project;
      const model = requireModel(project, modelId);
      if (!(await suggestsBoxes(context, model.recipe))) throw noBoxes(model.name);
      if (db.tallies.get(`predicted:${model.id}`) === 0) throw notPredicted(model.name);
      const chosen = pickSplit(
        listLabelledImages(project).labelled,
        split,
        readDivision(path.join(project.modelsDir, model.id)),
      );
      const imageIds = chosen.map(({ image }) => image.id);
      const predictions = Map.groupBy(
        db.predictions.listByModel(model.id, imageIds).filter((prediction) => prediction.score >= minScore),
        (prediction) => prediction.imageId,
      );
      const pairs = chosen.flatMap(({ image, boxes }) => {
        const predicted = (predictions.get(image.id) ?? []).map((prediction) => ({
          ...wrap(toPredictionRecord(prediction)),
          score: prediction.score,
        }));
        return matchBoxes(boxes.map(wrap), predicted, pairIou).map((pair) => ({
          ...pair,
          imageId: image.id,
        }));
      });
      const count = (verdict: ComparePair['verdict']): number =>
        pairs.filter((pair) => pair.verdict === verdict).length;
      // Worst first: what was missed or made up, the most confident inventions before the rest, then by growing overlap.
      const worst = pairs
        .sort((a, b) => a.iou - b.iou || (b.predicted?.score ?? 0) - (a.predicted?.score ?? 0))
        .slice(0, limit);
      const items = new Map(
        db.images
          .listItems([...new Set(worst.map((pair) => pair.imageId))], model.id)
          .map((item) => [item.id, item]),
      );
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
        pairs: worst.flatMap(({ imageId, verdict, iou, hand, predicted }) => {
          const image = items.get(imageId);
          return image === undefined
            ? []
            : [{ image, verdict, iou, hand: hand?.record ?? null, predicted: predicted?.record ?? null }];
        }),
        confusion: { classIds: [...model.classIds], counts: computeBoxConfusion(pairs, model.classIds) },
      };
    },
  };
}

function noBoxes(name: string): AppError {
  return new AppError({
    code: 'compare/no-boxes',
    message: `“${name}” tells the class of whole photographs and suggests no boxes, so there is nothing to lay beside the hand-drawn ones.`,
    hint: 'Choose a model that suggests boxes. How often this one is right is told by its evaluation.',
  });
}

function notPredicted(name: string): AppError {
  return new AppError({
    code: 'compare/not-predicted',
    message: `${name} has not looked at the images yet, so there is nothing to compare.`,
    hint: 'Let it suggest first.',
  });
}
