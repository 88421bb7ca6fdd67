/** `export PROJECT --format ID --out DIR`: labels for another tool. */
import path from 'node:path';
import { z } from 'zod';
import { copyChoiceSchema } from '../../../contract/transfer.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { presentTransfer } from '../results.ts';
import { runReported } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z.object({
  format: z.string(),
  out: z.string(),
  set: z.array(z.string()).default([]),
  copies: copyChoiceSchema.default('none'),
  report: z.string().optional(),
});

export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'write labels or a submission; reports everything the format cannot say',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .requiredOption('--format <id>', 'coco, kaggle-submission, …')
      .requiredOption('--out <dir>', 'folder to write into')
      .option('--set <key=value...>', 'an option of the format')
      .option('--copies <how>', 'photographs beside the labels: none, unchanged, or upright pixels')
      .option('--report <file>', 'the report, image by image: a .html page, .csv or .json'),
  run: async (context, [project = ''], options) => {
    const { format, out, set, copies, report } = optionsSchema.parse(options);
    return withHost(project, async (host) => {
      const result = await runReported(host, context, report, () =>
        host.startExport({ format, dir: path.resolve(out), options: collectSettings(set), copies }),
      );
      return presentTransfer(context.output, 'Exported', result);
    });
  },
};
