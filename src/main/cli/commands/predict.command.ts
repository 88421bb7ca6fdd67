/** `predict PROJECT --out FILE`: a model's boxes and class probabilities for every image, as JSON or as a Kaggle submission. */
import path from 'node:path';
import { z } from 'zod';
import { splitChoiceSchema } from '../../../core/learning.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({
  model: z.string().optional(),
  out: z.string(),
  split: splitChoiceSchema.default('all'),
});

export const predictCommand: CliCommand = {
  name: 'predict',
  summary: 'write what a model sees: .csv makes a Kaggle submission, anything else JSON',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .requiredOption('--out <file>', 'file to write')
      .option('--model <id>', 'the model; the one that suggests when left out')
      .option('--split <name>', 'train, valid, test or all', 'all'),
  run: (context, [project = ''], options) => {
    const { model, out, split } = optionsSchema.parse(options);
    const file = path.resolve(out);
    return withHost(project, async (host) => {
      const result = await runJob(host, context, () =>
        host.startPredictionFile({ modelId: model, split, file }),
      );
      context.output.say(`Predictions written to ${file}.`);
      return { ...result, file };
    });
  },
};
