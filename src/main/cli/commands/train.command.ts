/** `train PROJECT --recipe ID`: trains one model. `train PROJECT --resume` goes on with one that was stopped. */
import { z } from 'zod';
import type { HostApi } from '../../../contract/host-api.ts';
import { AppError } from '../../../core/errors.ts';
import type { Job } from '../../../core/jobs.ts';
import type { FineTuningCost } from '../../../core/learning.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { withHost } from '../open-host.ts';
import { trainResultSchema } from '../results.ts';
import { runJob } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z
  .object({
    recipe: z.string().optional(),
    resume: z.boolean().default(false),
    set: z.array(z.string()).default([]),
    seed: z.coerce.number().int().optional(),
    minutes: z.coerce.number().positive().optional(),
  })
  .refine(({ recipe, resume }) => resume || recipe !== undefined, {
    path: ['recipe'],
    message: 'name a recipe, or go on with a stopped training by --resume',
  })
  .refine(
    ({ recipe, resume, set, seed, minutes }) =>
      !resume || [recipe, seed, minutes, ...set].every((value) => value === undefined),
    { path: ['resume'], message: 'a stopped training goes on as it was begun: leave the other options out' },
  );

export const trainCommand: CliCommand = {
  name: 'train',
  summary: 'train a model on the labelled images, or go on with a training that was stopped',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .option('--recipe <id>', 'detector, box-and-class, …')
      .option('--resume', 'go on with the newest training that was stopped, from its last checkpoint')
      .option('--set <key=value...>', 'a parameter of the recipe')
      .option('--seed <n>', 'same seed, same backend: same model; 1 when left out')
      .option('--minutes <m>', 'a time budget instead of epochs; the schedule adapts to it'),
  run: (context, [project = ''], options) => {
    const { recipe, resume, set, seed, minutes } = optionsSchema.parse(options);
    return withHost(project, async (host) => {
      const start =
        resume || recipe === undefined
          ? await prepareResume(host, context)
          : await prepareStart(host, context, {
              recipe,
              parameters: collectSettings(set),
              seed: seed ?? 1,
              minutes: minutes ?? null,
            });
      const result = trainResultSchema.parse(await runJob(host, context, start));
      const { map50 = null, classAcc = null, n = 0 } = result.metrics ?? {};
      context.output.say(
        `Model ${result.modelId}: ${result.epochs === 0 ? 'made without training' : `${result.epochs} epochs`} in ${(result.trainMs / 1000).toFixed(1)} s, ${result.imagesPerS.toFixed(0)} images/s` +
          (map50 !== null
            ? `, mAP@.5 ${map50.toFixed(3)} on ${n} images held back.`
            : classAcc !== null
              ? `, ${(classAcc * 100).toFixed(1)} % of classes right on ${n} images held back.`
              : '.'),
      );
      return result;
    });
  },
};

type StartJob = () => Promise<{ jobId: string }>;

async function prepareStart(
  host: HostApi,
  { output }: CommandContext,
  request: Parameters<HostApi['startTraining']>[0],
): Promise<StartJob> {
  const stopped = await findStopped(host);
  if (stopped?.state.status === 'interrupted') {
    output.note(
      `“${stopped.title}” of ${new Date(stopped.createdAtMs).toLocaleString()} was interrupted. What it learnt is kept: --resume goes on with it.`,
    );
  }
  const plan = await host.planTraining(request);
  output.say(
    `${plan.trainImages} images to train on, ${plan.validImages} to check with, ${plan.boxes} boxes; ${plan.backend}.`,
  );
  if (plan.pseudoImages !== undefined)
    output.say(`${plan.pseudoImages} images without labels, learnt as the earlier model sees them.`);
  if (plan.fineTuning !== undefined) output.say(tellFineTuning(plan.fineTuning));
  for (const warning of plan.warnings) output.note(`${warning.message} ${warning.hint}`);
  return () => host.startTraining(request);
}

/** What moving the backbone takes, in a line. */
function tellFineTuning({
  numbers,
  backboneNumbers,
  imagesPerS,
  visits,
  minutes,
  obstacle,
}: FineTuningCost): string {
  if (obstacle !== null || numbers === null || backboneNumbers === null)
    return 'The last blocks of this backbone cannot be trained.';
  const moved = `Moves ${tellMillions(numbers)} numbers, ${tellMillions(backboneNumbers)} of them the backbone's`;
  if (imagesPerS === null || visits === null || minutes === null)
    return `${moved}. How fast was not measured: the engine is at other work, or too slow to try.`;
  return `${moved}; about ${imagesPerS.toPrecision(2)} photographs a second here, ${visits} visits, about ${minutes.toPrecision(2)} min.`;
}

function tellMillions(count: number): string {
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} million` : `${Math.round(count / 1000)} thousand`;
}

/** Throws `train/nothing-to-resume` where every training ended. */
async function prepareResume(host: HostApi, { output }: CommandContext): Promise<StartJob> {
  const stopped = await findStopped(host);
  if (stopped === undefined) {
    throw new AppError({
      code: 'train/nothing-to-resume',
      message: 'No training of this project was stopped before its end, so there is nothing to go on with.',
      hint: 'Start one: train PROJECT --recipe ID.',
    });
  }
  output.say(`Going on: ${stopped.title}, begun ${new Date(stopped.createdAtMs).toLocaleString()}.`);
  return () => host.resumeJob({ id: stopped.id });
}

/** The newest training that was interrupted, cancelled or failed. */
async function findStopped(host: HostApi): Promise<Job | undefined> {
  return (await host.listJobs())
    .filter(
      ({ kind, state }) => kind === 'train' && ['interrupted', 'cancelled', 'failed'].includes(state.status),
    )
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
}
