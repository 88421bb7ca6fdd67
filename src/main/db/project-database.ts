/** Opens the database of a project folder: lock, migrations, settings of durability, and one repository per table. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { AppError } from '../../core/errors.ts';
import { type BoxesRepository, createBoxesRepository } from './boxes.repository.ts';
import { type ChangesRepository, createChangesRepository } from './changes.repository.ts';
import { type ClassesRepository, createClassesRepository } from './classes.repository.ts';
import type { Connection } from './connection.ts';
import { createFactsRepository, type FactsRepository } from './facts.repository.ts';
import { createImagesRepository, type ImagesRepository } from './images.repository.ts';
import { createJobsRepository, type JobsRepository } from './jobs.repository.ts';
import { type MigrationReport, migrateDatabase } from './migrate.ts';
import { createModelsRepository, type ModelsRepository } from './models.repository.ts';
import { createPredictionsRepository, type PredictionsRepository } from './predictions.repository.ts';
import { acquireProjectLock, type ProjectLock } from './project-lock.ts';
import { createReviewRepository, type ReviewRepository } from './review.repository.ts';
import * as schema from './schema.ts';
import { createSettingsRepository, type SettingsRepository } from './settings.repository.ts';
import { sqliteErrorToAppError } from './sqlite-errors.ts';
import { createTalliesRepository, type TalliesRepository } from './tallies.repository.ts';

export interface ProjectDatabase {
  readonly dir: string;
  readonly migration: MigrationReport;
  readonly settings: SettingsRepository;
  readonly images: ImagesRepository;
  readonly facts: FactsRepository;
  readonly classes: ClassesRepository;
  readonly boxes: BoxesRepository;
  readonly changes: ChangesRepository;
  readonly models: ModelsRepository;
  readonly predictions: PredictionsRepository;
  readonly review: ReviewRepository;
  readonly jobs: JobsRepository;
  readonly tallies: TalliesRepository;
  /**
   * Runs `work` in one transaction, on disk when this returns; anything thrown rolls all of it back.
   * A full disk becomes `disk/full`, a damaged file `project/damaged`.
   */
  transaction<T>(work: () => T): T;
  /** Limits the size of the file, for tests of a full disk. Pages of 4 KiB. */
  limitPages(pages: number): void;
  /** Writes a whole copy to `file`, which must not exist. */
  backUpTo(file: string): void;
  close(): void;
}

export interface OpenDatabaseOptions {
  /** Makes the folder and the file when they are not there; otherwise `project/not-found`. */
  readonly create: boolean;
  readonly nowMs: number;
}

/**
 * Opens `DIR/project.db` for this process alone. Throws `project/not-found`, `project/in-use`, `project/newer`,
 * `project/damaged` `project/unfinished` or `project/not-a-project`; nothing is changed then.
 */
export function openProjectDatabase(dir: string, options: OpenDatabaseOptions): ProjectDatabase {
  const file = path.join(dir, 'project.db');
  if (!options.create && !existsSync(file)) {
    throw new AppError({
      code: 'project/not-found',
      message: `There is no project at ${dir}.`,
      hint: 'Choose a folder whose name ends in .catchlight. If it was moved, open it from its new place.',
      details: { path: dir },
    });
  }
  if (!options.create && statSync(file).size === 0) throw unfinishedProject(dir);
  let lock: ProjectLock | undefined;
  let sqlite: Database.Database | undefined;
  try {
    if (options.create) mkdirSync(dir, { recursive: true });
    lock = acquireProjectLock(dir, options.nowMs);
    sqlite = new Database(file, { timeout: 5000 });
    const migration = prepare(sqlite, dir, options.nowMs);
    return assemble(dir, sqlite, lock, migration);
  } catch (error) {
    sqlite?.close();
    lock?.release();
    throw sqliteErrorToAppError(error, dir);
  }
}

/** A project file that holds nothing: its making was cut short, or something emptied it. */
export function unfinishedProject(dir: string): AppError {
  return new AppError({
    code: 'project/unfinished',
    message: `The project at ${dir} holds nothing: its making was cut short, or its file was emptied. It was not opened.`,
    hint: 'Copies made before updates are in its folder backups; where there are none, remove the folder and make the project again.',
    details: { path: dir },
  });
}

function prepare(sqlite: Database.Database, dir: string, nowMs: number): MigrationReport {
  sqlite.pragma('foreign_keys = ON');
  // Refuses a newer or foreign file before anything is written, journal mode included.
  const migration = migrateDatabase(sqlite, path.join(dir, 'backups'), nowMs);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('cache_size = -65536');
  return migration;
}

function assemble(
  dir: string,
  sqlite: Database.Database,
  lock: ProjectLock,
  migration: MigrationReport,
): ProjectDatabase {
  const connection: Connection = { sqlite, db: drizzle({ client: sqlite, schema }) };
  return {
    dir,
    migration,
    settings: createSettingsRepository(connection),
    images: createImagesRepository(connection),
    facts: createFactsRepository(connection),
    classes: createClassesRepository(connection),
    boxes: createBoxesRepository(connection),
    changes: createChangesRepository(connection),
    models: createModelsRepository(connection),
    predictions: createPredictionsRepository(connection),
    review: createReviewRepository(connection),
    jobs: createJobsRepository(connection),
    tallies: createTalliesRepository(connection),
    transaction: (work) => {
      try {
        return sqlite.transaction(work).immediate();
      } catch (error) {
        throw sqliteErrorToAppError(error, dir);
      }
    },
    limitPages: (pages) => void sqlite.pragma(`max_page_count = ${Math.max(1, Math.floor(pages))}`),
    backUpTo: (target) => void sqlite.prepare('VACUUM INTO ?').run(target),
    close: () => {
      if (sqlite.open) sqlite.close();
      lock.release();
    },
  };
}
