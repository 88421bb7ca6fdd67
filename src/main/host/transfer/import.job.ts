/** The job that brings labels in: one gesture, undone in one step, with a report of every box that did not come over. */
import { z } from 'zod';
import type { TransferReport } from '../../../contract/schemas.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import { detectFormat } from '../../../formats/detect.ts';
import type { FileTree, Format, FormatReport } from '../../../formats/format.ts';
import { createImageLookup } from '../../../formats/image-lookup.ts';
import { findFormat, formats } from '../../../formats/list.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { saveGesture } from '../labels.ts';
import { openFileTree } from './folder-tree.ts';
import { planImport } from './plan-import.ts';

const importInputSchema = z.object({
  path: z.string(),
  format: z.string().optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

export function createImportRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const input = importInputSchema.parse(rawInput);
    const project = context.session.require();
    const tell = (phase: string): void =>
      onProgress({ phase, done: 0, total: 0, unit: 'files', etaMs: null });
    tell('Looking at the files');
    const files = await openFileTree(input.path);
    const format = await chooseFormat(files, input.format);
    signal.throwIfAborted();
    tell(`Reading ${format.title}`);
    const lookup = createImageLookup(project.db.images.listAll());
    const records = await format.read(files, lookup, input.options);
    signal.throwIfAborted();
    tell('Saving');
    const { db } = project;
    const target = { classes: db.classes.list(), findImage: db.images.find, listBoxes: db.boxes.listByImage };
    const plan = planImport(records, target, context.newId);
    if (plan.diffs.length > 0 || plan.marks.length > 0) {
      const label = `Import ${format.title}`;
      const gesture = {
        id: context.newId(),
        kind: 'do',
        of: null,
        label,
        imageId: null,
        source: 'import',
        diffs: plan.diffs,
      } as const;
      saveGesture(context, project, { ...gesture, diffs: [...plan.diffs] }, () => {
        for (const { id, split, group } of plan.marks) db.images.update(id, { split, group });
      });
    }
    const report = toTransferReport(records.report, plan.repeated, plan.notes);
    return {
      summary: `${countOf(report.boxes, 'box', 'boxes')} on ${countOf(report.images, 'image')} from ${format.title}`,
      result: { ...report },
    };
  };
}

async function chooseFormat(files: FileTree, id: string | undefined): Promise<Format> {
  if (id === undefined) return (await detectFormat(files, formats)).format;
  const format = findFormat(id);
  if (format !== undefined) return format;
  throw unknownFormat(id);
}

export function unknownFormat(id: string): AppError {
  return new AppError({
    code: 'format/unknown',
    message: `There is no label format called “${id}”. Nothing was done.`,
    hint: `Choose one of: ${formats.map((format) => format.id).join(', ')}.`,
    details: { format: id },
  });
}

function toTransferReport(report: FormatReport, repeated: number, notes: readonly string[]): TransferReport {
  const skipped = report.skipped.map(({ what, why }) => ({ what, why }));
  if (repeated > 0)
    skipped.push({ what: `${repeated} boxes`, why: 'the project has the same boxes already' });
  return {
    format: report.format,
    images: report.images,
    boxes: report.boxes - repeated,
    skipped,
    clipped: report.clipped,
    notes: [...report.notes, ...notes],
    files: [],
  };
}
