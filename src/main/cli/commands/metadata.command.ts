/** `metadata PROJECT [FILE]`: columns of a person's own tables, for the leak test and for the recipe that is told them. */
import path from 'node:path';
import { z } from 'zod';
import { countOf } from '../../../core/count.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';

const names = z
  .string()
  .min(1)
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(z.string()).min(1, 'name a column'));

const optionsSchema = z.object({
  columns: names.optional(),
  nameColumn: z.string().min(1).optional(),
  remove: names.optional(),
});

export const metadataCommand: CliCommand = {
  name: 'metadata',
  summary: 'import columns of a CSV about the photographs, list those that are there, or remove some',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .argument('[file]', 'a CSV with a column of file names; without it, the columns are listed')
      .option('--columns <names>', 'columns to take, with commas between them; all by default')
      .option('--name-column <name>', 'the column with the file names, by name or number; found by default')
      .option('--remove <names>', 'forget these columns'),
  run: (context, [project = '', file], options) => {
    const { columns, nameColumn, remove } = optionsSchema.parse(options);
    const { output } = context;
    return withHost(project, async (host) => {
      if (remove !== undefined)
        await host.removeMetadata({ gestureId: crypto.randomUUID(), columns: remove });
      const imported =
        file === undefined
          ? null
          : await host.importMetadata({
              gestureId: crypto.randomUUID(),
              file: path.resolve(file),
              ...(columns && { columns }),
              ...(nameColumn && { nameColumn }),
            });
      if (imported !== null) {
        output.say(
          `${countOf(imported.columns.length, 'column')} for ${countOf(imported.images, 'photograph')} from ${countOf(imported.rows, 'row')}`,
        );
        if (imported.unmatchedRows > 0)
          output.say(`${countOf(imported.unmatchedRows, 'row')} without a photograph of this project:`);
        for (const { line, name, why } of imported.unmatched) output.say(`  line ${line}, “${name}”: ${why}`);
        if (imported.contradictions > 0)
          output.say(
            `${countOf(imported.contradictions, 'row')} said something else of a photograph than an earlier row; the earlier one counts.`,
          );
      }
      const present = await host.metadataColumns();
      if (present.length === 0) output.say('No columns were imported.');
      for (const { name, kind, known, distinct, examples } of present)
        output.say(
          `${name}: ${kind === 'number' ? 'numbers' : `${distinct} different`}, known of ${countOf(known, 'photograph')}, such as ${examples.slice(0, 3).join(', ')}`,
        );
      const { gesture: _, ...report } = imported ?? {};
      return { ...report, present };
    });
  },
};
