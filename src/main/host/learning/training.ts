/** Planning and training of models. */
import path from 'node:path';
import { z } from 'zod';
import type { HostApi, TrainRequest } from '../../../contract/host-api.ts';
import { trainRequestSchema } from '../../../contract/schemas.ts';
import { AppError } from '../../../core/errors.ts';
import { findsBoxes, type RecipeInfo, type TrainingPlan } from '../../../core/learning.ts';
import type { ClassRecord, ModelRecord } from '../../../core/records.ts';
import type { EngineOutput, TrainingSample } from '../../../engine/messages.ts';
import type { JobRunner } from '../../jobs/job.ts';
import { codeVersion } from '../../version.ts';
import { shownChain } from '../audit/chains.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { divideAfter } from './divide-after.ts';
import { divideSamples } from './divide-samples.ts';
import { backgroundInputSchema, cancelBackgroundTraining, offerModel } from './keep-learning.ts';
import { type LabelledImage, listIgnored, listLabelledImages, toEngineImage } from './labelled-images.ts';
import { findNeighbours } from './neighbours.ts';
import { divideForEnsemble } from './plan-ensemble.ts';
import { divideForSecondLook, nameStages } from './plan-second-look.ts';
import { listPlanWarnings } from './plan-warnings.ts';
import { startPrediction } from './predictions.ts';
import { computePseudoLabels, type PseudoPlan, planPseudoLabels } from './pseudo-labels.ts';
import { findRecipe } from './recipes.ts';
import { findTrainingSet, readDivision, saveTrainingSet, type TrainingSet } from './training-set.ts';
import { listFineTuningWarnings } from './warn-of-fine-tuning.ts';

export type TrainingArea = Pick<HostApi, 'listRecipes' | 'planTraining' | 'startTraining'>;

const trainInputSchema = trainRequestSchema
  // `isTrial`: trained to be measured, never to suggest of its own accord.
  .extend({ modelId: z.string(), isTrial: z.boolean().optional() })
  .extend(backgroundInputSchema.shape);

export function createTrainingArea(context: HostContext): TrainingArea {
  return {
    listRecipes: async () => context.engine.call('recipes', {}),
    planTraining: async (request) => (await plan(context, context.session.require(), request)).plan,
    startTraining: async (request) => {
      const project = context.session.require();
      // Planned once here so that a request that cannot work is refused at once; the job plans on the labels it finds when it starts.
      const { plan: first } = await plan(context, project, request);
      if (first.trainImages === 0 || first.boxes === 0) throw nothingToLearn(first);
      cancelBackgroundTraining(context);
      const modelId = context.newId();
      const title = `Train ${(await findRecipe(context, request.recipe))?.title ?? request.recipe}`;
      return {
        jobId: context.jobs.start({
          kind: 'train',
          title,
          input: { ...request, modelId },
          store: project.jobStore,
        }).id,
      };
    },
  };
}

/** The plan and the samples it stands for. Throws the engine's `recipe/…` errors on parameters it refuses. */
async function plan(
  context: HostContext,
  project: OpenProject,
  request: TrainRequest,
): Promise<{ plan: TrainingPlan; set: TrainingSet; pseudo: PseudoPlan | undefined }> {
  const [{ recipeVersion, parameters: checked }, status] = await Promise.all([
    context.engine.call('checkParameters', { recipe: request.recipe, parameters: request.parameters }),
    context.engine.call('status', {}),
  ]);
  const parameters = await nameStages(context, project, request.recipe, checked);
  const { labelled, unusable } = listLabelledImages(project);
  const classes = project.db.classes.list();
  const divisible = labelled.map(({ image, boxes }) => ({
    id: image.id,
    group: image.group,
    chain: shownChain(image.chain),
    split: image.split,
    classIds: boxes.map((box) => box.classId),
  }));
  const fresh = divideSamples(divisible, request.divideSeed ?? request.seed, request.splitBy, request.fold);
  const startDir = findStartDir(project, request);
  const own = startDir === undefined ? fresh : divideAfter(fresh, divisible, readDivision(startDir));
  const asked = { recipe: request.recipe, parameters };
  const honest = await divideForSecondLook(context, project, asked, labelled, own);
  const division = (await divideForEnsemble(context, project, asked, labelled, own)) ?? honest.division;
  const perClass = countPerClass(classes, labelled, division);
  const facts = {
    splitBy: division.splitBy,
    trainImages: division.train.size,
    validImages: division.valid.size,
    boxes: perClass.reduce((sum, entry) => sum + entry.trainBoxes, 0),
    perClass,
    groups: division.groups,
  };
  const pseudo = await planPseudoLabels(context, project, parameters, { labelled, division });
  const cost = await forecastCost(context, project, { ...request, parameters }, facts);
  const made: TrainingPlan = {
    recipe: request.recipe,
    recipeVersion,
    parameters,
    seed: request.seed,
    minutes: request.minutes,
    ...facts,
    ...(pseudo && { pseudoImages: pseudo.images.length }),
    backbone: nameBackbone(project, status.backbone?.id),
    backend: status.backend,
    ...cost,
    warnings: [
      ...listFineTuningWarnings({ ...cost, boxes: facts.boxes, backend: status.backend }),
      ...listPlanWarnings({ ...facts, unusable, unanswered: labelled.map((one) => one.unanswered.length) }),
      ...honest.warnings,
    ],
  };
  const samples = toSamples(
    project,
    labelled,
    classes.map((entry) => entry.id),
    division,
  );
  const around = await findNeighbours(
    context,
    project,
    request.recipe,
    samples.map(({ image }) => image),
  );
  return {
    plan: made,
    set: { classes: classes.map(({ id, name }) => ({ id, name })), samples, ...around, plan: { ...made } },
    pseudo,
  };
}

/** What moving the backbone will take; empty for recipes that do not. Measured only while the engine has nothing else to do. */
async function forecastCost(
  context: HostContext,
  project: OpenProject,
  { recipe, parameters, minutes }: Pick<TrainRequest, 'recipe' | 'parameters' | 'minutes'>,
  { trainImages, perClass }: Pick<TrainingPlan, 'trainImages' | 'perClass'>,
): Promise<Pick<TrainingPlan, 'fineTuning'>> {
  const isBusy = context.jobs.list().some(({ state }) => state.status === 'running');
  const { fineTuning } = await context.engine.call('forecast', {
    recipe,
    parameters,
    classes: perClass.length,
    canvas: project.db.settings.get().canvas,
    trainImages,
    boxesPerClass: perClass.map(({ trainBoxes }) => trainBoxes),
    minutes,
    measure: !isBusy,
  });
  return fineTuning === null ? {} : { fineTuning };
}

/** The backbone the engine will take for this project; `CATCHLIGHT_BACKBONE` wins over the project's choice there too. */
function nameBackbone(project: OpenProject, embedded: string | undefined): string {
  const isForced = (process.env.CATCHLIGHT_BACKBONE ?? '') !== '';
  const chosen = isForced ? null : project.db.settings.get().backbone;
  return chosen ?? embedded ?? 'none';
}

/** Boxes a class on either side of the division, in the classes' order; those of images on neither side count nowhere. */
function countPerClass(
  classes: readonly ClassRecord[],
  labelled: readonly LabelledImage[],
  division: { train: ReadonlySet<string>; valid: ReadonlySet<string> },
): TrainingPlan['perClass'] {
  const counted = { train: new Map<string, number>(), valid: new Map<string, number>() };
  for (const { image, boxes } of labelled) {
    const side = division.valid.has(image.id)
      ? counted.valid
      : division.train.has(image.id)
        ? counted.train
        : undefined;
    for (const box of boxes) side?.set(box.classId, (side.get(box.classId) ?? 0) + 1);
  }
  return classes.map(({ id, name }) => ({
    classId: id,
    name,
    trainBoxes: counted.train.get(id) ?? 0,
    validBoxes: counted.valid.get(id) ?? 0,
  }));
}

function toSamples(
  project: OpenProject,
  labelled: readonly LabelledImage[],
  classIds: readonly string[],
  division: { train: ReadonlySet<string>; valid: ReadonlySet<string> },
): TrainingSample[] {
  const indexOf = new Map(classIds.map((id, index) => [id, index]));
  return labelled.flatMap((entry): TrainingSample[] => {
    const { image, boxes } = entry;
    const split = division.train.has(image.id) ? 'train' : division.valid.has(image.id) ? 'valid' : undefined;
    if (split === undefined) return [];
    const placed = boxes.flatMap(({ classId, x, y, w, h, head, tail }) => {
      const classIndex = indexOf.get(classId);
      return classIndex === undefined ? [] : [{ classIndex, x, y, w, h, head, tail }];
    });
    const ignored = listIgnored(entry);
    return [
      {
        image: toEngineImage(project, image),
        split,
        boxes: placed,
        ...(ignored.length > 0 && { ignored }),
      },
    ];
  });
}

/** The job: trains into the model's folder, records the model, and lets it suggest where a window is there to show it. */
export function createTrainRunner(context: HostContext): JobRunner {
  return async (rawInput, job) => {
    const input = trainInputSchema.parse(rawInput);
    const project = context.session.require();
    const modelDir = path.join(project.modelsDir, input.modelId);
    const earlier = job.resume ? findTrainingSet(modelDir) : undefined;
    const set = earlier ?? (await gatherTrainingSet(context, project, input, job));
    const { canvas, backbone } = project.db.settings.get();
    if (earlier === undefined) saveTrainingSet(modelDir, { ...set, backbone });
    const { keepsLearning } = input;
    // Answers from here on are new to the models.
    if (!job.resume)
      project.db.transaction(() =>
        project.db.settings.save({ learntRevision: project.db.changes.revision() }),
      );
    const startFrom = findStartDir(project, input);
    const engine = keepsLearning ? context.backgroundEngine : context.engine;
    const output = await engine.call(
      'train',
      {
        recipe: input.recipe,
        parameters: planParameters(set),
        seed: input.seed,
        minutes: input.minutes,
        classes: set.classes,
        samples: set.samples,
        ...(set.neighbours && { neighbours: set.neighbours }),
        featuresDir: project.featuresDir,
        canvas,
        // A run goes on with the features it began on, whatever the project chose since.
        backbone: earlier?.backbone === undefined ? backbone : earlier.backbone,
        modelDir,
        resume: job.resume,
        ...(startFrom !== undefined && { startFrom }),
      },
      { signal: job.signal, onProgress: job.onProgress, onCurve: job.onCurve },
    );
    // Its memory is worth more than its quick start: the next such training is some photographs away.
    if (keepsLearning) await engine.restart();
    const recipe = await findRecipe(context, input.recipe);
    const record = toModelRecord(context, project, input, set, output, recipe);
    // The pinned model is the one that suggests: one without boxes has nothing to offer, and would hide what another offers.
    const canSuggest = input.isTrial !== true && (recipe === undefined || findsBoxes(recipe));
    project.db.transaction(() => {
      project.db.models.insert(record);
      if (canSuggest && !keepsLearning && !project.db.settings.get().pinnedByPerson)
        project.db.models.pin(record.id);
    });
    if (keepsLearning) {
      const before = output.startMetrics ?? null;
      offerModel(context, project, record, {
        against: input.startFrom ?? '',
        answered: input.answered,
        before,
      });
    }
    project.announce();
    if (!keepsLearning && context.suggestsByItself() && project.db.models.findPinned()?.id === record.id)
      startPrediction(context, project, record);
    const { backend, epochs, trainMs, imagesPerS, metrics, failed } = output;
    return {
      summary: describeTraining(record, metrics.map50, metrics.classAcc),
      result: {
        modelId: record.id,
        recipe: record.recipe,
        backend,
        epochs,
        trainMs,
        imagesPerS,
        metrics,
        failed,
      },
    };
  };
}

/** The folder of the model a training goes on from; undefined for none, or one that is gone. */
function findStartDir(project: OpenProject, { startFrom }: TrainRequest): string | undefined {
  const model = startFrom === undefined ? undefined : project.db.models.find(startFrom);
  return model === undefined ? undefined : path.join(project.modelsDir, model.id);
}

/** All that is learnt from, what an earlier model says of photographs without labels included: a resumed run finds the same. */
export async function gatherTrainingSet(
  context: HostContext,
  project: OpenProject,
  request: TrainRequest,
  job: Parameters<JobRunner>[1],
): Promise<TrainingSet> {
  const { set, pseudo } = await plan(context, project, request);
  if (pseudo === undefined) return set;
  const samples = await computePseudoLabels(context, project, pseudo, job);
  return { ...set, samples: [...set.samples, ...samples] };
}

function planParameters(set: TrainingSet): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(set.plan.parameters);
}

function toModelRecord(
  context: HostContext,
  project: OpenProject,
  input: z.infer<typeof trainInputSchema>,
  set: TrainingSet,
  output: EngineOutput<'train'>,
  recipe: RecipeInfo | undefined,
): ModelRecord {
  const number = project.db.models.list().filter((model) => model.recipe === input.recipe).length + 1;
  return {
    id: input.modelId,
    name: `${recipe?.title ?? input.recipe} ${number}`,
    recipe: input.recipe,
    recipeVersion: output.recipeVersion,
    parameters: planParameters(set),
    plan: set.plan,
    seed: input.seed,
    classIds: set.classes.map((entry) => entry.id),
    backboneHash: output.backboneHash,
    backend: output.backend,
    codeVersion,
    metrics: output.metrics,
    weightsHash: output.weightsHash,
    epochs: output.epochs,
    trainMs: output.trainMs,
    imagesPerS: output.imagesPerS,
    createdAtMs: context.now(),
    notes: '',
    pinned: false,
  };
}

function describeTraining(model: ModelRecord, map50: number | null, classAcc: number | null): string {
  const seconds = `${(model.trainMs / 1000).toFixed(1)} s`;
  const score =
    map50 !== null
      ? `, mAP@.5 ${map50.toFixed(3)}`
      : classAcc !== null
        ? `, ${(classAcc * 100).toFixed(1)} % of classes right`
        : '';
  // An ensemble is made without training.
  return `${model.name}${model.epochs === 0 ? ': made in' : ': trained in'} ${seconds}${score}`;
}

function nothingToLearn(first: TrainingPlan): AppError {
  return new AppError({
    code: 'plan/nothing-to-learn',
    message: 'There is no labelled box to learn from, so training was not started.',
    hint: 'Draw boxes on a few images first; three are enough for a first try.',
    details: { trainImages: first.trainImages, boxes: first.boxes },
  });
}
