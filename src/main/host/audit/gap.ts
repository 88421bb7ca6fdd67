/** The gap: what a recipe scores when boats are on both sides, and when they are not. The same training, twice or more. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type AuditApi, type Gap, gapRequestSchema } from '../../../contract/audit.ts';
import { trainRequestSchema } from '../../../contract/schemas.ts';
import { AppError } from '../../../core/errors.ts';
import type { JobContext, JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { listLabelledImages } from '../learning/labelled-images.ts';
import { findRecipe } from '../learning/recipes.ts';
import { gatherTrainingSet } from '../learning/training.ts';
import type { OpenProject } from '../open-project.ts';
import { findGap, saveGap } from './stored-audit.ts';

type GapArea = Pick<AuditApi, 'startGap' | 'gap'>;
type GapRequest = ReturnType<typeof gapRequestSchema.parse>;
type Side = Gap['sides'][number];

export function createGapArea(context: HostContext): GapArea {
  return {
    startGap: async (request) => {
      const project = context.session.require();
      const groups = new Set(listLabelledImages(project).labelled.map(({ image }) => image.group ?? image.id))
        .size;
      if (groups < 2) throw oneGroup();
      const title = `Compare splits with ${(await findRecipe(context, request.recipe))?.title ?? request.recipe}`;
      return {
        jobId: context.jobs.start({ kind: 'gap', title, input: { ...request }, store: project.jobStore }).id,
      };
    },
    gap: async () => findGap(context.session.require()),
  };
}

/** The job: trains and judges on both kinds of division, and keeps what came of it. The models are not kept. */
export function createGapRunner(context: HostContext): JobRunner {
  return async (rawInput, job) => {
    const request = gapRequestSchema.parse(rawInput);
    const project = context.session.require();
    const dir = path.join(project.dir, 'audit', 'gap');
    rmSync(dir, { recursive: true, force: true });
    try {
      const gap = await measureGap(context, project, request, dir, job);
      saveGap(project, gap);
      return { summary: gap.sentence, result: { ...gap } };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

async function measureGap(
  context: HostContext,
  project: OpenProject,
  request: GapRequest,
  dir: string,
  job: JobContext,
): Promise<Gap> {
  const ways = ['random', 'grouped'] as const;
  const runs = ways.flatMap((splitBy) =>
    Array.from({ length: request.folds }, (_, index) => ({ splitBy, index })),
  );
  const found: { splitBy: Side['splitBy']; images: number; classAcc: number | null; map50: number | null }[] =
    [];
  for (const [at, { splitBy, index }] of runs.entries()) {
    const metrics = await trainOnce(context, project, request, {
      splitBy,
      index,
      modelDir: path.join(dir, `${splitBy}-${index}`),
      job: {
        ...job,
        onProgress: (progress) =>
          job.onProgress({
            ...progress,
            phase: `${splitBy === 'random' ? 'Random split, training' : 'Grouped split, training'} ${at + 1} of ${runs.length}`,
          }),
        onCurve: () => undefined,
      },
    });
    found.push({ splitBy, images: metrics.n, classAcc: metrics.classAcc, map50: metrics.map50 });
  }
  const figure = found.every(({ classAcc }) => classAcc !== null) ? 'classAcc' : 'map50';
  const sides = ways.map((splitBy): Side => {
    const own = found.filter((run) => run.splitBy === splitBy);
    const each = own.map((run) => run[figure] ?? 0);
    return {
      splitBy,
      each,
      mean: each.reduce((sum, value) => sum + value, 0) / each.length,
      images: own.reduce((sum, { images }) => sum + images, 0),
    };
  });
  const title = (await findRecipe(context, request.recipe))?.title ?? request.recipe;
  const [random, grouped] = sides;
  return {
    recipe: request.recipe,
    title,
    figure,
    folds: request.folds,
    sides,
    sentence: random && grouped ? sayGap(title, figure, random, grouped) : '',
    madeAtMs: context.now(),
  };
}

/** Small differences are chance: with few groups a single division moves by more. */
const noGap = 0.03;

/** One-sided, one in twenty. */
const byChance = 1.645;

export function sayGap(
  title: string,
  figure: Gap['figure'],
  random: Pick<Side, 'mean' | 'images'>,
  grouped: Pick<Side, 'mean' | 'images'>,
): string {
  const name = figure === 'classAcc' ? 'of classes right' : 'mAP@.5';
  const show = ({ mean }: Pick<Side, 'mean'>): string => mean.toFixed(2);
  const gap = random.mean - grouped.mean;
  if (gap < noGap)
    return `${title}: ${show(grouped)} ${name} on boats it never saw, ${show(random)} on a random split: no gap to speak of.`;
  const said = `${title}: on new boats expect ${show(grouped)} ${name}, not ${show(random)}`;
  // Photographs of one boat are alike, so even this counts chance too low; of mAP nothing so simple is known.
  const variance = [random, grouped].reduce(
    (sum, { mean, images }) => sum + (mean * (1 - mean)) / Math.max(1, images),
    0,
  );
  if (figure === 'map50' || gap > byChance * Math.sqrt(variance)) return `${said}.`;
  return `${said}; but with ${random.images} and ${grouped.images} photographs judged, that may be chance.`;
}

async function trainOnce(
  context: HostContext,
  project: OpenProject,
  request: GapRequest,
  run: { splitBy: Side['splitBy']; index: number; modelDir: string; job: JobContext },
) {
  const { folds, ...rest } = request;
  const asked = trainRequestSchema.parse({
    ...rest,
    splitBy: run.splitBy,
    ...(folds > 1 ? { fold: { index: run.index, of: folds } } : {}),
  });
  const set = await gatherTrainingSet(context, project, asked, run.job);
  if (
    !set.samples.some(({ split }) => split === 'valid') ||
    !set.samples.some(({ split }) => split === 'train')
  )
    throw oneGroup();
  const { metrics } = await context.engine.call(
    'train',
    {
      recipe: request.recipe,
      parameters: set.plan.parameters as Record<string, unknown>,
      seed: request.seed,
      minutes: request.minutes,
      classes: set.classes,
      samples: set.samples,
      ...(set.neighbours && { neighbours: set.neighbours }),
      featuresDir: project.featuresDir,
      canvas: project.db.settings.get().canvas,
      modelDir: run.modelDir,
      resume: false,
    },
    { signal: run.job.signal, onProgress: run.job.onProgress },
  );
  return metrics;
}

function oneGroup(): AppError {
  return new AppError({
    code: 'gap/one-group',
    message:
      'The labelled photographs are of one group, or too few to divide, so there are no new boats to compare with. Nothing was trained.',
    hint: 'Label photographs of more groups, or confirm groups in the Data place.',
  });
}
