/** Keeps learning: trains again in the background as answers come in, in an engine of its own at low priority, and offers what came of it. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { HostApi } from '../../../contract/host-api.ts';
import type { KeepLearningView } from '../../../contract/loop.ts';
import { AppError, toAppErrorData } from '../../../core/errors.ts';
import { isJobOver, type Job } from '../../../core/jobs.ts';
import { isNotWorse } from '../../../core/keep-learning.ts';
import { trainingPlanSchema } from '../../../core/learning.ts';
import type { Metrics, ModelRecord } from '../../../core/records.ts';
import { createThrottle } from '../../../core/throttle.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { requireModel, startPrediction } from './predictions.ts';
import { findRecipe } from './recipes.ts';

export type KeepLearningArea = Pick<HostApi, 'keepLearning' | 'saveKeepLearning' | 'answerOffer'>;

/** After a burst of answers the count is looked at once: nothing of it is on the way of a keystroke. */
const lookIntervalMs = 1000;

/** True for a training that nobody asked for by hand. */
export function isBackgroundTraining(job: Pick<Job, 'kind' | 'input'>): boolean {
  return job.kind === 'train' && job.input.keepsLearning === true;
}

/** A training by hand learns from all there is: one in the background would only be in its way. */
export function cancelBackgroundTraining(context: HostContext): void {
  for (const job of context.jobs.list())
    if (isBackgroundTraining(job) && !isJobOver(job.state)) context.jobs.cancel(job.id);
}

export function createKeepLearningArea(context: HostContext): KeepLearningArea {
  return {
    keepLearning: () => view(context, context.session.require()),
    saveKeepLearning: async (changes) => {
      const project = context.session.require();
      const { db } = project;
      const present = db.settings.get().keepLearning;
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const settings = { ...present, ...given };
      db.transaction(() => db.settings.save({ keepLearning: settings }));
      if (!settings.isOn) cancelBackgroundTraining(context);
      else await look(context, project);
      return view(context, project);
    },
    answerOffer: async ({ modelId, use }) => {
      const project = context.session.require();
      const { offer } = project.db.settings.get();
      if (offer === null || offer.modelId !== modelId) throw offerGone();
      const model = requireModel(project, modelId);
      const chosen = use ? model : offer.isInUse ? requireModel(project, offer.againstId) : null;
      if (chosen === null || chosen.pinned)
        project.db.transaction(() => project.db.settings.save({ offer: null }));
      else takeIntoUse(context, project, chosen);
      return view(context, project);
    },
  };
}

/** Looks at the count whenever labels change, a project is opened or a training ends, for as long as the host lives. */
export function watchForLearning(context: HostContext): void {
  const lookSoon = createThrottle<null>(() => {
    const project = context.session.current();
    if (project === null) return;
    look(context, project).catch((error: unknown) => {
      // Nobody asked for this training, so nobody waits for its fault; a project that was closed meanwhile is none.
      if (context.session.current() === project)
        process.stderr.write(`Keep learning: ${toAppErrorData(error).message}\n`);
    });
  }, lookIntervalMs);
  const events = context.events.subscribe(new AbortController().signal, []);
  const listen = async (): Promise<void> => {
    for await (const event of events) {
      const isTrainingOver = event.type === 'job' && event.job.kind === 'train' && isJobOver(event.job.state);
      if (event.type === 'labels' || isTrainingOver) lookSoon.push(null);
      if (event.type === 'project' && event.project !== null) lookSoon.push(null);
    }
  };
  void listen();
}

/** Starts or resumes a training when it is time for one. */
async function look(context: HostContext, project: OpenProject): Promise<void> {
  const { keepLearning } = project.db.settings.get();
  if (!keepLearning.isOn) return;
  const isTraining = (): boolean =>
    context.jobs.list().some(({ kind, state }) => kind === 'train' && !isJobOver(state));
  const model = project.db.models.findPinned();
  if (model === undefined || isTraining()) return;
  const interrupted = context.jobs
    .list()
    .find((job) => isBackgroundTraining(job) && job.state.status === 'interrupted');
  if (interrupted !== undefined) {
    context.jobs.resume(interrupted.id);
    return;
  }
  if (countAnswered(project) < keepLearning.every) return;
  const recipe = await findRecipe(context, model.recipe);
  if (recipe === undefined || !trainsOwnNet(recipe)) return;
  // Time went by: the project may be another, or a training by hand may have begun.
  if (context.session.current() !== project || isTraining()) return;
  const { splitBy } = trainingPlanSchema.pick({ splitBy: true }).partial().catch({}).parse(model.plan);
  context.jobs.start({
    kind: 'train',
    title: `Keep learning: ${recipe.title}`,
    input: {
      recipe: model.recipe,
      parameters: model.parameters,
      seed: model.seed,
      minutes: keepLearning.minutes,
      ...(splitBy && { splitBy }),
      modelId: context.newId(),
      startFrom: model.id,
      keepsLearning: true,
      answered: countAnswered(project),
    },
    store: project.jobStore,
  });
}

const countAnswered = (project: OpenProject): number =>
  project.db.review.countAnsweredSince(project.db.settings.get().learntRevision);

/** False for recipes that join models or look again at another's boxes: what they are made of would have to learn first. */
function trainsOwnNet(recipe: { joins?: unknown; refines?: unknown }): boolean {
  return recipe.joins === undefined && recipe.refines === undefined;
}

/** What a background training came to: offered, or in use at once where that was chosen and it is no worse. */
export function offerModel(
  context: HostContext,
  project: OpenProject,
  model: ModelRecord,
  learnt: { readonly against: string; readonly answered: number; readonly before: Metrics | null },
): void {
  const { db } = project;
  const { offer: older, keepLearning } = db.settings.get();
  const offer = {
    modelId: model.id,
    againstId: learnt.against,
    againstName: db.models.find(learnt.against)?.name ?? '',
    isInUse: keepLearning.switching === 'when-not-worse' && isNotWorse(learnt.before, model.metrics),
    answered: learnt.answered,
    before: learnt.before,
  };
  db.transaction(() => {
    db.settings.save({ offer });
    // One that waited without an answer never suggested anything: the newer one knows all that it knew.
    const isForgotten = older !== null && !older.isInUse && older.modelId !== model.id;
    if (isForgotten && db.models.find(older.modelId)?.pinned === false) db.models.delete(older.modelId);
  });
  if (older !== null && db.models.find(older.modelId) === undefined)
    rmSync(path.join(project.modelsDir, older.modelId), { recursive: true, force: true });
  // The offer stays: a model that takes over by itself is told of, and can be sent back.
  if (offer.isInUse) suggestWith(context, project, model);
}

function takeIntoUse(context: HostContext, project: OpenProject, model: ModelRecord): void {
  project.db.transaction(() => project.db.settings.save({ offer: null }));
  suggestWith(context, project, model);
}

function suggestWith(context: HostContext, project: OpenProject, model: ModelRecord): void {
  project.db.transaction(() => project.db.models.pin(model.id));
  project.announce();
  startPrediction(context, project, model);
}

async function view(context: HostContext, project: OpenProject): Promise<KeepLearningView> {
  const { keepLearning, offer } = project.db.settings.get();
  const pinned = project.db.models.findPinned();
  const recipe = pinned === undefined ? undefined : await findRecipe(context, pinned.recipe);
  const offered = offer === null ? undefined : project.db.models.find(offer.modelId);
  // A person who chose another one meanwhile has noticed; and to one that was deleted there is no way back.
  const isOver =
    offer?.isInUse === true &&
    (offer.modelId !== pinned?.id || project.db.models.find(offer.againstId) === undefined);
  const running = context.jobs.list().find((job) => isBackgroundTraining(job) && !isJobOver(job.state));
  return {
    settings: keepLearning,
    answered: countAnswered(project),
    jobId: running?.id ?? null,
    offer:
      offer === null || offered === undefined || isOver
        ? null
        : { ...offer, name: offered.name, after: offered.metrics },
    obstacle: pinned === undefined ? 'no-model' : recipe && trainsOwnNet(recipe) ? null : 'recipe',
  };
}

function offerGone(): AppError {
  return new AppError({
    code: 'offer/gone',
    message:
      'This model is no longer offered: another one took its place, or it was answered. Nothing was changed.',
    hint: 'Choose a model in the table of models instead.',
  });
}

/** What a background training's job says beyond an ordinary one. */
export const backgroundInputSchema = z.object({
  keepsLearning: z.boolean().default(false),
  answered: z.number().int().default(0),
});
