/** `create PROJECT --images DIR`: a new project from a folder of photographs, with labels when there are some. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { HostApi } from '../../../contract/host-api.ts';
import type { ProjectSummary } from '../../../contract/schemas.ts';
import { AppError, toAppErrorData } from '../../../core/errors.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { projectPath, withHost } from '../open-host.ts';
import { presentScan, presentTransfer } from '../results.ts';
import { runJob } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z.object({
  images: z.string(),
  labels: z.string().optional(),
  format: z.string().optional(),
  set: z.array(z.string()).default([]),
});

export const createCommand: CliCommand = {
  name: 'create',
  summary: 'make a project from a folder of photographs; the photographs stay where they are, untouched',
  define: (command) =>
    command
      .argument('<project>', 'where the project goes: NAME or NAME.catchlight')
      .requiredOption('--images <dir>', 'folder of photographs')
      .option('--labels <path>', 'labels to import right away: a file or a folder')
      .option('--format <id>', 'their format; found out when left out')
      .option('--set <key=value...>', 'an option of the labels’ format'),
  run: async (context, [project = ''], options) => {
    const { images, labels, format, set } = optionsSchema.parse(options);
    const request = { path: path.resolve(labels ?? ''), format, options: collectSettings(set) };
    return withHost(undefined, async (host) => {
      if (labels !== undefined) await checkLabels(host, request);
      const dir = projectPath(project);
      const name = path.basename(dir, '.catchlight');
      const imagesDir = path.resolve(images);
      const scan = await runJob(host, context, async () =>
        (await findUnfinished(host, context, dir, imagesDir))
          ? host.rescan()
          : host.createProject({ imagesDir, dir, name }),
      );
      const told = presentScan(context.output, scan, imagesDir);
      const report = labels === undefined ? null : await importLabels(host, context, request, dir);
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
        ...told,
        import: report,
      };
    });
  },
};

type ImportRequest = Parameters<HostApi['startImport']>[0];

/** What can be seen to be wrong before anything is made. Throws `import/not-found`, `format/unknown`. */
async function checkLabels(host: HostApi, { path: labels, format }: ImportRequest): Promise<void> {
  if (!existsSync(labels)) {
    throw new AppError({
      code: 'import/not-found',
      message: `There is no file or folder of labels at ${labels}, so no project was made.`,
      hint: 'Check the path, or leave --labels out and import them later.',
      details: { path: labels },
    });
  }
  const known = (await host.listFormats()).map(({ id }) => id);
  if (format === undefined || known.includes(format)) return;
  throw new AppError({
    code: 'format/unknown',
    message: `There is no label format called “${format}”, so no project was made.`,
    hint: `Choose one of: ${known.join(', ')}.`,
    details: { format },
  });
}

/** Null for a project that was stopped before it held anything: it is made anew. */
async function openIfWhole(host: HostApi, dir: string): Promise<ProjectSummary | null> {
  try {
    return await host.openProject({ path: dir });
  } catch (thrown) {
    if (toAppErrorData(thrown).code === 'project/unfinished') return null;
    throw thrown;
  }
}

/** True, with the project open, when an earlier `create` of the same photographs was stopped before it had read them all. */
async function findUnfinished(
  host: HostApi,
  context: CommandContext,
  dir: string,
  imagesDir: string,
): Promise<boolean> {
  if (!existsSync(path.join(dir, 'project.db'))) return false;
  const project = await openIfWhole(host, dir);
  if (project === null) return false;
  const scans = (await host.listJobs()).filter((job) => job.kind === 'scan');
  const isOurs = project.imagesRoot === imagesDir && project.counts.boxes + project.counts.models === 0;
  if (!isOurs || scans.some((job) => job.state.status === 'done')) return false;
  context.output.note('This project was begun earlier and stopped half way: going on with it.');
  return true;
}

/** The project is there by now: a fault of the labels says so, since `create` cannot simply be repeated. */
async function importLabels(
  host: HostApi,
  context: CommandContext,
  request: ImportRequest,
  dir: string,
): Promise<Record<string, unknown>> {
  try {
    const result = await runJob(host, context, () => host.startImport(request));
    return presentTransfer(context.output, 'Imported', result);
  } catch (thrown) {
    const { code, message, hint, details } = toAppErrorData(thrown);
    throw new AppError({
      code,
      message: `${message} The project was made, without labels: ${dir}.`,
      hint: `${hint} Then bring the labels in with \`import\`.`,
      details: { ...details, project: dir },
      cause: thrown,
    });
  }
}
