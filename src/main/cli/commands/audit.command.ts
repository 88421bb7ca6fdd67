/** `audit PROJECT`: groups, near-duplicates, splits, leaks and findings, as lines, as a page and as JSON. */
import path from 'node:path';
import { z } from 'zod';
import { findingTitles } from '../../../core/audit/report-page.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({
  features: z.boolean().default(false),
  seed: z.coerce.number().int().default(1),
  html: z.string().min(1).optional(),
  gap: z.string().min(1).optional(),
  folds: z.coerce.number().int().min(1).max(20).default(1),
});

export const auditCommand: CliCommand = {
  name: 'audit',
  summary: 'look for near-duplicates, groups, leaks and odd labels before trusting a figure',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .option('--features', "compare a backbone's features too: finds same scenes, takes longer")
      .option('--seed <n>', 'of folds and shuffles', '1')
      .option('--gap <recipe>', 'train this recipe on random and on grouped splits as well')
      .option('--folds <n>', 'trainings a side for --gap', '1')
      .option('--html <file>', 'write the report as one page that prints'),
  run: (context, [project = ''], options) => {
    const { features, seed, html, gap: recipe, folds } = optionsSchema.parse(options);
    const { output } = context;
    return withHost(project, async (host) => {
      await runJob(host, context, () => host.startAudit({ features, seed }));
      if (recipe !== undefined)
        await runJob(host, context, () =>
          host.startGap({ recipe, parameters: {}, seed, minutes: null, folds }),
        );
      const report = await host.audit();
      const gap = recipe === undefined ? null : await host.gap();
      if (report === null)
        throw new AppError({
          code: 'audit/none',
          message: 'The audit left no report.',
          hint: 'Run the command again.',
        });
      output.say(
        `${countOf(report.images, 'photograph')}, ${report.labelled} labelled, ${countOf(report.boxes, 'box', 'boxes')}`,
      );
      const signal = report.groups.signals.find(({ isUsed }) => isUsed);
      output.say(
        `${countOf(report.groups.groups.length, 'group')} proposed${signal === undefined ? '' : ` by ${signal.id}`}; ${countOf(report.chains.length, 'chain')} of near-duplicates`,
      );
      for (const { of, into, images, withTwin } of report.twins)
        output.say(`${withTwin} of ${images} in ${of} have a near twin in ${into}`);
      for (const sentence of report.split.sentences) output.say(sentence);
      for (const { target, verdict } of report.leaks) {
        output.say(`${target === 'class' ? 'Which fish' : 'Fish or none'}: ${verdict.sentence}`);
        output.say(`  ${verdict.advice}`);
      }
      if (report.leaks.length === 0)
        output.say('Too few labelled photographs of two classes or more for the leak test.');
      for (const { id, boxes, imageIds } of report.findings)
        output.say(
          `${findingTitles[id]}: ${boxes > 0 ? `${countOf(boxes, 'box', 'boxes')} in ` : ''}${countOf(imageIds.length, 'photograph')}`,
        );
      if (gap !== null) output.say(gap.sentence);
      const page = html === undefined ? null : (await host.saveAudit({ file: path.resolve(html) })).file;
      if (page !== null) output.say(`Report: ${page}`);
      return { ...report, gap, page };
    });
  },
};
