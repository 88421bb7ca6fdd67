/** `import PROJECT PATH`: labels from another tool, as one undoable step. */
import path from 'node:path';
import { z } from 'zod';
import { importChoicesSchema, importPreviewSchema } from '../../../contract/import-plan.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import type { Output } from '../output.ts';
import { presentTransfer } from '../results.ts';
import { runReported } from '../run-job.ts';
import { collectSettings } from '../settings.ts';

const optionsSchema = z.object({
  format: z.string().optional(),
  set: z.array(z.string()).default([]),
  merge: importChoicesSchema.shape.merge,
  class: z.array(z.string()).default([]),
  within: z.string().optional(),
  dryRun: z.boolean().default(false),
  report: z.string().optional(),
});

export const importCommand: CliCommand = {
  name: 'import',
  summary: 'read labels of another tool into a project; reports everything skipped or clipped',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .argument('<path>', 'labels: a file or a folder')
      .option('--format <id>', 'their format; found out when left out')
      .option('--set <key=value...>', 'an option of the format')
      .option('--merge <how>', 'add what is not there, replace boxes where the labels speak, or keep both')
      .option(
        '--class <name=class...>',
        'a class of the labels as a class of the project; name= leaves it out',
      )
      .option('--within <folder>', 'the folder that is meant where several photographs have one name')
      .option('--dry-run', 'only count what would happen')
      .option('--report <file>', 'the report, image by image: a .html page, .csv or .json'),
  run: async (context, [project = '', labels = ''], options) => {
    const { format, set, merge, class: classes, within, dryRun, report: file } = optionsSchema.parse(options);
    const settings = collectSettings(set);
    const mapped = Object.entries(collectSettings(classes)).map(([name, to]) => [name, String(to)] as const);
    return withHost(project, async (host) => {
      const result = await runReported(host, context, dryRun ? undefined : file, () =>
        host.startImport({
          path: path.resolve(labels),
          format,
          options: settings,
          merge,
          classes: Object.fromEntries(mapped),
          within,
          dryRun,
        }),
      );
      const report = presentTransfer(context.output, dryRun ? 'Would import' : 'Imported', result);
      return { ...report, preview: presentPreview(context.output, result) };
    });
  },
};

/** How the labels were recognised and what they meet, in a few lines. */
function presentPreview(
  output: Output,
  result: Record<string, unknown>,
): z.infer<typeof importPreviewSchema> {
  const preview = importPreviewSchema.parse(result.preview);
  const { recognised, boxes, classes, ambiguous } = preview;
  output.say(
    `  recognised as ${recognised.title} (${Math.round(recognised.confidence * 100)} %): ${recognised.reason}`,
  );
  output.say(`  boxes: ${boxes.added} added, ${boxes.repeated} there already, ${boxes.removed} made way`);
  for (const { name, boxes: count, target, isNew, suggestion } of classes) {
    const hint = suggestion === null ? '' : `; did you mean --class "${name}=${suggestion}"?`;
    output.say(
      `  class ${name} (${count}): ${target === null ? 'left out' : `${isNew ? 'new class ' : ''}${target}`}${hint}`,
    );
  }
  if (ambiguous.length > 0) {
    const [first] = ambiguous;
    output.say(
      `  ${ambiguous.length} names fit several photographs, the first ${first?.reference ?? ''}: ${(first?.paths ?? []).join(', ')}; --within FOLDER settles all`,
    );
  }
  return preview;
}
