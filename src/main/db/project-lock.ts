/**
 * Keeps a project to one host at a time. The lock is SQLite's own, on a small file beside the database: the operating system lets go
 * of it the moment a process dies, so there is no stale lock to clear, on any platform.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

export interface ProjectLock {
  /** Lets other processes open the project. Safe to call twice. */
  release(): void;
}

const holderSchema = z.object({ pid: z.number(), machine: z.string(), sinceMs: z.number() });

/** Takes the lock of a project folder. Throws `project/in-use` when another process, or another host of this one, holds it. */
export function acquireProjectLock(projectDir: string, nowMs: number): ProjectLock {
  const file = path.join(projectDir, 'lock.db');
  const holderFile = path.join(projectDir, 'lock.json');
  const database = new Database(file, { timeout: 0 });
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw inUse(projectDir, holderFile, error);
    throw error;
  }
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid, machine: hostname(), sinceMs: nowMs }));
  return { release: () => void (database.open && database.close()) };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function inUse(projectDir: string, holderFile: string, cause: unknown): AppError {
  const holder = readHolder(holderFile);
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.machine}`;
  return new AppError({
    code: 'project/in-use',
    message: `This project is open in another window or command (${who}). It was not opened here, so that neither overwrites the other.`,
    hint: 'Use the window that has it open, or close the project there and try again.',
    details: { path: projectDir, ...(holder ?? {}) },
    cause,
  });
}

function readHolder(file: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Only a courtesy for the message: the lock itself does not depend on it.
    return undefined;
  }
}
