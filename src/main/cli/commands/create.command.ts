/** `create PROJECT --images DIR`: a new project from a folder of photographs, with labels when there are some. */
import path from 'node:path';
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { projectPath, withHost } from '../open-host.ts';
import { presentTransfer } from '../results.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({
  images: z.string(),
  labels: z.string().optional(),
  format: z.string().optional(),
});

export const createCommand: CliCommand = {
  name: 'create',
  summary: 'make a project from a folder of photographs; the photographs stay where they are, untouched',
  define: (command) =>
    command
      .argument('<project>', 'where the project goes: NAME or NAME.catchlight')
      .requiredOption('--images <dir>', 'folder of photographs')
      .option('--labels <path>', 'labels to import right away: a file or a folder')
      .option('--format <id>', 'their format; found out when left out'),
  run: async (context, [project = ''], options) => {
    const { images, labels, format } = optionsSchema.parse(options);
    return withHost(undefined, async (host) => {
      const dir = projectPath(project);
      const name = path.basename(dir, '.catchlight');
      await runJob(host, context, async () =>
        host.createProject({ imagesDir: path.resolve(images), dir, name }),
      );
      let report: Record<string, unknown> | null = null;
      if (labels !== undefined) {
        const result = await runJob(host, context, () =>
          host.startImport({ path: path.resolve(labels), format }),
        );
        report = presentTransfer(context.output, 'Imported', result);
      }
      const summary = await host.currentProject();
      const counts = summary?.counts;
      context.output.say(
        `${dir}: ${counts?.images ?? 0} images, ${counts?.problems ?? 0} of them unusable, ${counts?.boxes ?? 0} boxes.`,
      );
      return {
        project: dir,
        name,
        images: counts?.images ?? 0,
        problems: counts?.problems ?? 0,
        boxes: counts?.boxes ?? 0,
        import: report,
      };
    });
  },
};
