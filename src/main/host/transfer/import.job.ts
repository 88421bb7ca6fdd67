/** The job that brings labels in: one gesture, undone in one step, with a report of every box that did not come over. */
import { z } from 'zod';
import { type ImportPreview, importChoicesSchema } from '../../../contract/import-plan.ts';
import type { TransferReport } from '../../../contract/transfer.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import type { FormatReport, ImportedRecords } from '../../../formats/format.ts';
import { createImageLookup } from '../../../formats/image-lookup.ts';
import { joinRecords, type RecordsPart } from '../../../formats/join-records.ts';
import { findFormat, formats } from '../../../formats/list.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { type AppliedImport, applyImport } from './apply-import.ts';
import { findSources, type ImportSources } from './import-sources.ts';
import { matchByContent } from './match-content.ts';
import { saveRows } from './rows.ts';
import { suggestClass } from './suggest-class.ts';
import { asUnreadableFile } from './unreadable-file.ts';

const importInputSchema = importChoicesSchema.extend({
  path: z.string(),
  more: z.array(z.string()).default([]),
  format: z.string().optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

export function createImportRunner(context: HostContext): JobRunner {
  return async (rawInput, { jobId, signal, onProgress }) => {
    const input = importInputSchema.parse(rawInput);
    const project = context.session.require();
    const tell = (phase: string): void =>
      onProgress({ phase, done: 0, total: 0, unit: 'files', etaMs: null });
    tell('Looking at the files');
    const { sources, all, leftAside } = await tellUnreadable(openSources(input));
    const titles = [...new Set(sources.map(({ chosen }) => chosen.format.title))].join(' + ');
    signal.throwIfAborted();
    const { db } = project;
    const images = db.images.listAll();
    const hints = input.within === undefined ? {} : { within: input.within };
    let lookup = createImageLookup(images, hints);
    const readAll = async (): Promise<ImportedRecords> => {
      const parts: RecordsPart[] = [];
      for (const { name, files, chosen } of sources) {
        signal.throwIfAborted();
        tell(`Reading ${chosen.format.title}`);
        // Options are those of one format: of several, each goes by its own defaults.
        const options = isOneFormat(sources) ? input.options : {};
        parts.push({ name, records: await chosen.format.read(files, lookup, options) });
      }
      const [only] = parts;
      return parts.length === 1 && leftAside.length === 0 && only !== undefined
        ? only.records
        : joinRecords(parts, leftAside);
    };
    let records = await tellUnreadable(readAll());
    signal.throwIfAborted();
    let byContent = 0;
    if (records.report.skipped.some((item) => item.images > 0)) {
      tell('Comparing photographs by their content');
      const sameBytes = await tellUnreadable(matchByContent(all, lookup, images, signal));
      if (sameBytes.size > 0) {
        const before = records.report.images;
        lookup = createImageLookup(images, { ...hints, sameBytes });
        records = await tellUnreadable(readAll());
        byContent = Math.max(0, records.report.images - before);
      }
    }
    signal.throwIfAborted();
    const classes = db.classes.list();
    const applied = await applyImport(context, project, records, {
      policy: { merge: input.merge, classes: input.classes, isTestLocked: db.settings.get().isTestLocked },
      dryRun: input.dryRun,
      label: `Import ${titles}`,
      signal,
      onImages: (done, total) =>
        onProgress({
          phase: input.dryRun ? 'Counting' : 'Saving',
          done,
          total,
          unit: 'images',
          etaMs: null,
        }),
    });
    const { counts } = applied;
    if (!input.dryRun) saveRows(project, jobId, applied.rows);
    const report = toTransferReport(records.report, applied, input.dryRun);
    const preview: ImportPreview = {
      dryRun: input.dryRun,
      recognised: {
        format: [...new Set(sources.map(({ chosen }) => chosen.format.id))].join(' + '),
        title: titles,
        confidence: Math.min(...sources.map(({ chosen }) => chosen.confidence)),
        reason: sources.map(({ chosen }) => chosen.reason).join('; '),
      },
      boxes: { added: counts.added, repeated: counts.repeated, removed: counts.removed },
      marks: counts.marks,
      classes: applied.classes.map((entry) => ({
        ...entry,
        suggestion: entry.isNew ? suggestClass(entry.name, classes) : null,
      })),
      ambiguous: lookup.listAmbiguous().map(({ reference, paths }) => ({ reference, paths: [...paths] })),
      byContent,
    };
    const counted = `${countOf(report.boxes, 'box', 'boxes')} on ${countOf(report.images, 'image')} from ${titles}`;
    return { summary: input.dryRun ? `Would import ${counted}` : counted, result: { ...report, preview } };
  };
}

async function tellUnreadable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (thrown) {
    throw asUnreadableFile(thrown);
  }
}

async function openSources({
  path: first,
  more,
  format: id,
}: z.infer<typeof importInputSchema>): Promise<ImportSources> {
  const named = id === undefined ? undefined : findFormat(id);
  if (id !== undefined && named === undefined) throw unknownFormat(id);
  return findSources([first, ...more], named);
}

function isOneFormat(sources: ImportSources['sources']): boolean {
  return new Set(sources.map(({ chosen }) => chosen.format.id)).size === 1;
}

export function unknownFormat(id: string): AppError {
  return new AppError({
    code: 'format/unknown',
    message: `There is no label format called “${id}”. Nothing was done.`,
    hint: `Choose one of: ${formats.map((format) => format.id).join(', ')}.`,
    details: { format: id },
  });
}

function toTransferReport(
  report: FormatReport,
  { counts: plan, classes, gestureId }: AppliedImport,
  dryRun: boolean,
): TransferReport {
  const skipped = report.skipped.map(({ what, why }) => ({ what, why }));
  if (plan.repeated > 0)
    skipped.push({
      what: countOf(plan.repeated, 'box', 'boxes'),
      why: 'the project has the same boxes already',
    });
  for (const { name, boxes, target } of classes) {
    if (target === null && boxes > 0)
      skipped.push({
        what: countOf(boxes, 'box', 'boxes'),
        why: `their class “${name}” is left out, as asked`,
      });
  }
  const removed =
    plan.removed === 0
      ? []
      : [
          dryRun
            ? `${countOf(plan.removed, 'box', 'boxes')} would make way for those of the source; undo brings them back.`
            : `${countOf(plan.removed, 'box', 'boxes')} made way for those of the source; undo brings them back.`,
        ];
  return {
    format: report.format,
    seen: { ...report.seen },
    images: report.images,
    boxes: plan.added,
    skipped,
    clipped: report.clipped,
    notes: [...report.notes, ...plan.notes, ...removed],
    files: [],
    gestureId,
  };
}
