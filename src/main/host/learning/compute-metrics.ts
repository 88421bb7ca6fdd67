/** From labels and predictions to the figures of an evaluation. Pure. */
import { computeDetectionMetrics, type DetectionMetrics } from '../../../core/metrics.ts';
import { computeAccuracy, computeLogLoss, findArgMax } from '../../../core/metrics-class.ts';
import { computeMeanIou, matchBoxes } from '../../../core/metrics-match.ts';
import type { BoxRecord, Metrics } from '../../../core/records.ts';
import type { EngineDetection, ImagePrediction } from '../../../engine/messages.ts';
import type { LabelledImage } from './labelled-images.ts';

/** Low, so that a badly placed box counts with its small overlap instead of being left out of the mean. */
const meetIou = 0.1;

/**
 * `classAcc` and `logLoss` judge whole images, for recipes that say probabilities of them: the true class is that of the largest box, or
 * "nothing here". `meanIou` is over hand boxes met by one of as many surest predictions as there are hand boxes. `map50` and `map` as COCO.
 */
export function computeMetrics(
  labelled: readonly LabelledImage[],
  predictions: readonly ImagePrediction[],
  classIds: readonly string[],
  split: string,
): { metrics: Metrics; perClass: DetectionMetrics['perClass'] } {
  const byImage = new Map(predictions.map((prediction) => [prediction.imageId, prediction]));
  const detection = computeDetectionMetrics({
    imageIds: labelled.map(({ image }) => image.id),
    classIds,
    truth: labelled.flatMap(({ boxes }) =>
      boxes.map((box) => ({ imageId: box.imageId, classId: box.classId, box })),
    ),
    detections: predictions.flatMap(({ imageId, detections }) =>
      detections.flatMap((found) => toPlaced(found, classIds).map((placed) => ({ imageId, ...placed }))),
    ),
  });
  const pairs = labelled.flatMap(({ image, boxes }) => {
    const placed = (byImage.get(image.id)?.detections ?? []).flatMap((found) => toPlaced(found, classIds));
    const surest = placed.sort((a, b) => b.score - a.score).slice(0, boxes.length);
    return matchBoxes(
      boxes.map((box) => ({ classId: box.classId, box })),
      surest,
      meetIou,
    );
  });
  const image = computeImageFigures(labelled, byImage, classIds);
  const metrics: Metrics = {
    n: labelled.length,
    split,
    ...image,
    meanIou: computeMeanIou(pairs),
    map50: detection.map50,
    map: detection.map,
  };
  return { metrics, perClass: detection.perClass };
}

function toPlaced(found: EngineDetection, classIds: readonly string[]) {
  const classId = classIds[found.classIndex];
  return classId === undefined
    ? []
    : [{ classId, box: { x: found.x, y: found.y, w: found.w, h: found.h }, score: found.score }];
}

function computeImageFigures(
  labelled: readonly LabelledImage[],
  byImage: ReadonlyMap<string, ImagePrediction>,
  classIds: readonly string[],
): Pick<Metrics, 'classAcc' | 'logLoss'> {
  const rows = labelled.flatMap(({ image, boxes }) => {
    const probabilities = byImage.get(image.id)?.imageProbabilities ?? null;
    return probabilities === null ? [] : [{ truth: trueClass(boxes, classIds), probabilities }];
  });
  if (rows.length === 0) return { classAcc: null, logLoss: null };
  const truth = rows.map((row) => row.truth);
  return {
    classAcc: computeAccuracy(
      truth,
      rows.map((row) => findArgMax(row.probabilities)),
    ),
    logLoss: computeLogLoss(
      truth,
      rows.map((row) => row.probabilities),
    ),
  };
}

/** Index of the class of the largest box; the index after the last class stands for nothing there. */
function trueClass(boxes: readonly BoxRecord[], classIds: readonly string[]): number {
  const largest = boxes.reduce<BoxRecord | undefined>(
    (best, box) => (best === undefined || box.w * box.h > best.w * best.h ? box : best),
    undefined,
  );
  return largest === undefined ? classIds.length : classIds.indexOf(largest.classId);
}
