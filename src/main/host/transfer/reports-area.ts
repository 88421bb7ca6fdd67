/** Reports of imports and exports as windows and commands ask for them. */
import path from 'node:path';
import type { HostApi } from '../../../contract/host-api.ts';
import { importPreviewSchema } from '../../../contract/import-plan.ts';
import { transferReportSchema } from '../../../contract/transfer.ts';
import { findFormat } from '../../../formats/list.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { renderData, renderRows, renderTransferPage, type TransferFacts } from './report-page.ts';
import { isChanged, noReport, readRows } from './rows.ts';
import { checkExportTarget } from './write-together.ts';

export type ReportsArea = Pick<HostApi, 'transferRows' | 'saveTransfer'>;

export function createReportsArea(context: HostContext): ReportsArea {
  return {
    transferRows: async ({ jobId, only, offset, limit }) => {
      const all = readRows(context.session.require(), jobId);
      const rows = only === 'changed' ? all.filter(isChanged) : all;
      return { total: rows.length, items: rows.slice(offset, offset + limit) };
    },
    saveTransfer: async ({ jobId, file }) => {
      const project = context.session.require();
      const target = path.resolve(file);
      checkExportTarget(path.dirname(target), project.imagesRoot());
      const facts = gatherFacts(context, project, jobId);
      const ending = path.extname(target).toLowerCase();
      writeFileAtomically(
        target,
        ending === '.json'
          ? renderData(facts)
          : ending === '.csv'
            ? renderRows(facts.rows)
            : renderTransferPage(facts),
      );
      return { file: target };
    },
  };
}

function gatherFacts(context: HostContext, project: OpenProject, jobId: string): TransferFacts {
  const job = context.jobs.find(jobId) ?? project.db.jobs.find(jobId);
  const report = transferReportSchema.safeParse(job?.result);
  if (job === undefined || !report.success || (job.kind !== 'import' && job.kind !== 'export'))
    throw noReport(jobId);
  const preview = importPreviewSchema.safeParse(job.result?.preview);
  const place = job.kind === 'import' ? job.input.path : job.result?.dir;
  return {
    project: project.summary().name,
    direction: job.kind,
    formatTitle: findFormat(report.data.format)?.title ?? report.data.format,
    place: typeof place === 'string' ? place : '',
    atMs: job.createdAtMs,
    report: report.data,
    preview: preview.success ? preview.data : null,
    rows: readRows(project, jobId),
  };
}
