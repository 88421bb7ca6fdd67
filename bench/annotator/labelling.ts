/** One run of the simulated person through a project: real host, real database, real trainings; only the hands are simulated. */
import type { HostApi } from '../../src/contract/host-api.ts';
import type { ImageListItem } from '../../src/contract/schemas.ts';
import type { HandBox } from '../../src/core/metrics-match.ts';
import { createRandom } from '../../src/core/random.ts';
import { defaultCutScore } from '../../src/core/review.ts';
import { runJob } from '../../src/main/cli/run-job.ts';
import { type LabelQuality, readQuality, type Suggestion, toGesture } from './answers.ts';
import { answer, type Costs } from './person.ts';
import type { LogLine, Said } from './replay.ts';

export interface LabellingOptions {
  readonly api: HostApi;
  /** Hand boxes of every photograph by its path. */
  readonly truth: ReadonlyMap<string, readonly HandBox[]>;
  readonly seed: number;
  readonly costs: Costs;
  /** Trainings; each goes on from the model before it where that is of the same recipe. */
  readonly rounds: readonly Round[];
  /** Settings of the recipe `detector` in every training. */
  readonly detector?: Readonly<Record<string, unknown>>;
  /** Which photograph is next: as drawn from the seed, or as the image list has them, the least sure first. */
  readonly order: Order;
  /** Told after every training and every {@link toldEvery} photographs, so that a run that is cut short has said what it knew. */
  readonly onStand?: (stand: Stand) => void;
  /** Told all that was known and said, so that other ways to use the same suggestions can be reckoned without a training. */
  readonly onLog?: (line: LogLine) => void;
}

export interface Round {
  /** Photographs labelled before it begins. */
  readonly after: number;
  /** How long it takes, in time or in visits of each photograph: the second is the same model on a busy machine too. */
  readonly effort: { readonly minutes: number } | { readonly epochs: number };
  readonly recipe: string;
}

/**
 * A plan of trainings from its text: `20x1,60x30e,100x2@detector-fine` trains one minute after 20 photographs, visits each 30 times after 60,
 * and takes two minutes with another recipe after 100. `recipe` where none is named.
 */
export function readRounds(text: string, recipe: string): Round[] {
  return text.split(',').map((part) => {
    const [when = '', own = recipe] = part.split('@');
    const [after = '', long = '1'] = when.split('x');
    const effort = long.endsWith('e') ? { epochs: Number(long.slice(0, -1)) } : { minutes: Number(long) };
    return { after: Number(after), effort, recipe: own };
  });
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
  /** What a photograph took in each fifth of them: what the loop comes to. */
  readonly fifths: readonly Fifth[];
  readonly machineS: number;
  readonly curve: readonly Point[];
  /** Of the labels as the project has them in the end. */
  readonly quality: LabelQuality;
}

/** Means of one photograph. */
export interface Fifth {
  readonly seconds: number;
  /** What drawing all of it takes. */
  readonly byHandS: number;
  /** Boxes drawn and suggestions answered: how much is still asked. */
  readonly answers: number;
}

/** Nothing but drawing. Seconds do not depend on the order. */
export function labelByHand(
  truth: LabellingOptions['truth'],
  costs: Costs,
): Omit<Labelling, 'curve' | 'fifths' | 'quality'> {
  const answers = [...truth.values()].map((boxes) => answer(boxes, [], costs));
  const seconds = answers.reduce((sum, given) => sum + given.seconds, 0);
  const drawn = answers.reduce((sum, given) => sum + given.drawn.length, 0);
  return {
    seconds,
    gestures: drawn + answers.length,
    drawn,
    ...{ accepted: 0, adjusted: 0, rejected: 0, acceptedIou: 1, machineS: 0 },
  };
}

/** Five equal parts, as far as the number allows; fewer than five photographs have as many. */
export function averageFifths(photographs: readonly Fifth[]): Fifth[] {
  const parts = Math.min(5, photographs.length);
  return Array.from({ length: parts }, (_, k) => {
    const own = photographs.slice(
      Math.round((k * photographs.length) / parts),
      Math.round(((k + 1) * photographs.length) / parts),
    );
    const mean = (key: keyof Fifth): number => own.reduce((sum, one) => sum + one[key], 0) / own.length;
    return { seconds: mean('seconds'), byHandS: mean('byHandS'), answers: mean('answers') };
  });
}

/** A model and what it suggested on photographs that were open when it came: all of it, and what the window offers. */
interface Helper {
  readonly modelId: string;
  readonly recipe: string;
  readonly byImage: ReadonlyMap<
    string,
    { readonly all: readonly Suggestion[]; readonly offered: readonly Suggestion[] }
  >;
  /** The score from which they are worth showing, by the photographs that judge. */
  readonly cut: number;
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
  const perImage: Fifth[] = [];
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
    const { all, offered } = helper?.byImage.get(image.id) ?? { all: [], offered: [] };
    // Of the newest model anew at each photograph, as the window offers it; of the one before as it was when the newest came.
    if (helper !== undefined) cut = helper === helpers.at(-1) ? await readCut(o.api) : helper.cut;
    const given = answer(
      truth,
      offered.filter(({ score }) => score >= cut),
      o.costs,
    );
    const { modelId = null } = helper ?? {};
    o.onLog?.({
      kind: 'photograph',
      path: image.path,
      modelId,
      cut,
      truth,
      said: all.map(toSaid),
      offered: offered.map(toSaid),
    });
    await o.api.applyGesture(toGesture(image, given, helpers.at(-1)?.modelId));
    sum.seconds += given.seconds;
    const keys = ['drawn', 'accepted', 'adjusted', 'rejected'] as const;
    const answers = keys.reduce((total, key) => total + given[key].length, 0);
    sum.gestures += answers + 1;
    for (const key of keys) sum[key] += given[key].length;
    for (const { iou } of given.accepted) overlaps += iou;
    const hand = answer(truth, [], o.costs).seconds;
    perImage.push({ seconds: given.seconds, byHandS: hand, answers });
    byHandS += hand;
    if ((done + 1) % toldEvery === 0 || done + 1 === images.length) tell(done + 1);
  }
  curve.push({ seconds: sum.seconds, photographs: images.length, map50: null });
  const acceptedIou = sum.accepted === 0 ? 1 : overlaps / sum.accepted;
  const quality = await readQuality(o.api, images, o.truth);
  return { ...sum, curve, acceptedIou, fifths: averageFifths(perImage), quality };
}

const toSaid = ({ classId, score, box }: Suggestion): Said => ({ classId, score, box });

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
    (byImage.get(id)?.offered ?? []).filter(({ score }) => score >= cut).length;
  const open = images.splice(done);
  open.sort((a, b) => count(a) - count(b));
  images.push(...open);
}

/** Trains on what is labelled, asks about the open photographs, judges. What a person would wait for them is on the machine's clock. */
async function learn(
  o: LabellingOptions,
  { effort, recipe, from, after }: Round & { readonly from: string | undefined },
  open: readonly ImageListItem[],
  nowS: number,
): Promise<{ helper: Helper; machineS: number; map50: number | null }> {
  const beganMs = performance.now();
  const request = {
    recipe,
    parameters: {
      ...(recipe === 'detector' && o.detector),
      ...('epochs' in effort && { epochs: effort.epochs }),
    },
    seed: o.seed,
    minutes: 'minutes' in effort ? effort.minutes : null,
    ...(from !== undefined && { startFrom: from }),
  };
  const { modelId } = await runJob(o.api, silent, () => o.api.startTraining(request));
  const id = String(modelId);
  await o.api.updateModel({ id, pinned: true });
  await runJob(o.api, silent, () => o.api.startPrediction({ modelId: id }));
  const machineS = (performance.now() - beganMs) / 1000;
  const byImage = new Map<string, { all: Suggestion[]; offered: Suggestion[] }>();
  for (const { id: imageId } of open) {
    const { said: all } = await readImage(o.api, imageId, id);
    byImage.set(imageId, { all, offered: (await readImage(o.api, imageId)).said });
  }
  if (o.onLog !== undefined) await logJudges(o, o.onLog, id, after, machineS);
  // As training judged it on the photographs kept for that.
  const map50 = (await o.api.listModels()).find((model) => model.id === id)?.metrics?.map50 ?? null;
  const cut = await readCut(o.api);
  return { helper: { modelId: id, recipe, byImage, cut, readyAt: nowS + machineS }, machineS, map50 };
}

/** The cut that is offered for the model that suggests; until there is such an offer, the one that the window starts with. */
async function readCut(api: HostApi): Promise<number> {
  return (await api.reviewState({ minScore: 0 })).worthCut?.cut ?? defaultCutScore;
}

/** Its labels, and all that a model says of it; with none named, what of the one that suggests is offered. */
async function readImage(
  api: HostApi,
  id: string,
  modelId?: string,
): Promise<{ labels: HandBox[]; said: Suggestion[] }> {
  const { boxes, predictions } = await api.getImage(modelId === undefined ? { id } : { id, modelId });
  return {
    labels: boxes.map(({ classId, x, y, w, h }) => ({ classId, box: { x, y, w, h } })),
    said: predictions.map((record) => {
      const { classId, score, x, y, w, h } = record;
      return { record, classId, score, box: { x, y, w, h } };
    }),
  };
}

/** Tells what the newest model says of the photographs that judge it: a cut is chosen by them. */
async function logJudges(
  { api, truth }: LabellingOptions,
  log: (line: LogLine) => void,
  modelId: string,
  after: number,
  machineS: number,
): Promise<void> {
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: 5000 });
  const judges = [];
  for (const { id, path } of items) {
    if (truth.has(path)) continue;
    const { labels, said } = await readImage(api, id, modelId);
    judges.push({ truth: labels, said: said.map(toSaid) });
  }
  log({ kind: 'model', modelId, after, machineS, judges });
}
