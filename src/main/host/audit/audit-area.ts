/** The audit as windows and the command line ask for it: started as a job, kept in the project, written as a page. */
import path from 'node:path';
import { type AuditApi, auditRequestSchema } from '../../../contract/audit.ts';
import { countOf } from '../../../core/count.ts';
import type { JobRunner } from '../../jobs/job.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { HostContext } from '../context.ts';
import { createGapArea } from './gap.ts';
import { gatherAudit } from './gather.ts';
import { createMembersArea } from './members.ts';
import { createMetadataArea } from './metadata.ts';
import { gatherReportParts, renderReport } from './report-parts.ts';
import { createSplitsArea } from './splits.ts';
import { findAuditReport, saveAuditReport } from './stored-audit.ts';

export function createAuditArea(context: HostContext): AuditApi {
  return {
    startAudit: async (request) => {
      const project = context.session.require();
      return {
        jobId: context.jobs.start({
          kind: 'audit',
          title: 'Audit the data',
          input: { ...request },
          store: project.jobStore,
        }).id,
      };
    },
    audit: async () => findAuditReport(context.session.require()),
    saveAudit: async ({ file }) => {
      const project = context.session.require();
      const target = path.resolve(file);
      const isJson = path.extname(target).toLowerCase() === '.json';
      writeFileAtomically(
        target,
        isJson ? `${JSON.stringify(gatherReportParts(project), null, 1)}\n` : renderReport(project),
      );
      return { file: target };
    },
    ...createMembersArea(context),
    ...createMetadataArea(context),
    ...createSplitsArea(context),
    ...createGapArea(context),
  };
}

/** The job. Its result is the report in short; the whole is kept in the project. */
export function createAuditRunner(context: HostContext): JobRunner {
  return async (rawInput, job) => {
    const options = auditRequestSchema.parse(rawInput);
    const project = context.session.require();
    const report = await gatherAudit(context, project, options, job);
    saveAuditReport(project, report);
    const leaks = report.leaks.filter(({ verdict }) => verdict.kind !== 'none').length;
    const parts = [
      countOf(report.groups.groups.length, 'group'),
      countOf(report.chains.length, 'chain'),
      leaks > 0
        ? 'a leak found'
        : report.leaks.length > 0
          ? 'no leak found'
          : 'too few labels for the leak test',
      countOf(report.findings.length, 'kind of finding', 'kinds of findings'),
    ];
    return {
      summary: parts.join(', '),
      result: {
        images: report.images,
        chains: report.chains.length,
        groups: report.groups.groups.length,
        findings: report.findings.length,
        leaks,
      },
    };
  };
}
