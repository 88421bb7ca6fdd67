/** Brings a project database to the newest shape: a backup first, then each step in its own transaction; a newer one is refused. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../core/errors.ts';
import { migrations as allMigrations } from './migrations/list.ts';
import type { Migration } from './migrations/migration.ts';

/** "CTLT": marks the file as a Catchlight project for `file` and for ourselves. */
export const applicationId = 0x43544c54;

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
  /** The copy made before the first step; null when the database was new or up to date. */
  readonly backup: string | null;
}

/**
 * Applies the missing steps. `backupsDir` is created when needed.
 * Throws `project/newer` (nothing touched), `project/not-a-project`, or `project/migration-failed` (the failed step is rolled back).
 */
export function migrateDatabase(
  database: Database,
  backupsDir: string,
  nowMs: number,
  migrations: readonly Migration[] = allMigrations,
): MigrationReport {
  const from = Number(database.pragma('user_version', { simple: true }));
  const latest = migrations.at(-1)?.version ?? 0;
  const mark = Number(database.pragma('application_id', { simple: true }));
  if (from > 0 && mark !== applicationId) throw notAProject(database.name);
  if (from > latest) throw newer(database.name, from, latest);
  const missing = migrations.filter((step) => step.version > from);
  if (missing.length === 0) return { from, to: from, backup: null };
  const backup = from === 0 ? null : backUp(database, backupsDir, from, nowMs);
  for (const step of missing) applyStep(database, step, backup);
  database.pragma('wal_checkpoint(TRUNCATE)');
  return { from, to: latest, backup };
}

function applyStep(database: Database, step: Migration, backup: string | null): void {
  try {
    database
      .transaction(() => {
        database.exec(step.sql);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${step.version}`);
      })
      .immediate();
  } catch (error) {
    throw new AppError({
      code: 'project/migration-failed',
      message: `The project could not be brought to version ${step.version} (${step.name}). It was left as it was before this step.`,
      hint:
        backup === null
          ? 'Try again; if it fails again, report it with the details.'
          : `A copy from before is at ${backup}.`,
      details: { version: step.version, cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

function backUp(database: Database, backupsDir: string, version: number, nowMs: number): string {
  mkdirSync(backupsDir, { recursive: true });
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-');
  const file = path.join(backupsDir, `project-v${version}-${stamp}.db`);
  database.prepare('VACUUM INTO ?').run(file);
  return file;
}

function newer(file: string, found: number, known: number): AppError {
  return new AppError({
    code: 'project/newer',
    message: `This project was saved by a newer version of the studio (shape ${found}; this one knows ${known}). It was not opened and nothing was changed.`,
    hint: 'Update the studio on this machine, or open the project where it was made.',
    details: { path: file, found, known },
  });
}

function notAProject(file: string): AppError {
  return new AppError({
    code: 'project/not-a-project',
    message: 'The file project.db in this folder belongs to another program. It was not changed.',
    hint: 'Choose a folder whose name ends in .catchlight and that this studio made.',
    details: { path: file },
  });
}
