/** What a switch brings, measured: the same training with and without it, judged on the same validation images; models against each other. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  type ContrastApi,
  type Effect,
  type EffectRequest,
  effectRequestSchema,
  effectSchema,
  switchOff,
} from '../../../contract/contrast.ts';
import type { TrainRequest } from '../../../contract/host-api.ts';
import { trainRequestSchema } from '../../../contract/schemas.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import type { ModelRecord } from '../../../core/records.ts';
import type { JobContext, JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { contrastPairs, type ModelPair } from './contrast.ts';
import { bringBack } from './deleted-models.ts';
import { judgeModel } from './evaluation.ts';
import { listTeacherIds } from './model-teachers.ts';
import { requireModel } from './predictions.ts';
import { findRecipe } from './recipes.ts';
import { createTrainingArea, createTrainRunner } from './training.ts';

/** Effects are told of the side that taught nothing. */
const split = 'valid';

/** One training of an effect; its id is chosen at the start, so that a resumed job finds what is done. */
const trialSchema = z.object({ modelId: z.string(), isOn: z.boolean(), request: trainRequestSchema });
type Trial = z.infer<typeof trialSchema>;
const effectInputSchema = z.object({ asked: effectRequestSchema, trials: z.array(trialSchema) });

export function createContrastArea(context: HostContext): ContrastApi {
  const training = createTrainingArea(context);
  return {
    contrastModels: async ({ first, second, split: chosen }) => {
      const project = context.session.require();
      const pair = { first: requireModel(project, first), second: requireModel(project, second) };
      return contrastPairs(context, project, [pair], chosen);
    },
    startEffect: async (asked) => {
      const project = context.session.require();
      const trials = asked.what === 'ensemble' ? [] : await listTrials(context, asked);
      if (asked.what === 'ensemble') listMembers(project, requireModel(project, asked.modelId));
      // A request that cannot work is refused at once, either way.
      for (const { request } of trials.slice(0, 2)) await training.planTraining(request);
      return {
        jobId: context.jobs.start({
          kind: 'effect',
          title: titles[asked.what],
          input: { asked, trials },
          store: project.jobStore,
        }).id,
      };
    },
    trainAgain: async ({ id }) => {
      const project = context.session.require();
      return training.startTraining(requestOf(context, requireModel(project, id)));
    },
    restoreModel: async ({ id }) => {
      const project = context.session.require();
      const model = bringBack(project, id);
      project.announce();
      return model;
    },
  };
}

const titles: Readonly<Record<EffectRequest['what'], string>> = {
  augmentation: 'Measure what augmentation brings',
  'pseudo-labels': 'Measure what photographs without labels bring',
  ensemble: 'Measure what the ensemble brings',
};

/** With and without by turns, so that an early stop leaves pairs. Throws `effect/no-switch`. */
async function listTrials(
  context: HostContext,
  asked: Exclude<EffectRequest, { what: 'ensemble' }>,
): Promise<Trial[]> {
  const recipe = await findRecipe(context, asked.request.recipe);
  const off = switchOff(asked.what, asked.request, recipe?.defaults ?? {});
  const share = asked.request.parameters.pseudoShare;
  if (off === undefined || (asked.what === 'pseudo-labels' && !(typeof share === 'number' && share > 0)))
    throw new AppError({
      code: 'effect/no-switch',
      message:
        off === undefined
          ? `“${recipe?.title ?? asked.request.recipe}” has no such switch, so there is nothing to measure.`
          : 'No share of photographs without labels is chosen, so both trainings would be the same. Nothing was started.',
      hint:
        off === undefined
          ? 'Choose another recipe.'
          : 'Choose the earlier model and a share under “Plan and settings”, such as 0.0625.',
    });
  return Array.from({ length: asked.runs }, (_, run) =>
    [off, asked.request].map(
      (request, side): Trial => ({
        modelId: context.newId(),
        isOn: side === 1,
        // Whatever the seed of the training: all are judged on the same images.
        request: {
          ...request,
          seed: asked.request.seed + run,
          divideSeed: asked.request.divideSeed ?? asked.request.seed,
        },
      }),
    ),
  ).flat();
}

/** The members of an ensemble. Throws `effect/no-members`. */
function listMembers(project: OpenProject, model: ModelRecord): ModelRecord[] {
  const members = listTeacherIds(model.parameters).flatMap((id) => project.db.models.find(id) ?? []);
  if (typeof model.parameters.members === 'string' && members.length > 0) return members;
  throw new AppError({
    code: 'effect/no-members',
    message: `“${model.name}” is no ensemble, or its members are gone, so there is nothing to set it against.`,
    hint: 'Choose an ensemble whose models are still in the list.',
    details: { modelId: model.id },
  });
}

/** What a model was asked to be, so that it can be trained again: the job's own input where it is kept, else the plan in the record. */
function requestOf(context: HostContext, model: ModelRecord): TrainRequest {
  const job = context.jobs.list().find(({ kind, input }) => kind === 'train' && input.modelId === model.id);
  const { minutes, splitBy } = model.plan;
  const { fold, startFrom, divideSeed } = job?.input ?? {};
  return trainRequestSchema.parse({
    fold,
    startFrom,
    divideSeed,
    recipe: model.recipe,
    parameters: model.parameters,
    seed: model.seed,
    minutes: typeof minutes === 'number' ? minutes : null,
    ...(typeof splitBy === 'string' && { splitBy }),
  });
}

/** The job. Its result is an {@link Effect}. */
export function createEffectRunner(context: HostContext): JobRunner {
  const train = createTrainRunner(context);
  return async (rawInput, job) => {
    const { asked, trials } = effectInputSchema.parse(rawInput);
    const project = context.session.require();
    for (const [i, trial] of trials.entries()) {
      if (project.db.models.find(trial.modelId) !== undefined) continue;
      const isBegun = existsSync(path.join(project.modelsDir, trial.modelId));
      const part = { ...partOf(job, i, trials.length), resume: job.resume && isBegun };
      await train({ ...trial.request, modelId: trial.modelId, isTrial: true }, part);
      const note = `${asked.what}: ${trial.isOn ? 'with' : 'without'}`;
      project.db.transaction(() => project.db.models.update(trial.modelId, { notes: note }));
      project.announce();
    }
    const pairs =
      asked.what === 'ensemble' ? pairMembers(project, asked.modelId) : pairTrials(project, trials);
    const models = new Map(pairs.flatMap(({ first, second }) => [first, second]).map((m) => [m.id, m]));
    for (const model of models.values()) await judgeModel(context, project, model, split, job);
    const { n, groups, rounds, figures, perClass } = await contrastPairs(context, project, pairs, split);
    const effect: Effect = effectSchema.parse({
      what: asked.what,
      recipe: pairs[0]?.second.recipe ?? '',
      split,
      withIds: [...new Set(pairs.map(({ second }) => second.id))],
      withoutIds: [...new Set(pairs.map(({ first }) => first.id))],
      contrast: { n, groups, rounds, figures, perClass },
    });
    return { summary: describe(effect), result: effect };
  };
}

function pairTrials(project: OpenProject, trials: readonly Trial[]): ModelPair[] {
  const withSwitch = trials.filter(({ isOn }) => isOn);
  return withSwitch.flatMap((on) => {
    const off = trials.find(({ isOn, request }) => !isOn && request.seed === on.request.seed);
    return off === undefined
      ? []
      : [{ first: requireModel(project, off.modelId), second: requireModel(project, on.modelId) }];
  });
}

/** The ensemble against each of its members: the gain is over the mean member, since the best one is only known afterwards. */
function pairMembers(project: OpenProject, modelId: string): ModelPair[] {
  const second = requireModel(project, modelId);
  return listMembers(project, second).map((first) => ({ first, second }));
}

/** The progress of one training among several: how long all will take is not known. */
function partOf(job: JobContext, at: number, of: number): JobContext {
  return {
    ...job,
    onProgress: (progress) =>
      job.onProgress({ ...progress, phase: `${progress.phase} (${at + 1}/${of})`, etaMs: null }),
    // Each has a curve of its own kind; of several in one chart nothing could be read.
    onCurve: () => undefined,
  };
}

function describe({ contrast }: Effect): string {
  const main = contrast.figures.find(({ gain }) => gain !== null);
  if (main === undefined || main.gain === null) return 'No figure could be told';
  const range =
    main.interval === null ? '' : ` (${main.interval.low.toFixed(3)} to ${main.interval.high.toFixed(3)})`;
  return `${main.name} ${main.gain >= 0 ? '+' : ''}${main.gain.toFixed(3)}${range}, on ${countOf(contrast.n, 'image')}`;
}
