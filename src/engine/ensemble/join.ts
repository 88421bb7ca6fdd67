/** Several models' verdicts on one photograph as one: probabilities averaged, boxes fused. Pure. */
import { computeIou } from '../../core/geometry.ts';
import type { EngineDetection, ImagePrediction } from '../messages.ts';
import { suppressOverlaps } from '../parts/nms.ts';

/** What one model says of a photograph. */
export type Verdict = Omit<ImagePrediction, 'imageId'>;

/** Overlap above which two fused boxes of different classes are one fish; the surer class stays, as in the detectors. */
const OTHER_CLASS_IOU = 0.8;

/** The mean over the models that say something of the whole photograph; null when none does. Lengths must be equal. */
export function averageProbabilities(verdicts: readonly Verdict[]): number[] | null {
  const said = verdicts.flatMap(({ imageProbabilities }) =>
    imageProbabilities === null ? [] : [imageProbabilities],
  );
  const [first] = said;
  if (first === undefined) return null;
  return first.map((_, c) => said.reduce((sum, shares) => sum + (shares[c] ?? 0), 0) / said.length);
}

interface Cluster {
  readonly boxes: EngineDetection[];
  fused: EngineDetection;
}

/**
 * Weighted boxes fusion (Solovyev, Wang, Gabruseva 2021, "Weighted boxes fusion: Ensembling boxes from different object detection models"):
 * boxes of a class, surest first, join the cluster whose fused box they overlap most, from `overlap` (IoU) on; corners and probabilities are
 * means weighed by score, the score is the mean times min(boxes, models) / models. Head and tail are those of the surest box that has them.
 * Surest first; at most `maxDetections`, each of `minScore` or more.
 */
export function fuseBoxes(
  perModel: readonly (readonly EngineDetection[])[],
  options: { readonly overlap: number; readonly minScore: number; readonly maxDetections: number },
): EngineDetection[] {
  const clusters: Cluster[] = [];
  for (const box of perModel.flat().sort((a, b) => b.score - a.score)) {
    let best: Cluster | undefined;
    let bestIou = options.overlap;
    for (const cluster of clusters) {
      if (cluster.fused.classIndex !== box.classIndex) continue;
      const iou = computeIou(cluster.fused, box);
      if (iou >= bestIou) [best, bestIou] = [cluster, iou];
    }
    if (best === undefined) clusters.push({ boxes: [box], fused: box });
    else {
      best.boxes.push(box);
      best.fused = fuse(best.boxes);
    }
  }
  const models = perModel.length;
  const fused = clusters.map(({ boxes, fused }) => ({
    ...fused,
    score: (fused.score * Math.min(boxes.length, models)) / models,
  }));
  return suppressOverlaps(
    fused.filter(({ score }) => score >= options.minScore),
    { sameClassIou: 1, otherClassIou: OTHER_CLASS_IOU, maxDetections: options.maxDetections },
  );
}

function fuse(boxes: readonly EngineDetection[]): EngineDetection {
  const [surest] = boxes as [EngineDetection];
  const total = boxes.reduce((sum, { score }) => sum + score, 0);
  const mean = (value: (box: EngineDetection) => number): number =>
    total > 0 ? boxes.reduce((sum, box) => sum + value(box) * box.score, 0) / total : value(surest);
  const lying = boxes.find(({ head, tail }) => head && tail);
  return {
    classIndex: surest.classIndex,
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    w: mean(({ w }) => w),
    h: mean(({ h }) => h),
    score: total / boxes.length,
    probabilities: surest.probabilities.map((_, c) => mean(({ probabilities }) => probabilities[c] ?? 0)),
    ...(lying && { head: lying.head, tail: lying.tail }),
  };
}
