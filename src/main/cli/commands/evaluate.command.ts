/** `evaluate PROJECT`: the figures of a model on one split. */
import { z } from 'zod';
import { evaluationReportSchema } from '../../../core/evaluation.ts';
import { splitChoiceSchema } from '../../../core/learning.ts';
import type { CliCommand } from '../command.ts';
import { describeEvaluation } from '../evaluation-lines.ts';
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
      const report = evaluationReportSchema.parse(
        await runJob(host, context, () => host.startEvaluation({ modelId: model, split })),
      );
      for (const line of describeEvaluation(report)) context.output.say(line);
      return report;
    });
  },
};
