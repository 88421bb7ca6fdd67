/** All that a report shows: the newest audit, the newest gap, and what models score on photographs that are news to them. */
import path from 'node:path';
import { type AuditPage, renderAuditPage } from '../../../core/audit/report-page.ts';
import { findEvaluation } from '../learning/stored-evaluation.ts';
import type { OpenProject } from '../open-project.ts';
import { findGap, requireAuditReport } from './stored-audit.ts';

/** Sides a model may have been judged on, the ones that say most first. */
const sides = ['test', 'valid'] as const;

/** Throws `audit/none`. */
export function gatherReportParts(project: OpenProject): AuditPage {
  const report = requireAuditReport(project);
  const models = project.db.models.list().flatMap(({ id, name }) =>
    sides.flatMap((split) => {
      const stored = findEvaluation(path.join(project.modelsDir, id), split);
      if (stored === undefined) return [];
      const { n, map50, classAcc, unseen } = stored.report;
      return [{ name, split, images: n, map50, classAcc, unseen }];
    }),
  );
  return { ...report, gap: findGap(project), models };
}

/** The report as one page. Throws `audit/none`. */
export function renderReport(project: OpenProject): string {
  return renderAuditPage(gatherReportParts(project));
}
