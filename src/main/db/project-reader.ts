/** A project's tables for reading alone, from another thread than the one that has the project open: what it reads is of one moment. */
import path from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type BoxesRepository, createBoxesRepository } from './boxes.repository.ts';
import { type ChangesRepository, createChangesRepository } from './changes.repository.ts';
import { type ClassesRepository, createClassesRepository } from './classes.repository.ts';
import type { Connection } from './connection.ts';
import { createFactsRepository, type FactsRepository } from './facts.repository.ts';
import { createImagesRepository, type ImagesRepository } from './images.repository.ts';
import * as schema from './schema.ts';
import { createSettingsRepository, type SettingsRepository } from './settings.repository.ts';
import { sqliteErrorToAppError } from './sqlite-errors.ts';

/** What may be read of a project; the database that the host has open offers the same and more. */
export interface ProjectRows {
  readonly settings: Pick<SettingsRepository, 'get'>;
  readonly images: Pick<ImagesRepository, 'listAll' | 'listPlaces'>;
  readonly facts: Pick<FactsRepository, 'list'>;
  readonly classes: Pick<ClassesRepository, 'list'>;
  readonly boxes: Pick<BoxesRepository, 'listAll' | 'listClassIds'>;
  readonly changes: Pick<ChangesRepository, 'revision'>;
}

export interface ProjectReader extends ProjectRows {
  /** Everything that `read` reads is as it was at one moment, whatever others write meanwhile. */
  atOneMoment<T>(read: () => T): T;
  close(): void;
}

/**
 * Reads `DIR/project.db` beside whoever has the project open; takes no lock, writes nothing and makes nobody wait, since the file is in WAL
 * mode. Throws `project/damaged` and the like.
 */
export function openProjectReader(dir: string): ProjectReader {
  try {
    const sqlite = new Database(path.join(dir, 'project.db'), { readonly: true, fileMustExist: true });
    const connection: Connection = { sqlite, db: drizzle({ client: sqlite, schema }) };
    return {
      settings: createSettingsRepository(connection),
      images: createImagesRepository(connection),
      facts: createFactsRepository(connection),
      classes: createClassesRepository(connection),
      boxes: createBoxesRepository(connection),
      changes: createChangesRepository(connection),
      atOneMoment: (read) => sqlite.transaction(read).deferred(),
      close: () => void sqlite.close(),
    };
  } catch (error) {
    throw sqliteErrorToAppError(error, dir);
  }
}
