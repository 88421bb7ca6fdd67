/** The project database: its shape, its migrations, and what it refuses to open. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationId, migrateDatabase } from '../../src/main/db/migrate.ts';
import { latestVersion, migrations } from '../../src/main/db/migrations/list.ts';
import type { Migration } from '../../src/main/db/migrations/migration.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import * as schema from '../../src/main/db/schema.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'catchlight-db-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (): string => path.join(dir, 'project.db');
const backups = (): string => path.join(dir, 'backups');

/** The statements of every step, and a step after the newest that a test may add. */
const extra = (sql: string): Migration[] => [
  ...migrations,
  { version: latestVersion + 1, name: 'extra', sql },
];

describe('migrations', () => {
  it('are numbered 1, 2, 3 … without a gap', () => {
    expect(migrations.map((step) => step.version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it('make exactly the tables and columns that the typed schema says', () => {
    openProjectDatabase(dir, { create: true, nowMs: 0 }).close();
    const database = new Database(file(), { readonly: true });
    const made = database
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all()
      .map(({ name }) => [
        name,
        (database.pragma(`table_info(${name})`) as { name: string; notnull: number; pk: number }[])
          .map((column) => [column.name, column.notnull === 1 || column.pk > 0])
          .sort(),
      ]);
    database.close();
    const typed = Object.values(schema)
      .filter((table) => is(table, SQLiteTable))
      .map((table) => [
        getTableName(table),
        Object.values(getTableColumns(table))
          .map((column) => [column.name, column.notNull || column.primary])
          .sort(),
      ])
      .sort();
    expect(made).toEqual(typed);
  });

  it('copy the project before they change it', () => {
    openProjectDatabase(dir, { create: true, nowMs: 0 }).close();
    const database = new Database(file());
    const report = migrateDatabase(
      database,
      backups(),
      Date.UTC(2026, 0, 2),
      extra('CREATE TABLE later (id TEXT) STRICT;'),
    );
    expect(report).toMatchObject({ from: latestVersion, to: latestVersion + 1 });
    database.close();
    const copy = new Database(report.backup ?? '', { readonly: true });
    expect([
      copy.pragma('user_version', { simple: true }),
      copy.pragma('integrity_check', { simple: true }),
    ]).toEqual([latestVersion, 'ok']);
    copy.close();
    expect(readdirSync(backups())).toEqual([`project-v${latestVersion}-2026-01-02T00-00-00-000Z.db`]);
  });

  it('that fail leave the project as it was', () => {
    openProjectDatabase(dir, { create: true, nowMs: 0 }).close();
    const database = new Database(file());
    const broken = extra('CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);');
    expect(() => migrateDatabase(database, backups(), 0, broken)).toThrow(
      expect.objectContaining({ code: 'project/migration-failed' }),
    );
    expect(database.pragma('user_version', { simple: true })).toBe(latestVersion);
    expect(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({
      n: 0,
    });
    database.close();
    openProjectDatabase(dir, { create: false, nowMs: 0 }).close();
  });
});

describe('opening', () => {
  it('refuses a project of a newer studio without touching it', () => {
    openProjectDatabase(dir, { create: true, nowMs: 0 }).close();
    const database = new Database(file());
    database.pragma(`user_version = ${latestVersion + 5}`);
    database.pragma('journal_mode = DELETE');
    database.close();
    const before = readFileSync(file());
    expect(() => openProjectDatabase(dir, { create: false, nowMs: 0 })).toThrow(
      expect.objectContaining({ code: 'project/newer', hint: expect.stringContaining('Update') }),
    );
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  it('refuses the database of another program', () => {
    mkdirSync(dir, { recursive: true });
    const database = new Database(file());
    database.exec('CREATE TABLE theirs (id); PRAGMA user_version = 1;');
    database.close();
    expect(() => openProjectDatabase(dir, { create: false, nowMs: 0 })).toThrow(
      expect.objectContaining({ code: 'project/not-a-project' }),
    );
    const marked = new Database(file(), { readonly: true });
    expect(marked.pragma('application_id', { simple: true })).not.toBe(applicationId);
    marked.close();
  });

  it('writes every commit through to the disk', () => {
    const db = openProjectDatabase(dir, { create: true, nowMs: 0 });
    db.close();
    const database = new Database(file());
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  it('gives the lock back when it could not open', () => {
    expect(() => openProjectDatabase(dir, { create: false, nowMs: 0 })).toThrow(
      expect.objectContaining({ code: 'project/not-found' }),
    );
    openProjectDatabase(dir, { create: true, nowMs: 0 }).close();
    const first = openProjectDatabase(dir, { create: false, nowMs: 0 });
    expect(() => openProjectDatabase(dir, { create: false, nowMs: 0 })).toThrow(
      expect.objectContaining({ code: 'project/in-use' }),
    );
    first.close();
    openProjectDatabase(dir, { create: false, nowMs: 0 }).close();
  });
});

describe('what a keystroke asks of the database', () => {
  it('is answered through indices alone', () => {
    openProjectDatabase(dir, { create: true, nowMs: 0 }).close();
    const database = new Database(file(), { readonly: true });
    const questions = [
      'SELECT * FROM boxes WHERE id = ?',
      'SELECT * FROM boxes WHERE image_id = ? ORDER BY rowid',
      'SELECT count(*) FROM boxes WHERE image_id = ?',
      'SELECT * FROM predictions WHERE image_id = ?',
      'SELECT * FROM changes WHERE gesture_id = ?',
      'SELECT max(revision) FROM changes',
      "SELECT * FROM predictions WHERE model_id = ? AND status = 'pending' AND hidden = 0 ORDER BY uncertainty DESC, id LIMIT 50",
      "SELECT * FROM predictions WHERE model_id = ? AND status = 'pending' AND hidden = 0 ORDER BY score DESC, id LIMIT 50",
    ];
    const plans = questions.map((sql) => {
      const values = [...sql].filter((char) => char === '?').map(() => 'x');
      return database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values)
        .map((row) => row.detail);
    });
    database.close();
    expect(plans.flat().filter((detail) => /^SCAN|TEMP B-TREE FOR ORDER/.test(detail))).toEqual([]);
  });
});
