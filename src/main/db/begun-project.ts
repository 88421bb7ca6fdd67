/** Tells a project whose making was stopped at its very start from one that holds somebody's work. Reads only. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

const firstFiles: ReadonlySet<string> = new Set([
  'lock.db',
  'lock.json',
  'project.db',
  'project.db-journal',
  'project.db-shm',
  'project.db-wal',
]);

/** True for a project folder with nothing but a database that was never given its settings: there is nothing in it to lose. */
export function isBarelyBegun(dir: string): boolean {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) return false;
  const names = readdirSync(dir);
  if (!names.includes('lock.db') || names.some((name) => !firstFiles.has(name))) return false;
  const file = path.join(dir, 'project.db');
  if (!existsSync(file)) return true;
  if (statSync(file).size === 0) return !names.includes('project.db-wal');
  return hasNoSettings(file);
}

function hasNoSettings(file: string): boolean {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, timeout: 1000 });
    return database.prepare('SELECT 1 FROM settings LIMIT 1').get() === undefined;
  } catch {
    // Damaged, or not ours: whatever it is, it is not to be taken over.
    return false;
  } finally {
    database?.close();
  }
}
