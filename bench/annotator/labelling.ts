/** One run of the simulated person through a project: real host, real database, real trainings; only the hands are simulated. */
import { randomUUID } from 'node:crypto';
import type { HostApi } from '../../src/contract/host-api.ts';
import type { ImageListItem } from '../../src/contract/schemas.ts';
import type { RecordDiff } from '../../src/core/diffs.ts';
import type { HandBox, PredictedBox } from '../../src/core/metrics-match.ts';
import { createRandom } from '../../src/core/random.ts';
import type { BoxRecord, PredictionRecord } from '../../src/core/records.ts';
import { defaultCutScore, rejectDiffs, reviewGesture } from '../../src/core/review.ts';
import { runJob } from '../../src/main/cli/run-job.ts';
import { type Answer, answer, type Costs } from './person.ts';

export interface LabellingOptions {
  readonly api: HostApi;
  /** Hand boxes of every photograph by its path. */
  readonly truth: ReadonlyMap<string, readonly HandBox[]>;
  readonly seed: number;
  readonly costs: Costs;
  /** Trainings; each goes on from the model before it where that is of the same recipe. */
  readonly rounds: readonly Round[];
  /** Which photograph is next: as drawn from the seed, or as the image list has them, the least sure first. */
  readonly order: Order;
  /** Told after every training and every {@link toldEvery} photographs, so that a run that is cut short has said what it knew. */
  readonly onStand?: (stand: Stand) => void;
}

export interface Round {
  /** Photographs labelled before it begins. */
  readonly after: number;
  readonly minutes: number;
  readonly recipe: string;
}

/** `few`: those with the fewest suggestions above the cut first, so that crowded ones meet the best model. */
export type Order = 'random' | 'unsure' | 'few';

/** How far a run is. */
export interface Stand {
  readonly photographs: number;
  readonly seconds: number;
  /** What drawing everything on the same photographs takes. */
  readonly byHandS: number;
  /** The same for those since the last time that it was told. */
  readonly since: { readonly photographs: number; readonly seconds: number; readonly byHandS: number };
  readonly machineS: number;
  /** Of the newest model; null before the first. */
  readonly map50: number | null;
  /** The score above which suggestions are shown now. */
  readonly cut: number;
}

const toldEvery = 50;

export interface Point {
  /** The person's time until then, in seconds, and the photographs done. */
  readonly seconds: number;
  readonly photographs: number;
  /** Of the newest model on the photographs kept for it; null before the first. */
  readonly map50: number | null;
}

export interface Labelling {
  readonly seconds: number;
  readonly gestures: number;
  readonly drawn: number;
  readonly accepted: number;
  readonly adjusted: number;
  readonly rejected: number;
  /** Mean overlap (IoU) with the truth of suggestions that were left as they are; 1 when there were none. All other boxes are the truth. */
  readonly acceptedIou: number;
  /** Seconds of work a photograph in the last fifth: what the loop comes to. */
  readonly lastFifth: number;
  readonly machineS: number;
  readonly curve: readonly Point[];
}

interface Suggestion extends PredictedBox {
  readonly record: PredictionRecord;
}

/** Nothing but drawing. Seconds do not depend on the order. */
export function labelByHand(truth: LabellingOptions['truth'], costs: Costs): Omit<Labelling, 'curve'> {
  const answers = [...truth.values()].map((boxes) => answer(boxes, [], costs));
  const seconds = answers.reduce((sum, given) => sum + given.seconds, 0);
  const drawn = answers.reduce((sum, given) => sum + given.drawn.length, 0);
  return {
    seconds,
    gestures: drawn + answers.length,
    drawn,
    ...{ accepted: 0, adjusted: 0, rejected: 0, acceptedIou: 1, machineS: 0 },
    lastFifth: seconds / Math.max(1, answers.length),
  };
}

/** A model and what it suggested on photographs that were open when it came. */
interface Helper {
  readonly modelId: string;
  readonly recipe: string;
  readonly byImage: ReadonlyMap<string, readonly Suggestion[]>;
  /** The person's clock when its suggestions were there. */
  readonly readyAt: number;
}

const silent = {
  signal: new AbortController().signal,
  output: {
    say: () => undefined,
    note: () => undefined,
    progress: () => undefined,
    endProgress: () => undefined,
    result: () => undefined,
    fail: () => undefined,
  },
};

/** Labels every training photograph of the open project, in an order drawn from the seed. */
export async function labelAll(o: LabellingOptions): Promise<Labelling> {
  const images = await listTrainImages(o);
  const sum = { seconds: 0, gestures: 0, drawn: 0, accepted: 0, adjusted: 0, rejected: 0, machineS: 0 };
  const curve: Point[] = [];
  const perImage: number[] = [];
  let overlaps = 0;
  let helpers: Helper[] = [];
  let cut = defaultCutScore;
  let map50: number | null = null;
  let byHandS = 0;
  let told = { photographs: 0, seconds: 0, byHandS: 0 };
  const tell = (photographs: number): void => {
    const { seconds, machineS } = sum;
    const since = {
      photographs: photographs - told.photographs,
      seconds: seconds - told.seconds,
      byHandS: byHandS - told.byHandS,
    };
    o.onStand?.({ photographs, seconds, byHandS, since, machineS, map50, cut });
    told = { photographs, seconds, byHandS };
  };
  for (let done = 0; done < images.length; done++) {
    const round = o.rounds.find(({ after }) => after === done);
    if (round !== undefined) {
      const last = helpers.at(-1);
      const from = last?.recipe === round.recipe ? last.modelId : undefined;
      const learnt = await learn(o, { ...round, from }, images.slice(done), sum.seconds);
      helpers = [...helpers, learnt.helper];
      sum.machineS += learnt.machineS;
      map50 = learnt.map50;
      curve.push({ seconds: sum.seconds, photographs: done, map50 });
      if (o.order === 'unsure') await putUnsureFirst(o, images, done);
      if (o.order === 'few') putFewFirst(learnt.helper, images, done, cut);
      tell(done);
    }
    const image = images[done];
    if (image === undefined) break;
    // The person goes on with the model there is until the next one is ready: nobody waits.
    const helper = helpers.findLast(({ readyAt }) => readyAt <= sum.seconds);
    const truth = o.truth.get(image.path) ?? [];
    const all = helper?.byImage.get(image.id) ?? [];
    // As the window offers it, for the model that suggests; until there is such an offer, what it starts with.
    if (helper !== undefined && helper === helpers.at(-1))
      cut = (await o.api.reviewState({ minScore: 0 })).worthCut?.cut ?? defaultCutScore;
    const given = answer(
      truth,
      all.filter(({ score }) => score >= cut),
      o.costs,
    );
    await o.api.applyGesture(toGesture(image, given, helpers.at(-1)?.modelId));
    sum.seconds += given.seconds;
    sum.gestures +=
      given.drawn.length + given.accepted.length + given.adjusted.length + given.rejected.length + 1;
    for (const key of ['drawn', 'accepted', 'adjusted', 'rejected'] as const) sum[key] += given[key].length;
    for (const { iou } of given.accepted) overlaps += iou;
    perImage.push(given.seconds);
    byHandS += answer(truth, [], o.costs).seconds;
    if ((done + 1) % toldEvery === 0 || done + 1 === images.length) tell(done + 1);
  }
  curve.push({ seconds: sum.seconds, photographs: images.length, map50: null });
  const last = perImage.slice(-Math.max(1, Math.round(perImage.length / 5)));
  const acceptedIou = sum.accepted === 0 ? 1 : overlaps / sum.accepted;
  return { ...sum, curve, acceptedIou, lastFifth: last.reduce((total, s) => total + s, 0) / last.length };
}

async function listTrainImages({ api, truth, seed }: LabellingOptions): Promise<ImageListItem[]> {
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: 5000 });
  const random = createRandom(seed);
  const order = items.filter(({ path }) => truth.has(path)).map((image) => ({ image, key: random.next() }));
  return order.sort((a, b) => a.key - b.key).map(({ image }) => image);
}

/** Sorts what is still open from `done` on as the image list does: by the least sure suggestion; those without any stay behind, in their order. */
async function putUnsureFirst(
  { api }: LabellingOptions,
  images: ImageListItem[],
  done: number,
): Promise<void> {
  const { items } = await api.listImages({
    filter: {},
    sort: { by: 'unsure', isDescending: true },
    offset: 0,
    limit: 5000,
  });
  const place = new Map(items.map(({ id }, at) => [id, at]));
  const open = images.splice(done);
  open.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  images.push(...open);
}

/** Sorts what is still open from `done` on by how many fish the newest model sees there. */
function putFewFirst({ byImage }: Helper, images: ImageListItem[], done: number, cut: number): void {
  const count = ({ id }: ImageListItem): number =>
    (byImage.get(id) ?? []).filter(({ score }) => score >= cut).length;
  const open = images.splice(done);
  open.sort((a, b) => count(a) - count(b));
  images.push(...open);
}

/** Trains on what is labelled, asks about the open photographs, judges. What a person would wait for them is on the machine's clock. */
async function learn(
  o: LabellingOptions,
  { minutes, recipe, from }: Round & { readonly from: string | undefined },
  open: readonly ImageListItem[],
  nowS: number,
): Promise<{ helper: Helper; machineS: number; map50: number | null }> {
  const beganMs = performance.now();
  const request = {
    recipe,
    parameters: {},
    seed: o.seed,
    minutes,
    ...(from !== undefined && { startFrom: from }),
  };
  const { modelId } = await runJob(o.api, silent, () => o.api.startTraining(request));
  const id = String(modelId);
  await o.api.updateModel({ id, pinned: true });
  await runJob(o.api, silent, () => o.api.startPrediction({ modelId: id }));
  const machineS = (performance.now() - beganMs) / 1000;
  const byImage = new Map<string, readonly Suggestion[]>();
  for (const image of open) {
    const { predictions } = await o.api.getImage({ id: image.id });
    byImage.set(
      image.id,
      predictions.map((record) => {
        const { classId, score, x, y, w, h } = record;
        return { record, classId, score, box: { x, y, w, h } };
      }),
    );
  }
  // As training judged it on the photographs kept for that.
  const map50 = (await o.api.listModels()).find((model) => model.id === id)?.metrics?.map50 ?? null;
  return { helper: { modelId: id, recipe, byImage, readyAt: nowS + machineS }, machineS, map50 };
}

/** The answers of one photograph as the one gesture that saves them. Suggestions of other models than the newest are no longer open. */
function toGesture(image: ImageListItem, given: Answer<Suggestion>, newest: string | undefined) {
  const boxOf = ({ classId, box }: HandBox, from: PredictionRecord | null): BoxRecord => ({
    id: randomUUID(),
    imageId: image.id,
    classId,
    ...box,
    source: from === null ? 'person' : 'model',
    modelId: from?.modelId ?? null,
    score: from?.score ?? null,
    attributes: {},
    head: null,
    tail: null,
  });
  const diffs: RecordDiff[] = [];
  const insert = (box: BoxRecord): void => {
    diffs.push({ table: 'boxes', id: box.id, before: null, after: box });
  };
  const settle = (from: PredictionRecord, next: 'accepted' | 'adjusted', own: string): void => {
    if (from.modelId !== newest) return;
    const { id, status, boxId } = from;
    const after = { id, status: next, boxId: own };
    diffs.push({ table: 'predictions', id, before: { id, status, boxId }, after });
  };
  for (const hand of given.drawn) insert(boxOf(hand, null));
  for (const { predicted, classId } of given.accepted) {
    const box = boxOf({ classId, box: predicted.box }, predicted.record);
    insert(box);
    settle(predicted.record, 'accepted', box.id);
  }
  for (const { predicted, classId, box: place } of given.adjusted) {
    const box = boxOf({ classId, box: place }, predicted.record);
    insert(box);
    settle(predicted.record, 'adjusted', box.id);
  }
  for (const { record } of given.rejected) if (record.modelId === newest) diffs.push(...rejectDiffs(record));
  const state = diffs.some(({ table }) => table === 'boxes') ? 'reviewed' : 'empty';
  diffs.push({
    table: 'images',
    id: image.id,
    // Kept apart from those that judge the models.
    before: { id: image.id, state: image.state, split: image.split },
    after: { id: image.id, state, split: 'train' },
  });
  return reviewGesture(randomUUID(), 'Label photograph', image.id, diffs);
}
