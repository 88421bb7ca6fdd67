/** Turns SQLite's own errors into error data that says what they mean for the project. */
import Database from 'better-sqlite3';
import { AppError } from '../../core/errors.ts';

/** Passes on anything that is not SQLite's. drizzle wraps SQLite's errors: the cause is looked at too. */
export function sqliteErrorToAppError(thrown: unknown, dir: string): unknown {
  const found = findSqliteError(thrown);
  if (found === undefined) return thrown;
  const details = { path: dir, sqlite: found.code, cause: found.message };
  if (found.code === 'SQLITE_FULL' || found.code === 'SQLITE_IOERR_WRITE') {
    return new AppError({
      code: 'disk/full',
      message: 'The disk is full, so this step was not saved. Everything saved before it is intact.',
      hint: 'Free some space on the disk of the project, then repeat the step.',
      details,
      cause: thrown,
    });
  }
  if (found.code === 'SQLITE_NOTADB' || found.code.startsWith('SQLITE_CORRUPT')) {
    return new AppError({
      code: 'project/damaged',
      message:
        'The project database cannot be read: the file is damaged or is not a database. It was not changed.',
      hint: 'Copies made before updates are in the folder backups inside the project.',
      details,
      cause: thrown,
    });
  }
  if (
    found.code === 'SQLITE_READONLY' ||
    found.code.startsWith('SQLITE_CANTOPEN') ||
    found.code === 'SQLITE_READONLY_DIRECTORY'
  ) {
    return new AppError({
      code: 'project/not-writable',
      message: 'The project folder cannot be written to, so it was not opened or the step was not saved.',
      hint: 'Check the permissions of the folder, or copy the project to another place.',
      details,
      cause: thrown,
    });
  }
  if (found.code === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
    return new AppError({
      code: 'labels/unknown-reference',
      message:
        'The change refers to a class or an image that this project does not have (any more). Nothing was saved.',
      hint: 'Reload the project and repeat the change.',
      details,
      cause: thrown,
    });
  }
  return thrown;
}

function findSqliteError(thrown: unknown): InstanceType<typeof Database.SqliteError> | undefined {
  if (thrown instanceof Database.SqliteError) return thrown;
  if (thrown instanceof Error && thrown.cause !== undefined) return findSqliteError(thrown.cause);
  return undefined;
}
