/**
 * Average precision of detections, equal to pycocotools' COCOeval for boxes: IoU cuts 0.50:0.05:0.95, 101 recall points, all areas,
 * at most 100 detections an image and class, crowd regions ignored.
 */
import { AppError } from './errors.ts';
import type { PixelBox } from './geometry.ts';

/** A hand-drawn box. `crowd` marks a region of many: neither missed nor wrongly found. */
export interface TruthBox {
  readonly imageId: string;
  readonly classId: string;
  readonly box: PixelBox;
  readonly crowd?: boolean;
}

/** A suggested box. */
export interface DetectedBox {
  readonly imageId: string;
  readonly classId: string;
  readonly box: PixelBox;
  /** Confidence, higher is surer; any finite number. */
  readonly score: number;
}

export interface DetectionInput {
  /**
   * Images evaluated. Boxes of others are left out. Order matters only for equal scores in different images: pycocotools takes
   * images by rising id, so pass them in the order of their ids.
   */
  readonly imageIds: readonly string[];
  /** Classes evaluated. Boxes of others are left out. */
  readonly classIds: readonly string[];
  readonly truth: readonly TruthBox[];
  readonly detections: readonly DetectedBox[];
  /** Surest detections kept for each image and class; 100 unless told. */
  readonly maxDetections?: number;
}

/** One class's figures; null where the class has no truth box and so no figure. */
export interface ClassAp {
  readonly classId: string;
  /** Truth boxes that count: crowds left out. */
  readonly truthBoxes: number;
  readonly detections: number;
  /** Mean over the ten IoU cuts. */
  readonly ap: number | null;
  readonly ap50: number | null;
  /** Share of truth boxes found at IoU 0.5, whatever the score. */
  readonly recall50: number | null;
}

/** Means over the classes that have truth; null when none has. */
export interface DetectionMetrics {
  readonly map: number | null;
  readonly map50: number | null;
  readonly map75: number | null;
  readonly perClass: readonly ClassAp[];
}

/** Detections matched once, to be summed over any choice of images: what a bootstrap needs. */
export interface DetectionEvaluation {
  /** `weights[i]` counts image `imageIds[i]` that many times (whole numbers, 0 leaves it out); without it each counts once. */
  summarise(weights?: ArrayLike<number>): DetectionMetrics;
}

const IOU_CUTS = 10;
const RECALL_POINTS = 101;
// The same arithmetic as numpy.linspace, so that boundary cases fall on the same side.
const iouCuts = Float64Array.from({ length: IOU_CUTS }, (_, i) =>
  i === IOU_CUTS - 1 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);
const recallPoints = Float64Array.from({ length: RECALL_POINTS }, (_, i) =>
  i === RECALL_POINTS - 1 ? 1 : i * 0.01,
);

/** One class's detections after matching, by falling score over all images, equal scores in image order. */
interface MatchedClass {
  readonly classId: string;
  /** The image of each detection. */
  readonly imageIndex: Uint32Array;
  /** For each IoU cut, the places in that order that found a truth box. */
  readonly hits: readonly Uint32Array[];
  /** For each IoU cut, the places that met a crowd: they do not count. */
  readonly ignored: readonly Uint32Array[];
  /** Truth boxes that count, for each image. */
  readonly truthPerImage: Uint32Array;
}

/**
 * Evaluates detections against truth. Equal to pycocotools to 1e-6 (golden files in test/fixtures).
 * Throws `metrics/not-finite` when a score or coordinate is not a finite number.
 */
export function computeDetectionMetrics(input: DetectionInput): DetectionMetrics {
  return prepareDetectionMetrics(input).summarise();
}

/** Does the matching of {@link computeDetectionMetrics} once, for sums over many choices of images. */
export function prepareDetectionMetrics(input: DetectionInput): DetectionEvaluation {
  const cells = groupByClassAndImage(input);
  const matched = input.classIds.map((classId, i) =>
    matchClass(classId, cells[i] ?? [], input.imageIds.length, input.maxDetections ?? 100),
  );
  return { summarise: (weights) => summarise(matched, weights) };
}

interface Cell {
  truth: TruthBox[];
  detections: DetectedBox[];
}

function groupByClassAndImage(input: DetectionInput): Cell[][] {
  const imageAt = new Map(input.imageIds.map((id, i) => [id, i]));
  const classAt = new Map(input.classIds.map((id, i) => [id, i]));
  const cells: Cell[][] = input.classIds.map(() => []);
  const cellOf = (item: TruthBox | DetectedBox): Cell | undefined => {
    const image = imageAt.get(item.imageId);
    const row = cells[classAt.get(item.classId) ?? -1];
    if (image === undefined || row === undefined) return undefined;
    row[image] ??= { truth: [], detections: [] };
    return row[image];
  };
  for (const truth of input.truth) {
    requireFinite(truth.box, 0);
    cellOf(truth)?.truth.push(truth);
  }
  for (const detection of input.detections) {
    requireFinite(detection.box, detection.score);
    cellOf(detection)?.detections.push(detection);
  }
  return cells;
}

function requireFinite(box: PixelBox, score: number): void {
  // One sum is not finite as soon as any part is not.
  if (Number.isFinite(box.x + box.y + box.w + box.h + score)) return;
  throw new AppError({
    code: 'metrics/not-finite',
    message: 'A box or score is not a number, so no figures were computed. Labels are not touched.',
    hint: 'The model may have diverged: train it again with a lower learning rate.',
    details: { box: [box.x, box.y, box.w, box.h].map(String), score: String(score) },
  });
}

function matchClass(
  classId: string,
  row: readonly (Cell | undefined)[],
  images: number,
  maxDetections: number,
): MatchedClass {
  const truthPerImage = new Uint32Array(images);
  const kept = row.map((cell) =>
    cell === undefined ? [] : [...cell.detections].sort((a, b) => b.score - a.score).slice(0, maxDetections),
  );
  const total = kept.reduce((sum, list) => sum + (list?.length ?? 0), 0);
  const scores = new Float64Array(total);
  const imageIndex = new Uint32Array(total);
  const matched = new Uint16Array(total);
  const ignored = new Uint16Array(total);
  let at = 0;
  for (let image = 0; image < images; image++) {
    const cell = row[image];
    const detections = kept[image];
    if (cell === undefined || detections === undefined) continue;
    // Crowds last, as COCOeval sorts ignored boxes.
    const truth = [
      ...cell.truth.filter((t) => t.crowd !== true),
      ...cell.truth.filter((t) => t.crowd === true),
    ];
    truthPerImage[image] = cell.truth.filter((t) => t.crowd !== true).length;
    matchCell(detections, truth, matched.subarray(at), ignored.subarray(at));
    for (const detection of detections) {
      scores[at] = detection.score;
      imageIndex[at] = image;
      at++;
    }
  }
  const order = Uint32Array.from({ length: total }, (_, i) => i).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  const places = (bits: (at: number) => number): Uint32Array[] =>
    Array.from({ length: IOU_CUTS }, (_, cut) =>
      Uint32Array.from([...order.keys()].filter((place) => ((bits(order[place] ?? 0) >> cut) & 1) === 1)),
    );
  return {
    classId,
    imageIndex: order.map((at) => imageIndex[at] ?? 0),
    hits: places((at) => (matched[at] ?? 0) & ~(ignored[at] ?? 0)),
    ignored: places((at) => ignored[at] ?? 0),
    truthPerImage,
  };
}

/** Greedy matching of one image and class at all ten cuts; writes a bit a cut into `matched` and `ignored`. */
function matchCell(
  detections: readonly DetectedBox[],
  truth: readonly TruthBox[],
  matched: Uint16Array,
  ignored: Uint16Array,
): void {
  const count = truth.length;
  if (count === 0) return;
  const ious = new Float64Array(detections.length * count);
  detections.forEach((detection, d) => {
    truth.forEach((t, g) => {
      ious[d * count + g] = iouWithTruth(detection.box, t);
    });
  });
  const taken = new Uint8Array(count);
  for (let t = 0; t < IOU_CUTS; t++) {
    taken.fill(0);
    for (let d = 0; d < detections.length; d++) {
      const best = bestTruth(ious, d * count, truth, taken, Math.min(iouCuts[t] ?? 1, 1 - 1e-10));
      if (best < 0) continue;
      taken[best] = 1;
      matched[d] = (matched[d] ?? 0) | (1 << t);
      if (truth[best]?.crowd === true) ignored[d] = (ignored[d] ?? 0) | (1 << t);
    }
  }
}

/** The free truth box with the highest IoU ≥ cut, the later one when equal; a crowd only when nothing else fits. -1 for none. */
function bestTruth(
  ious: Float64Array,
  from: number,
  truth: readonly TruthBox[],
  taken: Uint8Array,
  cut: number,
): number {
  let best = -1;
  let bestIou = cut;
  for (let g = 0; g < truth.length; g++) {
    const crowd = truth[g]?.crowd === true;
    if (taken[g] === 1 && !crowd) continue;
    if (best >= 0 && crowd && truth[best]?.crowd !== true) break;
    const iou = ious[from + g] ?? 0;
    if (iou < bestIou) continue;
    bestIou = iou;
    best = g;
  }
  return best;
}

/** IoU; against a crowd the share of the detection that lies inside it. */
function iouWithTruth(box: PixelBox, truth: TruthBox): number {
  const other = truth.box;
  const w = Math.min(box.x + box.w, other.x + other.w) - Math.max(box.x, other.x);
  const h = Math.min(box.y + box.h, other.y + other.h) - Math.max(box.y, other.y);
  if (w <= 0 || h <= 0) return 0;
  const overlap = w * h;
  const area = box.w * box.h;
  return overlap / (truth.crowd === true ? area : area + other.w * other.h - overlap);
}

function summarise(
  classes: readonly MatchedClass[],
  weights: ArrayLike<number> | undefined,
): DetectionMetrics {
  const perClass: ClassAp[] = [];
  const sums = { ap: 0, ap50: 0, ap75: 0, n: 0 };
  for (const matched of classes) {
    const images = matched.truthPerImage.length;
    const counted = Float64Array.from({ length: images }, (_, i) =>
      weights === undefined ? 1 : (weights[i] ?? 0),
    );
    let truthBoxes = 0;
    for (let i = 0; i < images; i++) truthBoxes += (matched.truthPerImage[i] ?? 0) * (counted[i] ?? 0);
    // Detections counted up to each place: at every cut, what is no hit by then is a miss.
    const seen = new Float64Array(matched.imageIndex.length);
    let detections = 0;
    for (let place = 0; place < seen.length; place++) {
      detections += counted[matched.imageIndex[place] ?? 0] ?? 0;
      seen[place] = detections;
    }
    if (truthBoxes === 0) {
      perClass.push({
        classId: matched.classId,
        truthBoxes,
        detections,
        ap: null,
        ap50: null,
        recall50: null,
      });
      continue;
    }
    const cuts = Array.from({ length: IOU_CUTS }, (_, t) =>
      averagePrecision(matched, t, truthBoxes, seen, counted),
    );
    const ap = cuts.reduce((sum, cut) => sum + cut.ap, 0) / IOU_CUTS;
    const ap50 = cuts[0]?.ap ?? 0;
    sums.ap += ap;
    sums.ap50 += ap50;
    sums.ap75 += cuts[5]?.ap ?? 0;
    sums.n++;
    perClass.push({
      classId: matched.classId,
      truthBoxes,
      detections,
      ap,
      ap50,
      recall50: cuts[0]?.recall ?? 0,
    });
  }
  const mean = (sum: number): number | null => (sums.n === 0 ? null : sum / sums.n);
  return { map: mean(sums.ap), map50: mean(sums.ap50), map75: mean(sums.ap75), perClass };
}

/**
 * Mean over 101 recall points of the best precision at that recall or beyond, at one IoU cut. Recall rises at hits alone, and between two
 * of them precision only falls: so the hits are all that has to be looked at, a small part of the detections.
 */
function averagePrecision(
  matched: MatchedClass,
  cut: number,
  truthBoxes: number,
  seen: Float64Array,
  counted: Float64Array,
): { ap: number; recall: number } {
  const hitPlaces = matched.hits[cut] ?? new Uint32Array(0);
  const ignoredPlaces = matched.ignored[cut] ?? new Uint32Array(0);
  const precision = new Float64Array(hitPlaces.length);
  const recall = new Float64Array(hitPlaces.length);
  let hits = 0;
  let ignored = 0;
  let passed = 0;
  let length = 0;
  for (const place of hitPlaces) {
    const weight = counted[matched.imageIndex[place] ?? 0] ?? 0;
    if (weight === 0) continue;
    for (; passed < ignoredPlaces.length && (ignoredPlaces[passed] ?? 0) < place; passed++)
      ignored += counted[matched.imageIndex[ignoredPlaces[passed] ?? 0] ?? 0] ?? 0;
    hits += weight;
    precision[length] = hits / ((seen[place] ?? 0) - ignored + Number.EPSILON);
    recall[length] = hits / truthBoxes;
    length++;
  }
  for (let i = length - 1; i > 0; i--) {
    if ((precision[i] ?? 0) > (precision[i - 1] ?? 0)) precision[i - 1] = precision[i] ?? 0;
  }
  let sum = 0;
  let at = 0;
  for (const point of recallPoints) {
    while (at < length && (recall[at] ?? 0) < point) at++;
    if (at === length) break;
    sum += precision[at] ?? 0;
  }
  return { ap: sum / RECALL_POINTS, recall: length === 0 ? 0 : (recall[length - 1] ?? 0) };
}
