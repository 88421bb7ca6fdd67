/** `evaluate PROJECT`: the figures of a model on one split. */
import { z } from 'zod';
import { splitChoiceSchema } from '../../../core/learning.ts';
import { metricsSchema } from '../../../core/records.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({ model: z.string().optional(), split: splitChoiceSchema.default('valid') });

export const evaluateCommand: CliCommand = {
  name: 'evaluate',
  summary: 'measure a model against the hand labels of one split',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .option('--model <id>', 'the model; the one that suggests when left out')
      .option('--split <name>', 'train, valid, test or all', 'valid'),
  run: (context, [project = ''], options) => {
    const { model, split } = optionsSchema.parse(options);
    return withHost(project, async (host) => {
      const metrics = metricsSchema.parse(
        await runJob(host, context, () => host.startEvaluation({ modelId: model, split })),
      );
      for (const [name, value] of Object.entries(metrics))
        context.output.say(
          `${name.padEnd(9)} ${typeof value === 'number' ? Number(value.toFixed(4)) : (value ?? 'not an output of this recipe')}`,
        );
      return metrics;
    });
  },
};
