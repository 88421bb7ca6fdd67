/** `export PROJECT --format ID --out DIR`: labels for another tool. */
import path from 'node:path';
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { presentTransfer } from '../results.ts';
import { runJob } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z.object({ format: z.string(), out: z.string(), set: z.array(z.string()).default([]) });

export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'write labels or a submission; reports everything the format cannot say',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .requiredOption('--format <id>', 'coco, kaggle-submission, …')
      .requiredOption('--out <dir>', 'folder to write into')
      .option('--set <key=value...>', 'an option of the format'),
  run: async (context, [project = ''], options) => {
    const { format, out, set } = optionsSchema.parse(options);
    return withHost(project, async (host) => {
      const result = await runJob(host, context, () =>
        host.startExport({ format, dir: path.resolve(out), options: collectSettings(set) }),
      );
      return presentTransfer(context.output, 'Exported', result);
    });
  },
};
