/** `import PROJECT PATH`: labels from another tool, as one undoable step. */
import path from 'node:path';
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { presentTransfer } from '../results.ts';
import { runJob } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z.object({ format: z.string().optional(), set: z.array(z.string()).default([]) });

export const importCommand: CliCommand = {
  name: 'import',
  summary: 'read labels of another tool into a project; reports everything skipped or clipped',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .argument('<path>', 'labels: a file or a folder')
      .option('--format <id>', 'their format; found out when left out')
      .option('--set <key=value...>', 'an option of the format'),
  run: async (context, [project = '', labels = ''], options) => {
    const { format, set } = optionsSchema.parse(options);
    const settings = collectSettings(set);
    return withHost(project, async (host) => {
      const result = await runJob(host, context, () =>
        host.startImport({ path: path.resolve(labels), format, options: settings }),
      );
      return presentTransfer(context.output, 'Imported', result);
    });
  },
};
