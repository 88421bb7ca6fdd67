/** Two or more models on the same labels: from what was kept of their judgements to figures with ranges. */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ContrastView } from '../../../contract/contrast.ts';
import type { SplitChoice } from '../../../contract/host-api.ts';
import { type Contrast, type ContrastInput, contrastInSteps, type Said } from '../../../core/contrast.ts';
import { AppError } from '../../../core/errors.ts';
import type { ModelRecord } from '../../../core/records.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { listIgnored, listLabelledImages } from './labelled-images.ts';
import { nameClasses } from './model-classes.ts';
import { listTaughtPhotographs } from './model-teachers.ts';
import { suggestsBoxes } from './recipes.ts';
import { findJudgement, type StoredJudgement } from './stored-judgement.ts';

/** Images told one by one. */
const imagesAtMost = 500;
/** Time between two looks at what else waits. */
const turnMs = 15;

/** One against one, `first` and `second` in each. */
export interface ModelPair {
  readonly first: ModelRecord;
  readonly second: ModelRecord;
}

/** As `ContrastApi.contrastModels` for one pair; several are averaged. */
export async function contrastPairs(
  context: HostContext,
  project: OpenProject,
  pairs: readonly ModelPair[],
  split: SplitChoice,
): Promise<ContrastView> {
  const [main] = pairs;
  if (main === undefined) throw new RangeError('a contrast needs two models');
  const models = [
    ...new Map(pairs.flatMap(({ first, second }) => [first, second]).map((m) => [m.id, m])).values(),
  ];
  const says = await Promise.all(models.map(({ recipe }) => suggestsBoxes(context, recipe)));
  if (new Set(says).size > 1) throw different(main);
  const judgements = readJudgements(project, models, split);
  const classes = nameClasses(project, main.second);
  if (models.some(({ classIds }) => classIds.join() !== main.second.classIds.join())) throw different(main);
  const { images, leftOut } = pickImages(project, models, judgements, split);
  if (images.length === 0) throw nothingLeft(main, leftOut);
  const said = ({ id }: ModelRecord): Said[] => {
    const byImage = new Map(judgements.get(id)?.images.map((entry) => [entry.imageId, entry]));
    return images.map(({ imageId }) => toSaid(byImage.get(imageId)));
  };
  const contrast = await run({
    images,
    runs: pairs.map(({ first, second }) => ({ first: said(first), second: said(second) })),
    classes,
    suggestsBoxes: says[0] === true,
    seed: main.second.seed,
  });
  const revision = project.db.changes.revision();
  const shown = contrast.images.slice(0, imagesAtMost);
  const items = new Map(
    project.db.images
      .listItems(
        shown.map(({ imageId }) => imageId),
        main.second.id,
      )
      .map((item) => [item.id, item]),
  );
  return {
    ...contrast,
    firstId: main.first.id,
    secondId: main.second.id,
    split,
    leftOut,
    isStale: [...judgements.values()].some((judgement) => judgement.revision !== revision),
    images: shown.flatMap(({ imageId, first, second }) => {
      const image = items.get(imageId);
      return image === undefined ? [] : [{ image, first, second }];
    }),
  };
}

function readJudgements(
  project: OpenProject,
  models: readonly ModelRecord[],
  split: SplitChoice,
): Map<string, StoredJudgement> {
  const found = new Map<string, StoredJudgement>();
  for (const { id } of models) {
    const judgement = findJudgement(path.join(project.modelsDir, id), split);
    if (judgement !== undefined) found.set(id, judgement);
  }
  const missing = models.filter(({ id }) => !found.has(id));
  if (missing.length === 0) return found;
  throw new AppError({
    code: 'contrast/not-judged',
    message: `${missing.map(({ name }) => `“${name}”`).join(' and ')} was not judged on these images yet, so nothing can be set against it.`,
    hint: 'Judge both models on them first.',
    details: { modelIds: missing.map(({ id }) => id) },
  });
}

/** Images that all were judged on and that are labelled still; on `train` and `all` also those that taught. */
function pickImages(
  project: OpenProject,
  models: readonly ModelRecord[],
  judgements: ReadonlyMap<string, StoredJudgement>,
  split: SplitChoice,
): { images: ContrastInput['images'][number][]; leftOut: number } {
  const judged = models.map(
    ({ id }) => new Set(judgements.get(id)?.images.map(({ imageId }) => imageId) ?? []),
  );
  const taught =
    split === 'train' || split === 'all' ? [] : models.map((model) => listTaughtPhotographs(project, model));
  const common = listLabelledImages(project).labelled.filter(({ image }) =>
    judged.every((ids) => ids.has(image.id)),
  );
  const apart = common.filter(
    ({ image }) => !taught.some(({ ids, hashes }) => ids.has(image.id) || hashes.has(image.hash)),
  );
  return {
    images: apart.map((item) => ({
      imageId: item.image.id,
      group: item.image.group,
      hand: item.boxes.map((box) => ({ classId: box.classId, box })),
      ignored: listIgnored(item),
    })),
    leftOut: common.length - apart.length,
  };
}

function toSaid(entry: StoredJudgement['images'][number] | undefined): Said {
  return {
    found: (entry?.found ?? []).map(([classId, x, y, w, h, score]) => ({
      classId,
      box: { x, y, w, h },
      score,
    })),
    probabilities: entry?.probabilities ?? null,
  };
}

/** Windows are answered in between. */
async function run(input: ContrastInput): Promise<Contrast> {
  const steps = contrastInSteps(input);
  for (let lastMs = performance.now(); ; ) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - lastMs < turnMs) continue;
    await nextTurn();
    lastMs = performance.now();
  }
}

function different({ first, second }: ModelPair): AppError {
  return new AppError({
    code: 'contrast/different',
    message: `“${first.name}” and “${second.name}” do not say the same things: one finds boxes and the other does not, or their classes differ. They cannot be set against each other.`,
    hint: 'Choose two models of the same classes that both suggest boxes, or both tell the class of photographs.',
    details: { first: first.name, second: second.name },
  });
}

function nothingLeft({ first, second }: ModelPair, leftOut: number): AppError {
  return new AppError({
    code: 'contrast/no-images',
    message: `No image is left on which “${first.name}” and “${second.name}” can be set against each other: of those both were judged on, ${leftOut} taught one of them.`,
    hint: 'Mark images for validation or test, or divide both trainings the same way, then judge both again.',
    details: { leftOut, first: first.name, second: second.name },
  });
}
