/** The newest audit and the newest gap of a project, as files in its folder: whole or not there. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { type Gap, gapSchema } from '../../../contract/audit.ts';
import { type AuditReport, auditReportSchema } from '../../../core/audit/report.ts';
import { AppError } from '../../../core/errors.ts';
import { replaceFile, writeFileAtomically } from '../atomic-file.ts';
import type { OpenProject } from '../open-project.ts';

const fileOf = (project: OpenProject, name: string): string =>
  path.join(project.dir, 'audit', `${name}.json`);

function save(project: OpenProject, name: string, value: unknown): void {
  const file = fileOf(project, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileAtomically(file, JSON.stringify(value));
  lastRead.delete(name);
}

/** The last file read of each name: lists ask for findings page by page. */
const lastRead = new Map<
  string,
  { readonly file: string; readonly changedAtMs: number; readonly value: unknown }
>();

/** A file that another version wrote, or that was damaged, counts as none: the audit is made again. */
function find<T extends z.ZodType>(project: OpenProject, name: string, schema: T): z.infer<T> | null {
  const file = fileOf(project, name);
  try {
    const { mtimeMs } = statSync(file);
    const known = lastRead.get(name);
    if (known?.file === file && known.changedAtMs === mtimeMs) return known.value as z.infer<T>;
    const value = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
    lastRead.set(name, { file, changedAtMs: mtimeMs, value });
    return value;
  } catch {
    return null;
  }
}

/** `report`: the text of the file, as the thread that made it wrote it. Megabytes, so the host does not wait for the disk. */
export async function saveAuditReport(project: OpenProject, report: Uint8Array): Promise<void> {
  await replaceFile(fileOf(project, 'report'), report);
  lastRead.delete('report');
}
export const findAuditReport = (project: OpenProject): AuditReport | null =>
  find(project, 'report', auditReportSchema);
export const saveGap = (project: OpenProject, gap: Gap): void => save(project, 'gap', gap);
export const findGap = (project: OpenProject): Gap | null => find(project, 'gap', gapSchema);

/** The newest report. Throws `audit/none`. */
export function requireAuditReport(project: OpenProject): AuditReport {
  const report = findAuditReport(project);
  if (report !== null) return report;
  throw new AppError({
    code: 'audit/none',
    message: 'This project has not been audited yet, so there is no report.',
    hint: 'Start the audit in the Data place, or run: catchlight audit PROJECT.',
  });
}
