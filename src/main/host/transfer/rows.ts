/** What transfers did image by image: a file a job in the project's folder, one line an image, since a project may have 100,000 of them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type TransferRow, transferRowSchema } from '../../../contract/transfer.ts';
import { AppError } from '../../../core/errors.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { OpenProject } from '../open-project.ts';

/** Older ones are forgotten. */
const keptReports = 30;

const folderOf = (project: OpenProject): string => path.join(project.dir, 'transfers');

/** Job ids are made by the host; anything else names no file. */
function fileOf(project: OpenProject, jobId: string): string | undefined {
  return /^[A-Za-z0-9_-]{1,64}$/.test(jobId) ? path.join(folderOf(project), `${jobId}.jsonl`) : undefined;
}

/** Keeps the rows of a job, in order of their paths. */
export function saveRows(project: OpenProject, jobId: string, rows: readonly TransferRow[]): void {
  const file = fileOf(project, jobId);
  if (file === undefined) return;
  const sorted = [...rows].sort((a, b) => (a.path < b.path ? -1 : 1));
  mkdirSync(folderOf(project), { recursive: true });
  writeFileAtomically(file, sorted.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const all = readdirSync(folderOf(project))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => path.join(folderOf(project), name))
    .map((name) => ({ name, atMs: statSync(name).mtimeMs }))
    .sort((a, b) => b.atMs - a.atMs);
  for (const { name } of all.slice(keptReports)) rmSync(name, { force: true });
}

/** All rows of a job, by path. Throws `transfer/no-report`. */
export function readRows(project: OpenProject, jobId: string): TransferRow[] {
  const file = fileOf(project, jobId);
  if (file === undefined || !existsSync(file)) throw noReport(jobId);
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (line === '') return [];
      const row = transferRowSchema.safeParse(JSON.parse(line));
      return row.success ? [row.data] : [];
    });
}

/** An image on which something happened that a person may want to look at. */
export function isChanged({ lost, clipped, removed, repeated }: TransferRow): boolean {
  return lost + clipped + removed + repeated > 0;
}

export function noReport(jobId: string): AppError {
  return new AppError({
    code: 'transfer/no-report',
    message:
      'There is no report of this import or export: it did not come to its end, or it is older than the reports that are kept. The labels are not concerned.',
    hint: 'Import or export again to get one.',
    details: { jobId },
  });
}
