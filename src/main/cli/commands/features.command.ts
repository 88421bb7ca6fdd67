/** `features PROJECT`: runs the backbone over every image once, so that training takes seconds. */
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { featuresResultSchema } from '../results.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({ backbone: z.string().min(1).optional() });

export const featuresCommand: CliCommand = {
  name: 'features',
  summary: 'compute the backbone features of every image; what is there already is kept',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .option('--backbone <id>', 'take this backbone from now on, as `backbone list` names it'),
  run: (context, [project = ''], options) => {
    const { backbone } = optionsSchema.parse(options);
    return withHost(project, async (host) => {
      if (backbone !== undefined) await host.chooseBackbone({ id: backbone });
      const raw = await runJob(host, context, () => host.startFeatures());
      const result = featuresResultSchema.parse(raw);
      context.output.say(
        `${result.images} images at ${result.imagesPerS.toFixed(1)} images/s (the network alone: ${result.inferenceImagesPerS.toFixed(1)}).`,
      );
      const [first] = result.failed;
      if (first !== undefined)
        context.output.note(
          `${result.failed.length} photographs could not be used. The first: ${first.error.message}`,
        );
      return { ...result, ...raw };
    });
  },
};
