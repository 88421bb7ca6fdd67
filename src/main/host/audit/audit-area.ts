/** The audit as windows and the command line ask for it: started as a job, kept in the project, written as a page. */
import path from 'node:path';
import { type AuditApi, auditRequestSchema } from '../../../contract/audit.ts';
import { countOf } from '../../../core/count.ts';
import type { EngineInput } from '../../../engine/messages.ts';
import type { JobRunner } from '../../jobs/job.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { HostContext } from '../context.ts';
import { askDataWorker } from './ask-data-worker.ts';
import { createGapArea } from './gap.ts';
import { keepChains } from './keep-chains.ts';
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

/** The job. Its result is the report in short; the whole is kept in the project. One that is cancelled leaves nothing but facts it read of files. */
export function createAuditRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const options = auditRequestSchema.parse(rawInput);
    const project = context.session.require();
    const { db, dir, featuresDir } = project;
    const found = await askDataWorker(
      { kind: 'audit', dir, imagesRoot: project.imagesRoot(), options, nowMs: context.now() },
      {
        signal,
        onProgress,
        save: (entries) =>
          db.transaction(() => entries.forEach(([hash, facts]) => void db.facts.save(hash, facts))),
        embed: (what, images) =>
          context.engine.call(
            what,
            { images: [...images], featuresDir, canvas: db.settings.get().canvas } as EngineInput<
              typeof what
            >,
            { signal, onProgress },
          ),
      },
    );
    await keepChains(project, found.chains, found.joins, signal);
    await saveAuditReport(project, found.report);
    const parts = [
      countOf(found.groups, 'group'),
      countOf(found.chainCount, 'chain'),
      found.leaks > 0
        ? 'a leak found'
        : found.leakTests > 0
          ? 'no leak found'
          : 'too few labels for the leak test',
      countOf(found.findings, 'kind of finding', 'kinds of findings'),
    ];
    const { images, groups, findings, leaks } = found;
    return {
      summary: parts.join(', '),
      result: { images, chains: found.chainCount, groups, findings, leaks },
    };
  };
}
