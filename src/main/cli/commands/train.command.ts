/** `train PROJECT --recipe ID`: trains one model. */
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { trainResultSchema } from '../results.ts';
import { runJob } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z.object({
  recipe: z.string(),
  set: z.array(z.string()).default([]),
  seed: z.coerce.number().int().default(1),
  minutes: z.coerce.number().positive().optional(),
});

export const trainCommand: CliCommand = {
  name: 'train',
  summary: 'train a model on the labelled images',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .requiredOption('--recipe <id>', 'detector, box-and-class, …')
      .option('--set <key=value...>', 'a parameter of the recipe')
      .option('--seed <n>', 'same seed, same backend: same model', '1')
      .option('--minutes <m>', 'a time budget instead of epochs; the schedule adapts to it'),
  run: (context, [project = ''], options) => {
    const { recipe, set, seed, minutes } = optionsSchema.parse(options);
    return withHost(project, async (host) => {
      const request = { recipe, parameters: collectSettings(set), seed, minutes: minutes ?? null };
      const plan = await host.planTraining(request);
      context.output.say(
        `${plan.trainImages} images to train on, ${plan.validImages} to check with, ${plan.boxes} boxes; ${plan.backend}.`,
      );
      for (const warning of plan.warnings) context.output.note(`${warning.message} ${warning.hint}`);
      const result = trainResultSchema.parse(await runJob(host, context, () => host.startTraining(request)));
      const map50 = result.metrics?.map50;
      context.output.say(
        `Model ${result.modelId}: ${result.epochs} epochs in ${(result.trainMs / 1000).toFixed(1)} s, ${result.imagesPerS.toFixed(0)} images/s` +
          (typeof map50 === 'number'
            ? `, mAP@.5 ${map50.toFixed(3)} on ${result.metrics?.n} images held back.`
            : '.'),
      );
      return result;
    });
  },
};
